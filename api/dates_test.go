package api_test

import (
	"encoding/json"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/civil"
)

var (
	isDay     = regexp.MustCompile(`^\d{4}-\d\d-\d\d$`)
	isInstant = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+07:00$`)
	namesDay  = regexp.MustCompile(`(_on|_by|_day|^today|^day|^as_of|^on)$`)
)

func TestA29_DaysAreDaysAndInstantsAreInVietnam(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, `{"status": "done", "done_by": "2021-01-22"}`)
	days, instants := 0, 0
	for _, address := range []string{
		"/api/v1/elections", v1, matrixOf("VN"), timelineOf("058"), timelineOf("318"), timelineOf("318") + "?as_of=2021-01-20&known_at=2021-01-25T03:00:00Z",
		consult, consult + "/history", v1 + "/areas/06/milestones/candidacy_window_na_province", v1 + "/documents", v1 + "/plans",
	} {
		var body any
		require.NoError(t, json.Unmarshal(s.get(address).ok().body, &body))
		eachText(body, "", func(name, value string) {
			switch {
			case name == "set_up_by": // a document, not a day
			case namesDay.MatchString(name):
				days++
				require.Regexp(t, isDay, value, "%s in %s", name, address)
				_, err := civil.Parse(value)
				require.NoError(t, err)
			case strings.HasSuffix(name, "_at") || name == "at":
				instants++
				require.Regexp(t, isInstant, value, "%s in %s", name, address)
			}
		})
	}
	require.Greater(t, days, 200)
	require.Greater(t, instants, 5)
}

// eachText visits the texts in what JSON holds, but for the log's own format.
func eachText(v any, name string, visit func(name, value string)) {
	switch v := v.(type) {
	case string:
		visit(name, v)
	case []any:
		for _, x := range v {
			eachText(x, name, visit)
		}
	case map[string]any:
		for key, x := range v {
			if key != "before" && key != "after" {
				eachText(x, key, visit)
			}
		}
	}
}

func TestA30_OverdueBeginsWithTheDayAfter(t *testing.T) {
	t.Parallel()
	s := serve(t)
	at := func(instant string) (api.Milestone, string) {
		s.clock.set(t, instant)
		r := s.get(timelineOf("058")).ok()
		return find(t, as[api.Timeline](r), "consult1_pc_district"), r.tag()
	}
	last, before := at("2021-02-17T23:59:59+07:00")
	require.Equal(t, api.TimingDueSoon, last.Timing)
	require.Equal(t, 0, last.DaysLeft.MustGet())
	first, after := at("2021-02-18T00:00:00+07:00")
	require.Equal(t, api.TimingOverdue, first.Timing)
	require.Equal(t, -1, first.DaysLeft.MustGet())
	require.NotEqual(t, before, after)
}

func TestA30_OverdueBeginsAtTheVeryMinuteOfACutOff(t *testing.T) {
	t.Parallel()
	s := serve(t)
	at := func(instant string) (api.Milestone, string) {
		s.clock.set(t, instant)
		r := s.get(timelineOf("058")).ok()
		return find(t, as[api.Timeline](r), "candidacy_window_pc_district"), r.tag()
	}
	last, before := at("2021-03-14T16:59:59+07:00")
	require.Equal(t, api.TimingDueSoon, last.Timing)
	require.Equal(t, "2021-03-14T17:00:00+07:00", last.LatestAt.MustGet().In(zone(t)).Format(time.RFC3339))
	first, after := at("2021-03-14T17:00:00+07:00")
	require.Equal(t, api.TimingOverdue, first.Timing)
	require.NotEqual(t, before, after, "the tag knows")
	opening, _ := at("2021-02-21T23:59:59+07:00")
	require.Equal(t, api.TimingUpcoming, opening.Timing)
	opened, _ := at("2021-02-22T00:00:00+07:00")
	require.Equal(t, api.TimingRunning, opened.Timing)
}

func TestA31_EveryDateExplainsItself(t *testing.T) {
	t.Parallel()
	s := serve(t)
	explained := 0
	for _, code := range []string{"VN", "31", "058", "318", "01840", "498"} {
		for _, m := range as[api.Timeline](s.get(timelineOf(code)).ok()).Items {
			d := as[api.MilestoneDetail](s.get(v1 + "/areas/" + code + "/milestones/" + m.Id).ok())
			require.Equal(t, m.LatestOn, d.LatestOn)
			require.Equal(t, m.NotBeforeOn, d.NotBeforeOn)
			if d.Binding != api.MilestoneDetailBindingLaw {
				require.NotEmpty(t, d.Plan.MustGet())
				continue
			}
			explained++
			requireExplained(t, code+" "+m.Id, &d)
		}
	}
	require.Greater(t, explained, 100)
}

func requireExplained(t *testing.T, who string, d *api.MilestoneDetail) {
	t.Helper()
	dates := map[api.ReasonEnd]any{api.NotBefore: d.NotBeforeOn, api.Latest: d.LatestOn}
	said := map[api.ReasonEnd]bool{}
	require.NotEmpty(t, d.Why, who)
	require.NotEmpty(t, d.Citations, who)
	require.NotEmpty(t, d.Sources, who)
	for _, why := range d.Why {
		said[why.End] = true
		require.NotEmpty(t, why.Sentence.Vi, who)
		require.NotEmpty(t, why.Sentence.En, who)
		require.NotEqual(t, why.Sentence.Vi, why.Sentence.En, who)
		require.Equal(t, dates[why.End], any(why.On), who)
		require.NotEmpty(t, why.Instrument.MustGet(), who)
		require.Equal(t, "2015", why.Rulebook.MustGet(), who)
		require.Equal(t, "2015.1", why.RulebookVersion.MustGet(), who)
		if why.On.IsNull() {
			continue // it says in words what it waits for
		}
		require.NotEmpty(t, why.Anchor.MustGet(), who)
		require.NotEmpty(t, why.AnchorOn.MustGet(), who)
		require.Contains(t, why.Sentence.Vi, why.On.MustGet().Vietnamese(), who)
		switch why.Anchor.MustGet() {
		case "date":
			require.True(t, why.OffsetDays.IsNull() && why.OffsetHours.IsNull(), who)
		case "voting_opens":
			require.False(t, why.OffsetHours.IsNull(), who)
		default:
			require.Equal(t, why.On.MustGet(), why.AnchorOn.MustGet().Add(why.OffsetDays.MustGet()), who)
		}
	}
	require.True(t, d.NotBeforeOn.IsNull() || said[api.NotBefore], who)
	require.True(t, d.LatestOn.IsNull() || said[api.Latest], who)
}

func TestA31_TheFirstConsultationInBacKanSaysWhyInBothLanguages(t *testing.T) {
	t.Parallel()
	why := as[api.MilestoneDetail](serve(t).get(consult)).Why
	require.Len(t, why, 1)
	require.Equal(t, "23/05/2021 − 95 ngày = 17/02/2021, khoản 1 Điều 50 Luật 85/2015/QH13", why[0].Sentence.Vi)
	require.Equal(t, "23 May 2021 − 95 days = 17 Feb 2021, Article 50(1) of Law 85/2015/QH13", why[0].Sentence.En)
	require.Equal(t, "election_day", why[0].Anchor.MustGet())
	require.Equal(t, -95, why[0].OffsetDays.MustGet())
	require.Equal(t, "Điều 50 khoản 1", why[0].Article.MustGet())
}

func TestA35_LookingBackShowsWhatHadHappenedAndWhatWasKnown(t *testing.T) {
	t.Parallel()
	s := serve(t)
	on := func(question string) api.Milestone {
		return find(t, as[api.Timeline](s.get(timelineOf("058")+question).ok()), "consult1_pc_district")
	}
	work := func(question string) api.Work { return on(question).Work }
	known := func(instant string) string { return "known_at=" + url.QueryEscape(instant) }

	// On the 25th somebody reports that it was done on the 20th.
	s.change(duty, `{"status": "done", "done_on": "2021-01-20"}`)
	require.Equal(t, api.WorkDone, work(""))
	require.Equal(t, api.WorkDone, work("?as_of=2021-01-20"))
	require.Equal(t, api.WorkNotStarted, work("?as_of=2021-01-19"))
	require.Equal(t, api.WorkNotStarted, work("?"+known("2021-01-25T09:59:59+07:00")), "nobody had said so")
	require.Equal(t, api.WorkNotStarted, work("?as_of=2021-01-24&"+known("2021-01-25T09:59:59+07:00")))
	require.Equal(t, api.WorkNotStarted, work("?"+known("0001-01-01T00:00:00Z")), "nor in the beginning")
	require.Equal(t, api.WorkDone, work("?"+known("2021-01-25T10:00:01+07:00")))
	require.Equal(t, 29, on("?as_of=2021-01-19").DaysLeft.MustGet(), "counted from that day")

	// On the 27th it is put right: it was the 18th.
	s.clock.set(t, "2021-01-27T08:00:00+07:00")
	s.change(duty, `{"done_on": "2021-01-18"}`)
	require.Equal(t, api.WorkDone, work("?as_of=2021-01-19"), "the correction shows")
	require.Equal(t, api.WorkNotStarted, work("?as_of=2021-01-17"))
	require.Equal(t, api.WorkNotStarted, work("?as_of=2021-01-19&"+known("2021-01-26T12:00:00+07:00")), "as it looked before the correction")
	require.Equal(t, civil.Must("2021-01-20"), on("?as_of=2021-01-20&"+known("2021-01-26T12:00:00+07:00")).DoneOn.MustGet())
	require.Equal(t, civil.Must("2021-01-18"), on("?as_of=2021-01-20").DoneOn.MustGet())
}

func TestA35_TheEndOfTodayIsThePresent(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(duty, `{"status": "done", "done_on": "2021-01-20"}`)
	for _, code := range []string{"VN", "31", "058", "306", "498"} {
		now := as[api.Timeline](s.get(timelineOf(code)))
		back := as[api.Timeline](s.get(timelineOf(code) + "?as_of=2021-01-25"))
		require.Equal(t, civil.Must("2021-01-25"), back.AsOf.MustGet())
		back.AsOf, back.NextRefreshAfter, back.ChangesToken = now.AsOf, now.NextRefreshAfter, now.ChangesToken
		require.Equal(t, now, back)
	}
}

func TestA35_ALookBackNamesItsDayAndItsTagFollowsTheLog(t *testing.T) {
	t.Parallel()
	s := serve(t)
	question := "?as_of=2021-01-20&known_at=2021-01-25T03:00:00Z"
	first := s.get(timelineOf("058") + question).ok()
	tl := as[api.Timeline](first)
	require.Equal(t, civil.Must("2021-01-25"), tl.Today)
	require.Equal(t, civil.Must("2021-01-20"), tl.Day)
	require.Equal(t, civil.Must("2021-01-20"), tl.AsOf.MustGet())
	require.Contains(t, first.text(), `"known_at":"2021-01-25T10:00:00+07:00"`)
	require.Equal(t, 304, s.get(timelineOf("058")+question, "If-None-Match", first.tag()).status)
	s.change(duty, `{"status": "in_progress"}`)
	require.NotEqual(t, first.tag(), s.get(timelineOf("058")+question).tag())
}
