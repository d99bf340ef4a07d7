package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/statute"
)

func TestA1_ATimelinesTagKnowsTheRulebookThatItsTextIsFrom(t *testing.T) {
	t.Parallel()
	book, err := statute.Load("2015")
	require.NoError(t, err)
	require.Contains(t, serve(t).get(timelineOf("058")).ok().tag(), book.Digest())
}
