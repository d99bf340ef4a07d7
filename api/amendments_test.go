package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
)

const (
	amendments = v1 + "/amendments"
	postponed  = `{"election_day": "2021-06-20", "document": "12/2021/QH14", "reason": "Quốc hội quyết định hoãn"}`
)

func TestA33_AnAmendmentIsPreviewedAndThenDoneAsPreviewed(t *testing.T) {
	t.Parallel()
	s := serve(t)
	before := as[api.Timeline](s.get(timelineOf("058")).ok())
	list := as[api.AmendmentList](s.get(amendments).ok())
	require.Empty(t, list.Items)
	tag := s.get(amendments).tag()

	r := s.post(amendments+"?dry_run=true", postponed).ok()
	require.Equal(t, tag, r.tag(), "it is done with the tag that the preview came with")
	tried := as[api.AmendmentEffect](r)
	require.True(t, tried.Effect.DryRun)
	require.Equal(t, before, as[api.Timeline](s.get(timelineOf("058")).ok()), "nothing moved")
	r = s.post(amendments, postponed, "If-Match", tag).ok()
	require.Equal(t, s.get(amendments).tag(), r.tag(), "one can go on from the answer")
	did := as[api.AmendmentEffect](r)
	require.False(t, did.Effect.DryRun)
	require.Equal(t, tried.Effect.Total, did.Effect.Total)
	require.Equal(t, tried.Effect.Changes, did.Effect.Changes)
	require.Equal(t, tried.ByRule, did.ByRule)
	require.Equal(t, tried.ByProvince, did.ByProvince)
	require.Equal(t, "election_amended", did.Effect.Changes[0].Kind)
	require.Equal(t, "2021-05-23", did.Before.ElectionDay.String())
	require.Equal(t, "2021-06-20", did.After.ElectionDay.String())

	require.Equal(t, "2021-06-20", as[api.Election](s.get(v1).ok()).ElectionDay.String())
	for _, was := range before.Items {
		if was.Id == "consult1_pc_district" {
			now := find(t, as[api.Timeline](s.get(timelineOf("058")).ok()), was.Id)
			require.Equal(t, was.LatestOn.MustGet().Add(28), now.LatestOn.MustGet())
		}
	}

	list = as[api.AmendmentList](s.get(amendments).ok())
	require.Len(t, list.Items, 1)
	require.Equal(t, "12/2021/QH14", list.Items[0].Document.MustGet())
	require.NotEqual(t, tag, s.get(amendments).tag())
	s.post(amendments, postponed, "If-Match", tag).refused(http.StatusPreconditionFailed, "stale-revision")
	s.post(amendments, postponed, "If-Match", s.get(amendments).tag()).refused(http.StatusConflict, "amendment-empty")
	s.post(amendments, postponed).refused(http.StatusPreconditionRequired, "if-match-missing")
}

func TestA33_EveryDifferenceOfAPreviewCanBePagedThrough(t *testing.T) {
	t.Parallel()
	s := serve(t)
	whole := as[api.AmendmentEffect](s.post(amendments+"?dry_run=true", postponed).ok())
	seen, after := 0, ""
	for {
		address := amendments + "?dry_run=true"
		if after != "" {
			address += "&after=" + after
		}
		page := as[api.AmendmentEffect](s.post(address, postponed).ok())
		require.Equal(t, whole.Effect.Total, page.Effect.Total)
		seen += len(page.Effect.Changes)
		if page.Next.IsNull() {
			break
		}
		require.True(t, page.Effect.Truncated)
		after = page.Next.MustGet()
	}
	require.Equal(t, whole.Effect.Total, seen)

	branch := as[api.AmendmentEffect](s.post(amendments+"?dry_run=true&area=058", postponed).ok())
	require.Less(t, branch.Effect.Total, whole.Effect.Total)
	for _, c := range branch.Effect.Changes[1:] {
		require.NotEqual(t, "VN", c.Area)
	}
	tag := s.get(amendments).tag()
	s.post(amendments+"?area=058", postponed, "If-Match", tag).refused(http.StatusUnprocessableEntity, "preview-only")
	s.post(amendments+"?dry_run=true&area=99999", postponed).refused(http.StatusNotFound, "area-not-found")
	s.post(amendments+"?dry_run=true", `{"rulebook_version": "2015.9", "reason": "x"}`).refused(http.StatusNotFound, "rulebook-version-not-found")
	s.post(amendments+"?dry_run=true", `{"election_day": "2021-06-20", "reason": " "}`).refused(http.StatusUnprocessableEntity, "reason-missing")
}

func TestA33_LookingBackPastAnAmendmentShowsTheElectionDayOfThen(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.post(amendments, postponed, "If-Match", s.get(amendments).tag()).ok()
	for _, path := range []string{
		timelineOf("058") + "?as_of=2021-01-24", timelineOf("058") + "?known_at=2021-01-24T00:00:00Z",
		v1 + "/areas/06/matrix?as_of=2021-01-24", v1 + "/areas/06/deadlines?as_of=2021-01-24",
		v1 + "/areas/06/comparison?from=2021-01-22&to=2021-01-24",
	} {
		var then struct {
			Election struct {
				Day string `json:"election_day"`
			} `json:"election"`
			Area struct {
				VotingDay string `json:"voting_day"`
			} `json:"area"`
		}
		require.NoError(t, json.Unmarshal(s.get(path).ok().body, &then))
		require.Equal(t, "2021-05-23", then.Election.Day, path)
		if then.Area.VotingDay != "" { // a list names its place shortly
			require.Equal(t, "2021-05-23", then.Area.VotingDay, path)
		}
	}
	require.Equal(t, "2021-06-20", as[api.Timeline](s.get(timelineOf("058")).ok()).Election.ElectionDay.String())
}

func TestDocumentsAndBodiesComeInTheirOrderWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	s := serve(t)
	var last string
	for _, d := range as[api.DocumentList](s.get(v1 + "/documents").ok()).Items {
		day := d.IssuedOn
		if day.IsNull() {
			day = d.KnownBy
		}
		key := d.Key
		if !day.IsNull() {
			key = day.MustGet().String() + " " + key
		}
		require.Less(t, last, key)
		last = key
	}
	last = ""
	for _, b := range as[api.BodyList](s.get(v1 + "/bodies").ok()).Items {
		require.Less(t, last, b.Area+" "+b.Key)
		last = b.Area + " " + b.Key
	}
}
