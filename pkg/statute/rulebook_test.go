package statute_test

import (
	"testing"

	"github.com/stretchr/testify/require"

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
