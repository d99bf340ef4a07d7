package main

import (
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
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
