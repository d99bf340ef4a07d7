package api_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"tiendo/api"
)

func TestA25_AWriterFindsItsTagWhereItsChangesAreTold(t *testing.T) {
	t.Parallel()
	s := serve(t)
	before := as[api.ChangeList](s.get(changesOf("058")).ok())
	tag := func(of string) string { return s.get(of).ok().tag() }
	s.patch(duty, tag(duty), `{"status": "in_progress"}`, "Change-Tag", "desk-7.sync_42").ok()
	s.patch(duty, tag(duty), `{"status": "blocked", "reason": "chờ"}`).ok()
	tagged := func(body string) []string {
		return regexp.MustCompile(`"tag":"[^"]*"`).FindAllString(body, -1)
	}
	for _, address := range []string{consult + "/history", v1 + "/areas/058/trail?milestone=consult1_pc_district"} {
		require.Equal(t, []string{`"tag":"desk-7.sync_42"`}, tagged(s.get(address).ok().text()), address)
	}
	require.Equal(t, []string{`"tag":"desk-7.sync_42"`}, tagged(s.as("").get(consult+"/history").ok().text()), "as everybody reads it")
	all := s.as("").after(changesOf("058"), before.ChangesToken).Items
	require.Len(t, all, 2)
	require.Equal(t, "desk-7.sync_42", all[0].Tag.MustGet(), "in the feed")
	require.False(t, all[1].Tag.IsSpecified() && !all[1].Tag.IsNull())
	rows := `{"rows": [{"area": "058", "milestone": "consult2_pc_district"}, {"area": "01834", "milestone": "polling_team"}], "plan": {"planned_on": "2021-02-10"}}`
	s.post(batchesOf058, rows, "Change-Tag", strings.Repeat("x", 64)).ok()
	for _, of := range []string{"058/milestones/consult2_pc_district", "01834/milestones/polling_team"} {
		all := as[api.History](s.get(v1 + "/areas/" + of + "/history").ok())
		require.Equal(t, strings.Repeat("x", 64), *all.Items[0].Tag, "every change of an act")
	}
}

func TestA25_ATagThatCannotBeKeptIsRefusedBeforeAnythingIsDone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	at := s.get(duty).ok().tag()
	for _, tag := range []string{"", "a b", "sync:1", "đồng-bộ", `"x"`, strings.Repeat("x", 65)} {
		r := s.patch(duty, at, `{"status": "in_progress"}`, "Change-Tag", tag).refused(http.StatusBadRequest, "change-tag-unreadable")
		require.Equal(t, ":Change-Tag", place(r, 0))
	}
	s.patch(duty, at, `{"status": "in_progress"}`, "Change-Tag", "a", "Change-Tag", "b").refused(http.StatusBadRequest, "change-tag-unreadable")
	require.Equal(t, at, s.get(duty).ok().tag())
	s.get(duty, "Change-Tag", "a b").ok()
}

// notOfTheLog are addresses below an election that write to no log of it.
var notOfTheLog = regexp.MustCompile(`/(people|webhooks|clients|calendars|deliveries)(/|$)`)

func TestA25_EveryActOnAnElectionTakesATag(t *testing.T) {
	t.Parallel()
	for path, item := range theContract(t).Paths.Map() {
		for method, o := range item.Operations() {
			acts := method != http.MethodGet && strings.HasPrefix(path, "/api/v1/elections/") && !notOfTheLog.MatchString(path)
			require.Equal(t, acts, o.Parameters.GetByInAndName(openapi3.ParameterInHeader, "Change-Tag") != nil, "%s %s", method, path)
		}
	}
}
