package area_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
)

func TestATerritoryIsItsStretches(t *testing.T) {
	t.Parallel()
	var none area.Territory
	require.False(t, none.Has(0))
	require.Empty(t, none.Stretches())

	one := none.With(2, 4)
	require.Empty(t, none.Stretches(), "it is a value")
	require.Equal(t, []area.Stretch{{First: 2, End: 6}}, one.With(4, 6).Stretches(), "what lies side by side is one stretch")
	two := one.With(4, 4).With(7, 9)
	require.Equal(t, []area.Stretch{{First: 2, End: 4}, {First: 7, End: 9}}, two.Stretches())
	for i, has := range []bool{false, false, true, true, false, false, false, true, true, false} {
		require.Equal(t, has, two.Has(i), "%d", i)
	}
}
