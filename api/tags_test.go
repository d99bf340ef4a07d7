package api_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/statute"
)

func TestA1_ProjectionsHaveWeakTagsAndResourcesStrongOnesFromTheirRevision(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, projection := range []string{
		"/api/v1/elections", v1, v1 + "/rules", v1 + "/rules/consult1_pc_district", v1 + "/documents", v1 + "/bodies", v1 + "/plans",
		v1 + "/statements", v1 + "/areas", v1 + "/areas/058", v1 + "/areas/VN/children", timelineOf("058"),
		matrixOf("VN"), matrixOf("058"), matrixOf("01840"), deadlinesOf("VN"), deadlinesOf("01840"), comparisonOf("06"),
		changesOf("058"), calendarOf("058"), v1 + "/search?q=bac+kan",
	} {
		require.Regexp(t, `^W/"[^"]+"$`, s.get(projection).ok().tag(), projection)
	}
	for _, resource := range []string{consult, duty, v1 + "/documents/bk_plan_18", v1 + "/bodies/bk_party_committee", v1 + "/plans/bac_kan_city_2021"} {
		r := s.get(resource).ok()
		require.Equal(t, `"r`+as[struct{ Revision jsonNumber }](r).Revision.String()+`"`, r.tag(), resource)
		require.Equal(t, "private, no-cache", r.header.Get("Cache-Control"), resource)
	}
}

func TestA1_TheTagsOfRulesAreThoseOfTheRulebooksFile(t *testing.T) {
	t.Parallel()
	s := serve(t)
	book, err := statute.Load("2015")
	require.NoError(t, err)
	for _, address := range []string{"/rules", "/rules/consult1_pc_district"} {
		require.Contains(t, s.get(v1+address).tag(), book.Digest(), "a corrected title keeps the version")
	}
}

func TestA1_TheTagIsTheSameWithAndWithoutCompression(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, address := range []string{timelineOf("058"), matrixOf("VN"), deadlinesOf("VN"), comparisonOf("VN"), changesOf("VN"), calendarOf("06"), consult, v1 + "/rules"} {
		plain := s.get(address).ok()
		packed := s.get(address, "Accept-Encoding", "gzip").ok()
		require.Equal(t, "gzip", packed.header.Get("Content-Encoding"), address)
		require.Equal(t, plain.tag(), packed.tag(), address)
		require.Equal(t, plain.header.Values("Vary"), packed.header.Values("Vary"))
		require.Contains(t, packed.header.Values("Vary"), "Accept-Encoding")
		unpacked, err := gzip.NewReader(strings.NewReader(packed.text()))
		require.NoError(t, err)
		body, err := io.ReadAll(unpacked)
		require.NoError(t, err)
		require.Equal(t, plain.text(), string(body))
		same := s.get(address, "Accept-Encoding", "gzip", "If-None-Match", plain.tag())
		require.Equal(t, http.StatusNotModified, same.status)
		require.Empty(t, same.header.Get("Content-Encoding"))
	}
}

func TestA1_TwoWritesInTheSameInstantGiveTwoTags(t *testing.T) {
	t.Parallel()
	s := serve(t) // its clock stands still
	seen := map[string]bool{s.get(timelineOf("058")).tag(): true}
	for _, status := range []string{"in_progress", "not_started", "in_progress"} {
		s.change(duty, `{"status": "`+status+`"}`)
		tag := s.get(timelineOf("058")).ok().tag()
		require.False(t, seen[tag], "%s stands for two states", tag)
		seen[tag] = true
	}
}

func TestA1_TheDayIsPartOfAProjectionsTagAndNotOfAResources(t *testing.T) {
	t.Parallel()
	s := serve(t)
	evening := func(address string) (before, after string) {
		s.clock.set(t, "2021-01-25T23:59:59+07:00")
		before = s.get(address).ok().tag()
		s.clock.set(t, "2021-01-26T00:00:00+07:00")
		return before, s.get(address).ok().tag()
	}
	for _, projection := range []string{timelineOf("058"), matrixOf("06"), deadlinesOf("06"), comparisonOf("06"), v1, "/api/v1/elections"} {
		before, after := evening(projection)
		require.NotEqual(t, before, after, projection)
	}
	for _, resource := range []string{consult, duty} {
		before, after := evening(resource)
		require.Equal(t, before, after, resource)
	}
	before := s.get(timelineOf("058")).tag()
	s.clock.set(t, "2021-01-26T00:00:59.9+07:00")
	require.Equal(t, before, s.get(timelineOf("058")).tag(), "a clock alone changes nothing")
}

func TestA2_WhoHasTheLatestGetsNoBody(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, address := range []string{timelineOf("058"), matrixOf("06"), deadlinesOf("06"), comparisonOf("06"), consult, v1 + "/documents", v1 + "/search?q=bac+kan"} {
		full := s.get(address).ok()
		bare := strings.TrimPrefix(full.tag(), "W/")
		for _, known := range []string{full.tag(), bare, "W/" + bare, "*", `"other", ` + full.tag(), `W/"x",` + bare + `, "y"`} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				r := s.do(method, address, "", "If-None-Match", known)
				require.Equal(t, http.StatusNotModified, r.status, "%s %s", address, known)
				require.Empty(t, r.body)
				for _, name := range []string{"ETag", "Cache-Control", "Vary"} {
					require.NotEmpty(t, full.header.Values(name), name)
					require.Equal(t, full.header.Values(name), r.header.Values(name), name)
				}
			}
		}
		for _, known := range []string{`"other"`, `W/"other"`, bare[:len(bare)-2] + `"`, strings.ReplaceAll(bare, `"`, ``)} {
			require.Equal(t, full.text(), s.get(address, "If-None-Match", known).ok().text(), known)
		}
	}
}

func TestA2_TagsInSeveralLinesAreOneList(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.get(consult, "If-None-Match", `"other"`, "If-None-Match", s.get(consult).tag())
	require.Equal(t, http.StatusNotModified, r.status)
}

func TestA3_AChangeChangesTheTagsOfWhatShowsItAndOfNothingElse(t *testing.T) {
	t.Parallel()
	s := serve(t)
	places := []string{"VN", "06", "058", "01840", "31", "306", "318", "48", "498", "25", "228"}
	look := func() map[string]string {
		tags := map[string]string{}
		for _, code := range places {
			tags[code] = s.get(timelineOf(code)).ok().tag()
		}
		return tags
	}
	differing := func(before, after map[string]string) (codes []string) {
		for _, code := range places {
			if before[code] != after[code] {
				codes = append(codes, code)
			}
		}
		return codes
	}

	before := look()
	s.change(duty, `{"status": "in_progress"}`)
	after := look()
	require.Equal(t, []string{"058"}, differing(before, after), "a district's own affair")

	before = after
	s.change(v1+"/areas/31/milestones/pc_constituencies_province/tasks/duty", `{"status": "in_progress"}`)
	after = look()
	require.Equal(t, []string{"31"}, differing(before, after), "not shown below")

	before = after
	s.change(v1+"/areas/VN/milestones/na_constituencies/tasks/duty", `{"status": "in_progress"}`)
	after = look()
	require.Equal(t, places, differing(before, after), "everybody shows the nation's")

	tl := as[api.Timeline](s.get(timelineOf("01840")))
	require.Equal(t, api.WorkInProgress, find(t, tl, "na_constituencies").Work)
	require.Equal(t, after["01840"], look()["01840"], "reading changes nothing")
}
