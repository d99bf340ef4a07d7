package fault_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
)

func TestAFaultIsFoundThroughWrappingAndKeepsItsCauseForTheLogOnly(t *testing.T) {
	t.Parallel()
	cause := errors.New("connection reset")
	f := fault.New(fault.Unavailable, "database-unavailable", "thử lại sau %d giây", "try again in %d seconds", 5).Because(cause)
	wrapped := fmt.Errorf("reading areas: %w", f)
	require.Equal(t, fault.Unavailable, fault.KindOf(wrapped))
	require.True(t, fault.Is(wrapped, "database-unavailable"))
	require.False(t, fault.Is(wrapped, "other"))
	require.ErrorIs(t, wrapped, cause)
	require.Equal(t, fault.Text{Vi: "thử lại sau 5 giây", En: "try again in 5 seconds"}, f.Text)
	require.NotContains(t, f.Text.En, "reset")
	require.Contains(t, f.Error(), "reset")
}

func TestWhatNobodyForesawIsInternal(t *testing.T) {
	t.Parallel()
	require.Equal(t, fault.Internal, fault.KindOf(errors.New("x")))
	require.Equal(t, "internal", fault.Kind(200).String())
	require.False(t, fault.Is(errors.New("x"), "x"))
}

func TestATextInsideATextSpeaksTheLanguageOfTheSentence(t *testing.T) {
	t.Parallel()
	article := fault.Text{Vi: "khoản 1 Điều 22", En: "Article 22(1)"}
	f := fault.New(fault.Invalid, "planned-too-late", "muộn hơn (%s)", "too late (%s)", article).At("/planned_on")
	require.Equal(t, "muộn hơn (khoản 1 Điều 22)", f.Text.Vi)
	require.Equal(t, "too late (Article 22(1))", f.Text.En)
	require.Equal(t, []fault.Field{{Pointer: "/planned_on", Text: f.Text}}, f.Fields)
}

func TestEveryKindHasAName(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for k := fault.Internal; k <= fault.Expired; k++ {
		require.False(t, seen[k.String()], k.String())
		seen[k.String()] = true
	}
	require.Len(t, seen, 11)
}
