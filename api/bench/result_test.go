package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestContestantsTakeTurnsInAnotherOrderEachRound(t *testing.T) {
	t.Parallel()
	require.Equal(t, [][]int{{0, 1}, {1, 0}, {1, 0}, {0, 1}}, [][]int{order(0, 2), order(1, 2), order(2, 2), order(3, 2)})
	for n := 1; n < 5; n++ {
		first := map[int]bool{}
		for round := range 2 * n {
			all := order(round, n)
			first[all[0]] = true
			require.Equal(t, order(0, n), slices.Sorted(slices.Values(all)))
		}
		require.Len(t, first, n, "each begins once")
	}
}

func TestARoundThatIsVoidForOneIsDroppedForAll(t *testing.T) {
	t.Parallel()
	of := func(rates ...float64) func(int) (sampled, error) {
		return func(round int) (sampled, error) {
			if rates[round] == 0 {
				return sampled{}, fmt.Errorf("%w: 3 answers were errors", errVoid)
			}
			return sampled{rate: rates[round]}, nil
		}
	}
	got, err := compare(4, contestant{"product", of(10, 30, 20, 50)}, contestant{"nginx", of(20, 0, 20, 50)})
	require.NoError(t, err)
	r := got.result("P1", "304", "/s", "nginx", 0, 1, rate, atLeast(0.58))
	require.Equal(t, 3, r.Rounds)
	require.Equal(t, 1, r.Void)
	require.InDelta(t, 20, r.Median, 0, "30 stood beside nothing")
	require.InDelta(t, 1, r.Ratio, 0, "the median of 0.5, 1, 1")
	require.Contains(t, r.more(), "1 of 4 rounds void")
	require.Contains(t, r.more(), "nginx: round is void: 3 answers were errors")

	_, err = compare(1, contestant{"product", func(int) (sampled, error) { return sampled{}, errors.New("gone") }})
	require.EqualError(t, err, "product: gone")
}

func TestAVerdictSaysByHowMuchAGoalIsMissed(t *testing.T) {
	t.Parallel()
	for want, r := range map[string]result{
		"reached":                          {Rounds: 5, Beside: "nginx", Ratio: 0.58, Target: atLeast(0.58)},
		"missed by 14 %":                   {Rounds: 5, Beside: "nginx", Ratio: 0.50, Target: atLeast(0.58)},
		"missed by 50 %":                   {Rounds: 5, Median: 30, Target: atMost(20)},
		"missed":                           {Rounds: 5, Median: 1, Target: atMost(0)},
		"void: no round counted":           {Target: atMost(20)},
		"not measured: nginx: not started": {Failed: "nginx: not started", Target: atMost(20)},
		"":                                 {Rounds: 5, Median: 30},
	} {
		require.Equal(t, want, r.verdict())
	}
}

func TestAReportIsATableForPeopleAndJSONForPrograms(t *testing.T) {
	t.Parallel()
	r := report{Machine: machine{Product: "tiendo v1", Cores: 1, Warnings: []string{"one core only"}}, Results: []*result{
		{Goal: "P1", What: "304", Median: 74_512.4, Unit: "/s", Beside: "nginx", BesideMedian: 126_000, Ratio: 0.5913, Target: atLeast(0.58), Rounds: 5, Cost: cost{Peak: 70 << 20, Micros: 12.34}},
		{Goal: "P12", What: "streams", Target: atMost(20), Failed: "not there"},
	}}
	var text, doc bytes.Buffer
	require.NoError(t, r.table(&text))
	require.Contains(t, text.String(), "WARNING: one core only\n")
	for _, word := range []string{"74512/s", "126000/s", "0.59", "≥ 0.58", "reached", "12.3 µs CPU", "70 MB at most", "not measured: not there"} {
		require.Contains(t, text.String(), word)
	}
	require.NoError(t, r.json(&doc))
	var back struct {
		Results []map[string]any `json:"results"`
	}
	require.NoError(t, json.Unmarshal(doc.Bytes(), &back))
	require.Equal(t, "reached", back.Results[0]["verdict"])
	require.InDelta(t, 0.5913, back.Results[0]["ratio"], 0)
	require.True(t, strings.HasPrefix(back.Results[1]["verdict"].(string), "not measured"))
}

func TestNumbersAreAsLongAsTheyAreWorth(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]float64{"74512": 74512.4, "12.3": 12.34, "0.59": 0.5913, "20": 20, "0": 0, "1250000": 1.25e6} {
		require.Equal(t, want, number(v, ""))
	}
}
