package main

import (
	"io"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
)

// configured reads a command line and what the environment says beside it.
func configured(t *testing.T, args ...string) *Config {
	t.Helper()
	var cli CLI
	parser, err := kong.New(&cli)
	require.NoError(t, err)
	_, err = parser.Parse(args)
	require.NoError(t, err)
	return &cli.Config
}

func TestHostsAreGivenByFlagsWithCommasOrByTheEnvironment(t *testing.T) {
	require.Empty(t, configured(t, "version").Host)
	require.Equal(t, []string{"a.example", "b.example", "c.example"}, configured(t, "version", "--host", "a.example,b.example", "--host=c.example").Host)
	t.Setenv("TIENDO_HOST", "d.example,e.example")
	require.Equal(t, []string{"d.example", "e.example"}, configured(t, "version").Host)
	t.Setenv("TIENDO_HOST", "") // as the compose file sets it when nobody gave a name
	require.Empty(t, configured(t, "version").Host)
}

func TestADayThatIsNoneIsToldOnceInBothLanguagesWhereverItStands(t *testing.T) {
	_, byFlag := tiendo(t, "version", "--today", "xx")
	t.Setenv("TIENDO_TODAY", "xx")
	_, byEnvironment := tiendo(t, "version")
	for _, err := range []error{byFlag, byEnvironment} {
		require.True(t, fault.Is(err, "today-unreadable"), "%v", err)
		require.Equal(t, 2, strings.Count(explain(err), "YYYY-MM-DD"), "once in each language: %s", explain(err))
		require.Contains(t, explain(err), `"xx"`)
	}
	t.Setenv("TIENDO_TODAY", "real")
	_, err := tiendo(t, "version")
	require.NoError(t, err)
}

func TestAPortThatIsNoneIsBadInput(t *testing.T) {
	t.Parallel()
	for _, port := range []string{"99999", "-1", "no-such-service", "8080x"} {
		_, err := tiendo(t, "serve", "--listen", "127.0.0.1:"+port)
		require.True(t, fault.Is(err, "listen-unreadable"), "%v", err)
		require.ErrorContains(t, err, "from 0 to 65535")
	}
	require.NoError(t, configured(t, "version", "--listen", "127.0.0.1:0").prepare(t.Context(), io.Discard))
}

func TestAFolderThatIsNamedHasNoStandIn(t *testing.T) {
	require.False(t, configured(t, "version").local().OnlyHere)
	require.Equal(t, ".data", configured(t, "version").local().Dir)
	require.True(t, configured(t, "version", "--data", ".data").local().OnlyHere)
	t.Setenv("TIENDO_DATA", "elsewhere")
	require.True(t, configured(t, "version").local().OnlyHere)
	require.Equal(t, "elsewhere", configured(t, "version").local().Dir)
}
