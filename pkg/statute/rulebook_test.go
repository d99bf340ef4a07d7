package statute_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

func load(t testing.TB, id string) *statute.Rulebook {
	t.Helper()
	b, err := statute.Load(id)
	require.NoError(t, err)
	return b
}

func TestEveryRulebookLoads(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"2015", "2025"}, statute.IDs())
	for id, rules := range map[string]int{"2015": 131, "2025": 108} {
		b := load(t, id)
		require.Len(t, b.Rules(), rules)
		require.Equal(t, id+".1", b.Version())
		require.Same(t, b, load(t, id), "loaded once")
	}
}

func TestADigestChangesWithEveryByteOfTheFile(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("rulebooks/2015.json")
	require.NoError(t, err)
	sum := sha256.Sum256(data)
	require.Equal(t, hex.EncodeToString(sum[:])[:16], load(t, "2015").Digest())
	require.NotEqual(t, load(t, "2015").Digest(), load(t, "2025").Digest())
	edited, err := statute.Parse("2015.json", append(data, '\n'))
	require.NoError(t, err)
	require.Equal(t, load(t, "2015").Version(), edited.Version())
	require.NotEqual(t, load(t, "2015").Digest(), edited.Digest())
}

func TestAPlaceVotesOnElectionDayFromSevenUnlessDecidedOtherwise(t *testing.T) {
	t.Parallel()
	e := statute.Election{ID: "2021", Day: civil.Must("2021-05-23")}
	early, eight := civil.Must("2021-05-22"), civil.NewClock(8, 0)
	for name, c := range map[string]struct{ own, want statute.Voting }{
		"nothing decided": {statute.Voting{}, statute.Voting{Day: e.Day, Opens: civil.NewClock(7, 0)}},
		"another day":     {statute.Voting{Day: early}, statute.Voting{Day: early, Opens: civil.NewClock(7, 0)}},
		"another hour":    {statute.Voting{Opens: eight}, statute.Voting{Day: e.Day, Opens: eight}},
		"both":            {statute.Voting{Day: early, Opens: eight}, statute.Voting{Day: early, Opens: eight}},
	} {
		p := statute.Place{Voting: c.own}
		require.Equal(t, c.want, p.VotingIn(e), name)
	}
}

func TestUnknownRulebookAndRuleAreNotFound(t *testing.T) {
	t.Parallel()
	_, err := statute.Load("1997")
	require.True(t, fault.Is(err, "rulebook-not-found"))
	_, err = load(t, "2015").Rule("no_such_rule")
	require.True(t, fault.Is(err, "rule-not-found"))
	require.Equal(t, fault.NotFound, fault.KindOf(err))
}

func TestOrderNeverPutsARuleBeforeOneItComesAfter(t *testing.T) {
	t.Parallel()
	for _, id := range statute.IDs() {
		b := load(t, id)
		for _, r := range b.Rules() {
			for _, pattern := range r.After {
				for _, w := range r.Where {
					first, err := b.Rule(expand(pattern, w))
					require.NoError(t, err)
					require.Less(t, first.Order, r.Order, "%s comes after %s", r.Key, first.Key)
				}
			}
		}
	}
}
