package statute_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/statute"
)

func TestWhatDiffersBetweenTwoVersionsIsNamed(t *testing.T) {
	t.Parallel()
	was := load(t, "2015")
	same := statute.Compare(was, was)
	require.True(t, same.Same())
	text := strings.Replace(string(was.Text()), `"2015.1"`, `"2015.2"`, 1)
	newer, err := statute.Parse("newer", []byte(text))
	require.NoError(t, err)
	versions := statute.Compare(was, newer)
	require.True(t, versions.Same(), "the version alone is no difference")
	title := strings.Replace(text, "Elections under Law", "Elections by Law", 1)
	worded, err := statute.Parse("worded", []byte(title))
	require.NoError(t, err)
	require.Equal(t, []string{"title_en"}, statute.Compare(was, worded).Lists)
}

func TestVersionsOfOneRulebookFollowOnEachOther(t *testing.T) {
	t.Parallel()
	require.True(t, statute.Newer("2015.10", "2015.9"))
	require.False(t, statute.Newer("2015.9", "2015.10"))
	require.False(t, statute.Newer("2015.1", "2015.1"))
	require.False(t, statute.Newer("2025.1", "2015.1"), "another law is not a newer version")
}
