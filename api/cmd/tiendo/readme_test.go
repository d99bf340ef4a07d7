package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/civil"
	"tiendo/pkg/postgres"
)

// The commands that the README shows to clients are run as they stand, but for
// the address of the server.
func TestTheCommandsOfTheReadmeDoWhatTheySay(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "curl"} {
		_, err := exec.LookPath(program)
		require.NoError(t, err, "this test runs the README's commands and needs %s: install it", program)
	}
	lines := commands(t)
	c, d := trial(t)
	p := start(t, c, d)
	p.awaitReady()
	token := reporter(t, c, d)
	said := []string{
		`"id":"2021"`, `"code":"058"`, `"milestone":"consult2_pc_district"`, `"as_of":"2021-01-20"`, `"total":`, `"from":"2021-01-18"`,
		`"id":"consult1_pc_district"`, "BEGIN:VCALENDAR", `"status":"done"`,
	}
	require.Len(t, lines, len(said))
	for i, holds := range said {
		const usual = "127.0.0.1:8080"
		require.Contains(t, lines[i], usual)
		line := strings.ReplaceAll(lines[i], usual, strings.TrimPrefix(p.base, "http://"))
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", line)
		cmd.Env = append(os.Environ(), "no_proxy=*", "TOKEN="+token)
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s\n%s", line, out)
		require.True(t, json.Valid(out) || strings.HasPrefix(string(out), holds), "%s\n%s", line, out)
		require.NotContains(t, string(out), "/docs/problems#", line)
		require.Contains(t, string(out), holds, line)
	}
}

// reporter is the token of somebody who may report.
func reporter(t *testing.T, c *Config, d *database) string {
	t.Helper()
	accounts, err := c.accounts(postgres.New(d.pool))
	require.NoError(t, err)
	operator := access.Operator("test")
	_, err = accounts.CreateAccount(t.Context(), operator, access.NewAccount{
		User: "lan", Name: "Lan", Grants: []access.Grant{{Edition: "small", Area: "058", Role: access.Reporter}},
	})
	require.NoError(t, err)
	_, secret, err := accounts.MakeToken(t.Context(), operator, access.NewToken{
		User: "lan", Name: "test", Access: string(access.ReadWrite), Edition: "small", Area: "058", Expires: civil.Of(time.Now(), c.zone).Add(1),
	})
	require.NoError(t, err)
	return secret.Reveal()
}

// commands are the lines of the README's shell block.
func commands(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("../../../README.md")
	require.NoError(t, err)
	block := regexp.MustCompile("(?s)```sh\n(.*?)```").FindStringSubmatch(string(text))
	require.NotNil(t, block)
	return strings.Split(strings.TrimSpace(block[1]), "\n")
}

// The commands of the guide for clients are run in the same way, each block as one.
func TestTheCommandsOfTheGuideForClientsDoWhatTheySay(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../api/docs/clients.md")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(text), -1)
	said := []string{"304", `"items":[`, `"items":[]`, "event: ready"}
	require.Len(t, blocks, len(said))
	c, d := trial(t)
	p := start(t, c, d)
	p.awaitReady()
	for i, holds := range said {
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c",
			strings.ReplaceAll(blocks[i][1], "127.0.0.1:8080", strings.TrimPrefix(p.base, "http://")))
		cmd.Env = append(os.Environ(), "no_proxy=*")
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s\n%s", blocks[i][1], out)
		require.NotContains(t, string(out), "/docs/problems#", blocks[i][1])
		require.Contains(t, string(out), holds, blocks[i][1])
	}
}
