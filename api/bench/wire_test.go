package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAnAnswerIsReadAsItComes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text, tag, body string
		status          int
	}{
		"with a length": {"HTTP/1.1 200 OK\r\netag: W/\"7\"\r\nContent-Length: 5\r\n\r\nhello", `W/"7"`, "hello", 200},
		"in chunks":     {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "", "hello", 200},
		"not modified":  {"HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n", `"a"`, "", 304},
		"nothing":       {"HTTP/1.1 204 No Content\r\n\r\n", "", "", 204},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := range len(c.text) { // however it is cut on its way
				_, whole, err := parseReply([]byte(c.text[:n]))
				require.NoError(t, err)
				require.False(t, whole, "%q", c.text[:n])
			}
			r, whole, err := parseReply([]byte(c.text + "HTTP/1.1 500"))
			require.NoError(t, err)
			require.True(t, whole)
			require.Equal(t, len(c.text), r.size)
			require.Equal(t, c.status, r.status)
			require.Equal(t, c.tag, string(r.tag))
			require.Equal(t, c.body, string(r.body))
		})
	}
}

func TestWhatIsNoAnswerIsRefused(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"SSH-2.0-OpenSSH_9.2 is not what was meant\r\n\r\n", "HTTP/1.1 xyz Odd answer\r\n\r\n", "HTTP/1.1 200 OK\r\nServer: x\r\n\r\nhow long?",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
	} {
		_, _, err := parseReply([]byte(text))
		require.ErrorIs(t, err, errNoAnswer, text)
	}
}

func TestARequestIsWrittenWhole(t *testing.T) {
	t.Parallel()
	require.Equal(t, "PATCH /x HTTP/1.1\r\nHost: h\r\nIf-Match: \"r1\"\r\nContent-Length: 2\r\n\r\n{}",
		string(request("PATCH", "h", "/x", []byte("{}"), `If-Match: "r1"`)))
}
