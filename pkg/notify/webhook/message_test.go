package webhook

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/notify"
	"tiendo/pkg/tracker"
)

func TestA20_ABodyIsUnder20kBWhateverTheActDid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := &Webhook{Place: Place{Election: "2021", Area: "VN"}}
		key := rapid.StringMatching(`[a-zA-Z0-9_<>&"ộ]{1,300}`)
		begun := notify.Entry{
			Revision: 7, Cause: 7, Kind: tracker.TaskUpdated, Recorded: time.Unix(1, 0), Happened: civil.New(2021, 1, 25),
			Tag: rapid.StringMatching(`[A-Za-z0-9._-]{0,64}`).Draw(t, "tag"),
		}
		a, n := newAct(w, &begun, rapid.SampledFrom([]string{"", "https://tiendo.example.vn"}).Draw(t, "base")), rapid.IntRange(1, 5000).Draw(t, "entries")
		for k := range n {
			e := notify.Entry{Revision: 7 + tracker.Revision(k), Cause: 7, Kind: tracker.PublishedKinds()[k%len(tracker.PublishedKinds())], Area: area.Code(key.Draw(t, "area"))}
			if k%3 > 0 {
				e.Milestone = tracker.MilestoneID{Area: e.Area, Key: tracker.MilestoneKey(key.Draw(t, "milestone"))}
			}
			a.add(&e)
			if k > 100 { // a few names are enough to make it long
				e.Revision += tracker.Revision(n)
				for range n - k - 1 {
					a.add(&e)
				}
				break
			}
		}
		body, err := a.body()
		require.NoError(t, err)
		require.Less(t, len(body), 20_000)

		var said struct {
			Type      string
			Timestamp time.Time
			Data      struct {
				Count  int
				Kinds  map[string]int
				Places struct{ Count int }
			}
		}
		require.NoError(t, json.Unmarshal(body, &said))
		require.Equal(t, changed, said.Type)
		require.Equal(t, n, said.Data.Count)
		sum := 0
		for _, k := range said.Data.Kinds {
			sum += k
		}
		require.Equal(t, n, sum, "counts stay whole whatever gives way")
		require.Positive(t, said.Data.Places.Count)
	})
}

func TestA20_AnAttemptIsJudgedByItsAnswer(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_600_000_000, 0)
	d := &Delivery{ID: "msg_a", Cause: 7}
	for what, x := range map[string]struct {
		a    Attempt
		n    int
		want Verdict
	}{
		"taken":                     {Attempt{Outcome: Taken, Status: 204}, 3, Verdict{State: Delivered}},
		"gone disables at once":     {Attempt{Outcome: Refused, Status: 410}, 1, Verdict{State: GivenUp, Off: Gone}},
		"behind the last one":       {Attempt{Outcome: Refused, Status: 500}, len(StandardSchedule) + 1, Verdict{State: GivenUp, Off: Failed}},
		"also where nobody answers": {Attempt{Outcome: TimedOut}, len(StandardSchedule) + 1, Verdict{State: GivenUp, Off: Failed}},
	} {
		require.Equal(t, x.want, judge(d, &x.a, x.n, StandardSchedule, now), what)
	}
	for _, a := range []Attempt{{Outcome: Redirected, Status: 301}, {Outcome: Refused, Status: 404}, {Outcome: Unreachable}, {Outcome: AddressRefused}, {Outcome: TLSFailed}} {
		for n, wait := range StandardSchedule {
			v := judge(d, &a, n+1, StandardSchedule, now)
			require.Equal(t, Waiting, v.State, a.Outcome)
			require.GreaterOrEqual(t, v.Next.Sub(now), wait)
			require.LessOrEqual(t, v.Next.Sub(now), wait+wait/10, "jitter")
		}
	}
	test := &Delivery{ID: "msg_b"}
	require.Equal(t, Verdict{State: GivenUp}, judge(test, &Attempt{Outcome: Refused, Status: 410}, 1, StandardSchedule, now), "a test tells, and changes nothing")

	var all time.Duration
	for _, wait := range StandardSchedule {
		all += wait
	}
	require.Greater(t, all, 24*time.Hour)
	require.Less(t, all, 48*time.Hour)
}

func TestWhatAnEndpointAnswersIsShownAsPlainText(t *testing.T) {
	t.Parallel()
	require.Equal(t, "<b>lỗi</b> [31m a", plain("\x00<b>lỗi</b>\n\x1b[31m\u202e a\xff"))
	require.Len(t, []rune(plain(strings.Repeat("ộ", 1000))), kept)
}

func TestLanesBoundWhatIsUnderWayToOneEndpoint(t *testing.T) {
	t.Parallel()
	var l lanes
	var leave []func()
	for range atOnce {
		out, free := l.enter("a")
		require.True(t, free)
		leave = append(leave, out)
	}
	_, free := l.enter("a")
	require.False(t, free)
	_, free = l.enter("b")
	require.True(t, free, "another endpoint is not held up")
	leave[0]()
	_, free = l.enter("a")
	require.True(t, free)
}

func TestAMessageLeadsToTheHostWhereThatIsKnown(t *testing.T) {
	t.Parallel()
	w := &Webhook{Place: Place{Election: "2021", Area: "058"}}
	for base, want := range map[string]string{
		"":                          `"timeline":"/api/v1/elections/2021/areas/058/timeline"}}`,
		"https://tiendo.example.vn": `"timeline_url":"https://tiendo.example.vn/api/v1/elections/2021/areas/058/timeline"}}`,
	} {
		body, err := newAct(w, &notify.Entry{Revision: 7, Cause: 7}, base).body()
		require.NoError(t, err)
		require.Contains(t, string(body), `"changes":"/api/v1/elections/2021/areas/058/changes"`, "as before")
		require.Contains(t, string(body), want)
		require.Equal(t, base != "", strings.Contains(string(body), `"changes_url":"`+base+`/api/v1/`))
	}
}
