package statute_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/statute"
)

// votedAgain says that a commune voted again on a day, and nowhere else.
func votedAgain(code area.Code, key statute.RuleKey, day string) statute.DoneDays {
	return func(c area.Code, k statute.RuleKey) civil.Date {
		if c == code && k == key {
			return civil.Must(day)
		}
		return civil.Date{}
	}
}

func TestA34_TheFirstSessionCountsFromTheLastVoteHere(t *testing.T) {
	t.Parallel()
	b, err := statute.Load("2015")
	require.NoError(t, err)
	here := statute.Setting{Election: in2021, Chain: chains()[area.LevelCommune]}
	latest := func(in statute.Setting, done statute.DoneDays) string {
		return explain(t, b, "pc_first_session", in, done, nil).End.Date.Day.String()
	}
	require.Equal(t, "2021-07-07", latest(here, nil))
	for _, vote := range []statute.RuleKey{"extra_vote", "re_vote", "annul_and_re_vote"} {
		require.Equal(t, "2021-07-21", latest(here, votedAgain(commune.Code, vote, "2021-06-06")), vote)
		require.Equal(t, "2021-07-07", latest(here, votedAgain(district.Code, vote, "2021-06-06")), "the vote of another council")
	}
	early, late := here, here
	voting := func(day string) []statute.Place {
		p := commune
		p.Voting.Day = civil.Must(day)
		return append([]statute.Place{p}, here.Chain[1:]...)
	}
	early.Chain, late.Chain = voting("2021-05-22"), voting("2021-05-30")
	require.Equal(t, "2021-07-07", latest(early, nil), "an early vote moves nothing that is counted from election day")
	require.Equal(t, "2021-07-14", latest(late, nil), "one that is put off does")
}

func TestA31_TheFirstSessionSaysThatItCountsFromALaterVote(t *testing.T) {
	t.Parallel()
	b, err := statute.Load("2015")
	require.NoError(t, err)
	here := statute.Setting{Election: in2021, Chain: chains()[area.LevelCommune]}
	why := explain(t, b, "pc_first_session", here, votedAgain(commune.Code, "re_vote", "2021-06-06"), nil).End
	require.True(t, why.LastVote)
	require.Contains(t, why.Sentence.Vi, "Ngày bỏ phiếu sau cùng ở địa phương (bầu cử thêm, bầu cử lại hoặc hoãn): 06/06/2021 + 45 ngày = 21/07/2021")
	require.Contains(t, why.Sentence.En, "6 Jun 2021 + 45 days = 21 Jul 2021")
	usual := explain(t, b, "pc_first_session", here, nil, nil).End
	require.False(t, usual.LastVote)
	require.Contains(t, usual.Sentence.Vi, "23/05/2021 + 45 ngày = 07/07/2021")
}

func TestTheProvincesMinutesCountFromALaterVoteOnlyByTheGuidanceOf2026(t *testing.T) {
	t.Parallel()
	for book, days := range map[string]map[statute.Election]string{
		"2015": {in2021: "2021-05-30"}, "2025": {in2026: "2026-03-28"},
	} {
		b, err := statute.Load(book)
		require.NoError(t, err)
		for e, want := range days {
			in := statute.Setting{Election: e, Chain: chains()[area.LevelProvince]}
			again := e.Day.Add(6).String()
			got := explain(t, b, "province_na_minutes", in, votedAgain(province.Code, "re_vote", again), nil)
			require.Equal(t, want, got.End.Date.Day.String(), book)
		}
	}
}
