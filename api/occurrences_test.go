package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
)

const (
	occurrences = v1 + "/areas/01840/occurrences"
	aRevote     = `{"rule": "re_vote", "scope": "đơn vị bầu cử số 4", "occurred_on": "2021-05-26", "day": "2021-06-06", "note": "cử tri đi bầu không quá một nửa",
		"new_document": {"number": "9/QĐ-UBBC", "issued_on": "2021-05-26", "title": "Quyết định bầu cử lại"}}`
)

func TestAReVoteIsAMilestoneOfItsOwnAndMovesTheFirstSessionThere(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.clock.set(t, "2021-05-27T10:00:00+07:00")
	neighbour := s.get(timelineOf("01837")).ok().tag()
	tried := as[api.Effect](s.post(occurrences+"?dry_run=true", aRevote).ok())
	require.Empty(t, as[api.OccurrenceList](s.get(occurrences).ok()).Items)

	made := s.post(occurrences, aRevote)
	require.Equal(t, http.StatusCreated, made.status, "%s", made.body)
	did := as[api.Effect](made)
	require.Equal(t, tried.Changes, did.Changes)
	require.Equal(t, tried.ByKind, did.ByKind)
	require.Equal(t, v1+"/areas/01840/milestones/re_vote.1", made.header.Get("Location"))
	vote := as[api.MilestoneDetail](s.get(made.header.Get("Location")).ok())
	require.Equal(t, "2021-06-07", vote.LatestOn.MustGet().String(), "T+15")
	require.Equal(t, "2021-06-06", vote.PlannedOn.MustGet().String())
	require.Equal(t, "đơn vị bầu cử số 4", vote.Scope.MustGet())

	first := as[api.MilestoneDetail](s.get(v1 + "/areas/01840/milestones/pc_first_session").ok())
	require.Equal(t, "2021-07-21", first.LatestOn.MustGet().String())
	require.Equal(t, "last_vote", first.Why[0].Anchor.MustGet())
	require.Equal(t, "2021-06-06", first.Why[0].AnchorOn.MustGet().String())
	require.Contains(t, first.Why[0].Sentence.Vi, "06/06/2021 + 45 ngày = 21/07/2021")
	require.Equal(t, neighbour, s.get(timelineOf("01837")).ok().tag(), "nobody else is concerned")
	documents := as[api.DocumentList](s.get(v1 + "/documents?area=01840&implements=re_vote").ok())
	require.Len(t, documents.Items, 1)

	again := s.post(occurrences, `{"rule": "re_vote", "occurred_on": "2021-05-27"}`)
	require.Equal(t, v1+"/areas/01840/milestones/re_vote.2", again.header.Get("Location"), "each has its number")
	list := as[api.OccurrenceList](s.get(occurrences).ok())
	require.Len(t, list.Items, 2)
	require.Equal(t, "đơn vị bầu cử số 4", list.Items[0].Scope.MustGet())
}

func TestWhatCanOccurIsWhatTheLawKnowsAtThatLevel(t *testing.T) {
	t.Parallel()
	s := serve(t)
	rules := func(code string) map[string]api.OccurrenceRule {
		all := map[string]api.OccurrenceRule{}
		for _, r := range as[api.OccurrenceList](s.get(v1 + "/areas/" + code + "/occurrences").ok()).CanOccur {
			all[r.Rule] = r
		}
		return all
	}
	ward := rules("01840")
	require.True(t, ward["re_vote"].LaterVote)
	require.Equal(t, "2021-06-07", ward["re_vote"].LatestOn.MustGet().String())
	require.False(t, ward["voter_list_complaint_reply"].LaterVote)
	require.True(t, ward["voter_list_complaint_reply"].LatestOn.IsNull(), "five days from a day that nobody knows")
	require.NotContains(t, ward, "early_or_postponed_voting")
	require.Contains(t, rules("06"), "early_or_postponed_voting")
	require.Empty(t, rules("498"), "nobody votes there")
}
