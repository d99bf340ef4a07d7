package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const wrkSays = `Running 1s test @ http://127.0.0.1:38437
  1 threads and 32 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency   484.47us  243.77us   9.52ms   96.25%
Requests/sec:  66236.18

wrk-result {"requests":132472,"micros":2000000,"bytes":39741600,"connect":0,"read":0,"write":0,"status":0,"timeout":0,"p50":471,"p99":902}
`

func TestWhatWrkPrintsIsRead(t *testing.T) {
	t.Parallel()
	r, err := parseWrk([]byte(wrkSays))
	require.NoError(t, err)
	require.InDelta(t, 66236, r.rate(), 0.1)
	require.InDelta(t, 300, r.each(), 0.1)
	require.EqualValues(t, 902, r.P99)
	require.NoError(t, r.sound(1, 1200))
	_, err = parseWrk([]byte("unable to connect to 127.0.0.1:1 Connection refused"))
	require.ErrorIs(t, err, errNoResult)
	require.ErrorContains(t, err, "Connection refused")
}

func TestARoundWithAFailedAnswerIsVoid(t *testing.T) {
	t.Parallel()
	good := wrkResult{Requests: 10, Micros: 1e6, Bytes: 3000}
	require.NoError(t, good.sound(1, 400))
	for name, spoil := range map[string]func(*wrkResult){
		"an error's status":    func(r *wrkResult) { r.Status = 1 },
		"not connected":        func(r *wrkResult) { r.Connect = 1 },
		"broken off":           func(r *wrkResult) { r.Read = 1 },
		"not sent":             func(r *wrkResult) { r.Write = 1 },
		"too late":             func(r *wrkResult) { r.Timeout = 1 },
		"none at all":          func(r *wrkResult) { r.Requests = 0 },
		"whole ones for 304":   func(r *wrkResult) { r.Bytes = 90_000 },
		"none of whole bodies": func(r *wrkResult) { r.Bytes = 5 },
	} {
		r := good
		spoil(&r)
		require.ErrorIs(t, r.sound(1, 400), errVoid, name)
	}
}
