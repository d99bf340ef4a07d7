package api_test

import (
	"maps"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
)

// secret stands in every text that is internal. Keys are made of titles, so it
// has to come through that.
const secret = "bimat"

// hiddenPaper is a document that was not published, in the place of the city.
const hiddenPaper = "bk_leadership_texts"

// withSecrets is a server on an election with the secret in everything that is
// internal in Bắc Kạn, and the addresses to look at.
func withSecrets(t *testing.T) (*server, []string) {
	t.Helper()
	s, looked, _ := newDatabase(t).withSecrets()
	return s, looked
}

// withSecrets is [withSecrets] on this database, and the number of the note.
func (d *database) withSecrets(settings ...setting) (*server, []string, string) {
	t := d.t
	t.Helper()
	_, err := d.pool.Exec(t.Context(), `UPDATE document SET public = false, title_vi = $1, title_en = $1, number = $1, note = $1 WHERE key = $2`, secret, hiddenPaper)
	require.NoError(t, err)
	s := d.serve(settings...)
	lan := s.as(d.user("lan."+secret, "Lan "+secret, grant(area.Nation, access.Administrator)))
	lan.change(duty, `{"status": "blocked", "reason": "`+secret+`"}`)
	lan.change(duty, `{"status": "done", "done_on": "2021-01-22", "evidence": {"number": "12/BB-MTTQ"}}`)
	require.Less(t, lan.post(consult+"/return", `{"reason": "`+secret+`"}`, "If-Match", lan.get(consult).tag()).status, 300)
	noted := lan.post(consult+"/notes", `{"text": "`+secret+`"}`)
	require.Equal(t, http.StatusCreated, noted.status, "%s", noted.body)
	require.Less(t, lan.post(consult+"/tasks", `{"title": "`+secret+`"}`).status, 300)
	require.Less(t, lan.post(v1+"/areas/058/occurrences", `{"rule": "candidate_leaves_board_pc", "occurred_on": "2021-01-20", "note": "`+secret+`"}`).status, 300)
	require.Less(t, lan.post(plans, `{"area": "058", "title": {"vi": "Kế hoạch thử"}, "lines": [
		{"title": {"vi": "Họp"}, "phase": "direction", "nature": "duty", "areas": {"codes": ["058"]}, "latest_on": "2021-03-01", "note": "`+secret+`"}]}`).status, 300)
	plan := plans + "/ke_hoach_thu"
	lan.post(plan+"/withdrawal", `{"reason": "`+secret+`"}`, "If-Match", lan.get(plan).ok().tag()).ok()
	day := v1 + "/areas/058/voting-day"
	lan.put(day, `{"day": "2021-05-22"}`).ok()
	lan.put(day, `{"in_force": false, "reason": "`+secret+`"}`, "If-Match", lan.get(day).ok().tag()).ok()
	return lan, []string{
		consult, consult + "/history", duty, plan, plans, day, v1 + "/documents", v1 + "/bodies", v1 + "/statements", v1 + "/voting-days",
		v1 + "/areas/058/milestones/candidate_leaves_board_pc.1", v1 + "/areas/058/milestones/candidate_leaves_board_pc.1/history",
		v1 + "/areas/058/milestones/hop", v1 + "/areas/058/milestones/hop/history", v1 + "/areas/058/milestones/hop/tasks/duty",
		consult + "?as_of=2021-01-25", consult + "/tasks/" + secret, consult + "/tasks/" + secret + "_1",
		v1 + "/search?q=" + secret, v1 + "/areas/058/milestones/bk_online_conference", v1 + "/documents/" + hiddenPaper, "/metrics",
		exportOf("058", "csv"),
	}, path.Base(noted.header.Get("Location"))
}

func TestPoint5_NothingInternalComesToAStranger(t *testing.T) {
	t.Parallel()
	lan, looked := withSecrets(t)
	stranger := lan.stranger()
	for address, item := range theContract(t).Paths.Map() {
		if item.Get == nil {
			continue
		}
		query := "?"
		for _, p := range item.Get.Parameters {
			example, ok := p.Value.Example.(string)
			switch {
			case ok && p.Value.In == openapi3.ParameterInPath:
				address = strings.ReplaceAll(address, "{"+p.Value.Name+"}", example)
			case ok && p.Value.In == openapi3.ParameterInQuery && p.Value.Required:
				query += pair(p.Value)
			}
		}
		looked = append(looked, address+query)
	}
	seen := 0
	for _, address := range looked {
		for _, header := range [][]string{nil, {"Accept-Language", "en"}} {
			r := stranger.get(address, header...)
			said := strings.ReplaceAll(r.text(), `"instance":"`, "")
			if r.status >= 400 { // what was asked for stands in the answer
				said = r.problem()["detail"].(string)
			}
			for _, word := range []string{secret, hiddenPaper} {
				if asked := strings.Contains(address, word); !asked || r.status < 400 {
					require.NotContains(t, strings.ToLower(said), word, "%s: %s", address, r.body)
				}
			}
			require.NotContains(t, strings.ToLower(r.header.Get("ETag")), secret, address)
		}
		if ours := lan.get(address); ours.status == http.StatusOK && strings.Contains(ours.text(), secret) {
			seen++
			require.Regexp(t, `^private, no-(cache|store)$`, ours.header.Get("Cache-Control"), address)
			if tag := ours.header.Get("ETag"); tag != "" {
				require.NotEqual(t, tag, stranger.get(address).header.Get("ETag"), address)
			}
		}
	}
	require.Greater(t, seen, 10, "the secrets are there for those who may read them")
}

func TestPoint5_AStrangersTagIsTakenAfterSigningIn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	seen := s.stranger().get(duty).ok()
	require.Equal(t, `"r1-public"`, seen.tag())
	s.patch(duty, seen.tag(), `{"status": "in_progress"}`).ok()
	s.patch(duty, seen.tag(), `{"status": "done"}`).refused(http.StatusPreconditionFailed, "stale-revision")
	s.patch(duty, `"r2-private"`, `{"status": "done"}`).refused(http.StatusUnprocessableEntity, "if-match-unreadable")
}

// TestPoint5_EveryFieldThatAStrangerCanSeeIsOnTheList: whoever adds a field to
// what is read without a role looks here whether it is public, then -update.
func TestPoint5_EveryFieldThatAStrangerCanSeeIsOnTheList(t *testing.T) {
	t.Parallel()
	fields := map[string]bool{}
	var walk func(name string, s *openapi3.SchemaRef)
	walk = func(name string, s *openapi3.SchemaRef) {
		if s == nil {
			return
		}
		if s.Ref != "" {
			name = s.Ref[strings.LastIndex(s.Ref, "/")+1:]
			if fields[name] {
				return
			}
			fields[name] = true
		}
		for field, inside := range s.Value.Properties {
			fields[name+"."+field] = true
			walk(name+"."+field, inside)
		}
		walk(name, s.Value.Items)
		for _, one := range slices.Concat(s.Value.OneOf, s.Value.AnyOf, s.Value.AllOf) {
			walk(name, one)
		}
	}
	for _, item := range theContract(t).Paths.Map() {
		if item.Get == nil || item.Get.Extensions["x-right"] != "public" && item.Get.Extensions["x-right"] != "anyone" {
			continue
		}
		if media := item.Get.Responses.Status(http.StatusOK).Value.Content.Get("application/json"); media != nil {
			walk(item.Get.OperationID, media.Schema)
		}
	}
	list := strings.Join(slices.Sorted(maps.Keys(fields)), "\n") + "\n"
	path := filepath.Join("testdata", "public", "fields.golden.txt")
	if *update {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(list), 0o600))
	}
	golden, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(golden), list)
}
