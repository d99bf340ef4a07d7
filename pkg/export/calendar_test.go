package export_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/apognu/gocal"
	"github.com/emersion/go-ical"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/export"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// calendarOf is the calendar of a place in a view.
func calendarOf(t require.TestingT, v *mirror.View, code area.Code) *export.Calendar {
	i, ok := v.Frame().List.Index(code)
	require.True(t, ok)
	return &export.Calendar{View: v, Area: i, CalendarChoice: export.CalendarChoice{Language: export.Vietnamese}, Origin: "https://tiendo.example"}
}

func written(t require.TestingT, c *export.Calendar) string {
	var out bytes.Buffer
	require.NoError(t, c.ICS(&out))
	return out.String()
}

// events are those of a calendar by their UIDs, as emersion/go-ical reads them.
func events(t require.TestingT, text string) map[string]ical.Event {
	cal, err := ical.NewDecoder(strings.NewReader(text)).Decode()
	require.NoError(t, err)
	all := map[string]ical.Event{}
	for _, e := range cal.Events() {
		uid := said(t, e, ical.PropUID)
		require.NotContains(t, all, uid, "a UID stands once")
		all[uid] = e
	}
	return all
}

func said(t require.TestingT, e ical.Event, name string) string {
	p := e.Props.Get(name)
	if p == nil {
		return ""
	}
	switch name {
	case ical.PropSummary, ical.PropDescription, ical.PropCategories, ical.PropUID, ical.PropStatus:
		text, err := p.Text()
		require.NoError(t, err)
		return text
	}
	return p.Value
}

func uid(code area.Code, key string) string { return "2021." + string(code) + "." + key + ".0@tiendo" }

func TestA14ACalendarIsFoldedAt75OctetsBetweenLetters(t *testing.T) {
	t.Parallel()
	l := reported(t)
	for _, language := range []export.Language{export.Vietnamese, export.English} {
		c := calendarOf(t, l.View(t), "058")
		c.Language, c.Levels = language, []area.Level{area.LevelDistrict, area.LevelCommune}
		text := written(t, c)
		require.Equal(t, strings.Count(text, "\n"), strings.Count(text, "\r\n"), "CRLF and nothing else ends a line")
		require.True(t, strings.HasSuffix(text, "\r\n"))
		for line := range strings.SplitSeq(text, "\r\n") {
			require.LessOrEqual(t, len(line), 75)
			require.True(t, utf8.ValidString(line), "%q", line)
		}
		require.True(t, strings.HasPrefix(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:"))
	}
	require.Equal(t, "text/calendar; charset=utf-8", export.CalendarMedia)
}

// A14 names this very text. Whatever stands before it, it comes back whole.
func TestA14TheElectionCommitteeComesBackFromAcrossAFold(t *testing.T) {
	t.Parallel()
	folded := map[string]bool{}
	for before := range 90 {
		title := strings.Repeat("x", before) + "Ủy ban bầu cử"
		l := mirrortest.Open(t, mirrortest.Places())
		addPlan(t, l, title, "2021-03-01")
		text := written(t, calendarOf(t, l.View(t), "058"))
		var found bool
		for _, e := range events(t, text) {
			found = found || strings.HasPrefix(said(t, e, ical.PropSummary), "Hạn: "+title+" – ")
		}
		require.True(t, found, title)
		for _, m := range regexp.MustCompile(`(?s)Ủ(\r\n )?y(\r\n )? (\r\n )?b(\r\n )?a(\r\n )?n(\r\n )? (\r\n )?b(\r\n )?ầ(\r\n )?u(\r\n )? (\r\n )?c(\r\n )?ử`).FindAllString(text, -1) {
			folded[m] = true
		}
	}
	require.Greater(t, len(folded), 2, "it was folded in several places")
}

// addPlan enters a plan of 058 with one line.
func addPlan(t require.TestingT, l *mirrortest.Log, title, latest string) {
	require.NoError(t, planning(l, title, civil.Date{}, civil.Must(latest)))
}

func planning(l *mirrortest.Log, title string, from, to civil.Date) error {
	line := tracker.LineEntry{Where: tracker.Where{Areas: []area.Code{"058"}}}
	line.Title, line.Phase, line.Nature, line.NotBefore, line.Latest = fault.Text{Vi: title}, "setup", "duty", from, to
	_, err := l.Do(func(a *tracker.Act) error {
		_, err := a.EnterPlan(tracker.PlanEntry{Area: "058", Title: fault.Text{Vi: "Kế hoạch; số 1, lần\\2"}, Lines: []tracker.LineEntry{line}})
		return err
	})
	return err
}

// what is of an event, but for when it was said.
func contents(t require.TestingT, e ical.Event) string {
	var out bytes.Buffer
	names := []string{}
	for name := range e.Props {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		switch name {
		case ical.PropDateTimeStamp, ical.PropLastModified, ical.PropSequence:
		default:
			for _, p := range e.Props[name] {
				out.WriteString(name + ":" + p.Value + "\n")
			}
		}
	}
	return out.String()
}

func sequence(t require.TestingT, e ical.Event) int {
	n, err := e.Props.Get(ical.PropSequence).Int()
	require.NoError(t, err)
	return n
}

func modified(t require.TestingT, e ical.Event) time.Time {
	at, err := e.Props.Get(ical.PropLastModified).DateTime(time.UTC)
	require.NoError(t, err)
	return at
}

// What subscribers have to be able to rely on, whatever is done: what an event says
// never changes without LAST-MODIFIED, its days never without SEQUENCE; neither goes
// back; UIDs stay; and the bytes are the same on a server that followed the log and
// on one that has just read it.
func TestA15WhateverIsDoneACalendarTellsWhatChangedAndIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		m := mirror.New(l, mirror.Options{Now: time.Now})
		ctx := context.Background()
		require.NoError(t, m.Apply(ctx, l.All()))
		before := map[string]ical.Event{}
		for n := range rapid.IntRange(1, 8).Draw(t, "acts") {
			l.Pass(time.Duration(rapid.IntRange(1, 100*60*60).Draw(t, "seconds later")) * time.Second)
			var changes []tracker.Change
			if rapid.IntRange(0, 4).Draw(t, "amend") == 0 {
				changes, _ = l.Amend(mirrortest.Amendment(t, l.Frame(), n+2))
			} else {
				changes, _ = l.Do(mirrortest.Act(t, l.Frame(), civil.Of(l.Now(), mirrortest.Zone), l.Records(), n))
			}
			require.NoError(t, m.Apply(ctx, changes))
			followed, err := m.View(mirrortest.ID)
			require.NoError(t, err)
			text := written(t, everything(t, followed))
			require.Equal(t, text, written(t, everything(t, l.View(t))), "followed and loaded")
			require.Equal(t, text, written(t, everything(t, followed)), "twice")
			after := events(t, text)
			moreIsSaid(t, before, after)
			before = after
		}
		holdsDays(t, l.View(t), before)
	})
}

func everything(t require.TestingT, v *mirror.View) *export.Calendar {
	c := calendarOf(t, v, area.Nation)
	c.Levels, c.Alarms = []area.Level{area.LevelNation, area.LevelProvince, area.LevelDistrict, area.LevelCommune}, []int{7, 1}
	return c
}

func moreIsSaid(t require.TestingT, before, after map[string]ical.Event) {
	for uid, was := range before {
		now, there := after[uid]
		if !there {
			continue // it has no day any more
		}
		require.GreaterOrEqual(t, sequence(t, now), sequence(t, was), uid)
		require.False(t, modified(t, now).Before(modified(t, was)), uid)
		if contents(t, was) != contents(t, now) {
			require.True(t, modified(t, now).After(modified(t, was)), "%s: from %s to %s", uid, contents(t, was), contents(t, now))
		}
		moved := said(t, was, ical.PropDateTimeStart) != said(t, now, ical.PropDateTimeStart) ||
			said(t, was, ical.PropDateTimeEnd) != said(t, now, ical.PropDateTimeEnd) || said(t, was, ical.PropStatus) != said(t, now, ical.PropStatus)
		if moved {
			require.Greater(t, sequence(t, now), sequence(t, was), uid)
		} else {
			require.Equal(t, sequence(t, was), sequence(t, now), uid)
		}
	}
}

// holdsDays holds the events against the milestones, in the plainest way.
func holdsDays(t require.TestingT, v *mirror.View, all map[string]ical.Event) {
	n := 0
	for i := range v.Frame().List.Len() {
		for k := range v.Board(i).Milestones() {
			m := &v.Board(i).Milestones()[k]
			id := v.ID(i, m)
			planned := civil.Cutoff{}
			if v.Origin(m).Nature.HasTasks() {
				planned = civil.Whole(m.Planned)
			}
			last := firstOf(m.Latest, planned, m.NotBefore)
			first := firstOf(m.NotBefore, last)
			if last.IsZero() {
				continue
			}
			n++
			if last.Day.Before(first.Day) {
				first = last
			}
			e, there := all[fmt.Sprintf("2021.%s.%s.%d@tiendo", id.Area, id.Key, id.Occurrence)]
			require.True(t, there, id)
			begins, err := e.DateTimeStart(mirrortest.Zone)
			require.NoError(t, err)
			require.Equal(t, first.Day, civil.Of(begins, mirrortest.Zone), id)
			ends, err := e.DateTimeEnd(mirrortest.Zone)
			require.NoError(t, err)
			if last.Clock.IsZero() {
				ends = ends.Add(-time.Second)
			}
			require.Equal(t, last.Day, civil.Of(ends, mirrortest.Zone), id)
			require.Equal(t, m.Work == tracker.Cancelled, said(t, e, ical.PropStatus) == "CANCELLED", id)
		}
	}
	require.Len(t, all, n)
}

func firstOf(all ...civil.Cutoff) civil.Cutoff {
	for _, c := range all {
		if !c.IsZero() {
			return c
		}
	}
	return civil.Cutoff{}
}

// A line of a plan may be called anything that people can type.
func TestA14AnyTextComesBackAsItWasWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		odd := rapid.StringOf(rapid.OneOf(rapid.Rune(), rapid.RuneFrom([]rune(";,\\\"':\nỦyẩ <>{}=^ệ"))))
		title := strings.TrimSpace(odd.Draw(t, "title"))
		from := civil.Must("2021-03-01").Add(rapid.IntRange(0, 60).Draw(t, "from"))
		to := from.Add(rapid.IntRange(0, 30).Draw(t, "days"))
		if planning(l, title, from, to) != nil {
			return // it was no title
		}
		v := l.View(t)
		line := v.Plans()[0].Lines[0]
		text := written(t, calendarOf(t, v, "058"))
		e, there := events(t, text)[uid("058", string(line.Key))]
		require.True(t, there)
		require.True(t, strings.HasSuffix(said(t, e, ical.PropSummary), ": "+line.Title.Vi+" – Thành phố Bắc Kạn"), "%q", said(t, e, ical.PropSummary))
		require.Contains(t, said(t, e, ical.PropDescription), "Theo kế hoạch: Kế hoạch; số 1, lần\\2\n")
		other := second(t, text)[uid("058", string(line.Key))]
		require.Equal(t, from.String(), other.Start.Format(time.DateOnly))
		require.Equal(t, strings.ReplaceAll(to.Add(1).String(), "-", ""), other.RawEnd.Value)
	})
}

// second is a calendar as apognu/gocal reads it.
func second(t require.TestingT, text string) map[string]gocal.Event {
	from, to := time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	p := gocal.NewParser(strings.NewReader(text))
	p.Start, p.End = &from, &to
	require.NoError(t, p.Parse())
	all := map[string]gocal.Event{}
	for _, e := range p.Events {
		all[e.Uid] = e
	}
	return all
}

func TestTwoIndependentReadersAgreeOnTheCalendarOfBacKan(t *testing.T) {
	t.Parallel()
	c := calendarOf(t, reported(t).View(t), "058")
	c.Alarms, c.Source = []int{7, 3, 1}, "https://tiendo.example/api/v1/elections/2021/areas/058/calendar.ics?alarm=7%2C3%2C1"
	text := written(t, c)
	one, two := events(t, text), second(t, text)
	require.Len(t, two, len(one))
	for uid, e := range one {
		other := two[uid]
		begins, err := e.DateTimeStart(time.UTC)
		require.NoError(t, err)
		require.True(t, begins.Equal(*other.Start), uid)
		require.Equal(t, said(t, e, ical.PropStatus), other.Status)
		require.Equal(t, sequence(t, e), other.Sequence)
		require.True(t, modified(t, e).Equal(*other.LastModified))
	}
	golden(t, "calendar-058.ics", text)
}

func golden(t *testing.T, name, got string) {
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(got), 0o600))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), got, "if this is meant: go test ./pkg/export -run BacKan -update")
}

func TestA15AMovedElectionDayRaisesSequenceByOneAndAReportDoesNot(t *testing.T) {
	t.Parallel()
	l := reported(t)
	before := events(t, written(t, calendarOf(t, l.View(t), "058")))
	open, done, waiting := uid("058", "consult2_pc_district"), uid("058", "election_committee_district"), uid("058", "consult1_pc_district")
	require.Equal(t, 0, sequence(t, before[open]))
	require.Equal(t, mirrortest.Opened.At(civil.NewClock(8, 0), mirrortest.Zone).UTC(), modified(t, before[open]), "nothing happened: when the election was opened")
	require.Equal(t, l.Now().UTC(), modified(t, before[done]), "a report")
	require.Equal(t, 0, sequence(t, before[done]))
	require.Equal(t, 0, sequence(t, before[waiting]))

	l.Pass(time.Hour)
	_, err := l.Amend(tracker.AmendCommand{Day: civil.Must("2021-05-30"), Reason: "hoãn"}, l.Frame().Rulebook)
	require.NoError(t, err)
	after := events(t, written(t, calendarOf(t, l.View(t), "058")))
	require.Equal(t, 1, sequence(t, after[open]))
	require.Equal(t, l.Now().UTC(), modified(t, after[open]))
	require.Equal(t, l.Now().UTC().Format("20060102T150405Z"), said(t, after[open], ical.PropDateTimeStamp), "when it was last revised, not now")
	require.NotEqual(t, said(t, before[open], ical.PropDateTimeStart), said(t, after[open], ical.PropDateTimeStart))
	require.Equal(t, 0, sequence(t, after[done]), "what is done stays where it was")
	require.Equal(t, modified(t, before[done]), modified(t, after[done]))

	l.Pass(30 * 24 * time.Hour)
	again := written(t, calendarOf(t, l.View(t), "058"))
	require.Equal(t, written(t, calendarOf(t, l.View(t), "058")), again)
	l.Pass(time.Hour)
	_, err = l.Amend(tracker.AmendCommand{Day: civil.Must("2021-05-23"), Reason: "không hoãn nữa"}, l.Frame().Rulebook)
	require.NoError(t, err)
	require.Equal(t, 2, sequence(t, events(t, written(t, calendarOf(t, l.View(t), "058")))[open]))
}

func TestA15AVotingDayOfItsOwnMovesWhatIsCountedFromIt(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	of := func() ical.Event {
		e, there := events(t, written(t, calendarOf(t, l.View(t), "01840")))[uid("01840", "voting_day")]
		require.True(t, there)
		return e
	}
	before := of()
	l.Pass(time.Hour)
	_, err := l.Do(func(a *tracker.Act) error {
		return a.SetVotingDay(tracker.VotingDay{Area: "01840", Day: civil.Must("2021-05-22"), InForce: true, Confidence: "high"}, mirrortest.Opened)
	})
	require.NoError(t, err)
	after := of()
	require.Equal(t, sequence(t, before)+1, sequence(t, after))
	require.True(t, modified(t, after).After(modified(t, before)))
	require.Equal(t, "20210523T070000", said(t, before, ical.PropDateTimeStart))
	require.Equal(t, "20210522T070000", said(t, after, ical.PropDateTimeStart))
}

func TestA16ALimitIsItsLegalDayInEveryZone(t *testing.T) {
	t.Parallel()
	text := written(t, calendarOf(t, reported(t).View(t), "058"))
	e := events(t, text)[uid("058", "election_committee_district")]
	require.Equal(t, "DATE", e.Props.Get(ical.PropDateTimeStart).Params.Get("VALUE"))
	require.Equal(t, "20210207", said(t, e, ical.PropDateTimeStart))
	require.Equal(t, "20210208", said(t, e, ical.PropDateTimeEnd), "the day after")
	for _, name := range []string{"UTC", "Asia/Ho_Chi_Minh", "America/Los_Angeles"} {
		zone, err := time.LoadLocation(name)
		require.NoError(t, err)
		begins, err := e.DateTimeStart(zone)
		require.NoError(t, err)
		require.Equal(t, time.Date(2021, 2, 7, 0, 0, 0, 0, zone), begins, name)
		ends, err := e.DateTimeEnd(zone)
		require.NoError(t, err)
		require.Equal(t, time.Date(2021, 2, 8, 0, 0, 0, 0, zone), ends, name)
		require.Equal(t, "2021-02-07", second(t, text)[uid("058", "election_committee_district")].Start.In(time.UTC).Format(time.DateOnly))
	}
}

func TestA16AWindowCoversItsDaysAndAnHourIsThatHourInVietNam(t *testing.T) {
	t.Parallel()
	v := mirrortest.Open(t, mirrortest.Places()).View(t)
	text := written(t, everything(t, v))
	all := events(t, text)
	windows, hours := 0, 0
	for i := range v.Frame().List.Len() {
		for k := range v.Board(i).Milestones() {
			m := &v.Board(i).Milestones()[k]
			id := v.ID(i, m)
			e, there := all[uid(id.Area, string(id.Key))]
			switch {
			case !there:
				require.True(t, m.Latest.IsZero() && m.NotBefore.IsZero(), id)
			case m.NotBefore.Clock.IsZero() && m.Latest.Clock.IsZero():
				if !m.NotBefore.IsZero() && m.NotBefore.Day.Before(m.Latest.Day) {
					windows++
					require.Equal(t, strings.ReplaceAll(m.NotBefore.Day.String(), "-", ""), said(t, e, ical.PropDateTimeStart), id)
					require.Equal(t, strings.ReplaceAll(m.Latest.Day.Add(1).String(), "-", ""), said(t, e, ical.PropDateTimeEnd), id)
				}
			default:
				hours++
				require.Equal(t, "Asia/Ho_Chi_Minh", e.Props.Get(ical.PropDateTimeEnd).Params.Get("TZID"), id)
				require.Equal(t, "Asia/Ho_Chi_Minh", e.Props.Get(ical.PropDateTimeStart).Params.Get("TZID"), id)
				ends, err := e.DateTimeEnd(time.UTC)
				require.NoError(t, err)
				if !m.Latest.Clock.IsZero() {
					require.True(t, m.Latest.Day.At(m.Latest.Clock, mirrortest.Zone).Equal(ends), id)
				}
			}
		}
	}
	require.Positive(t, windows)
	require.Positive(t, hours)
	require.Contains(t, text, "BEGIN:VTIMEZONE\r\nTZID:Asia/Ho_Chi_Minh\r\nBEGIN:STANDARD\r\nDTSTART:19750613T000000\r\nTZOFFSETFROM:+0800\r\nTZOFFSETTO:+0700\r\nTZNAME:+07\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n")
}

func TestA17WhatWasCancelledStaysAndSaysSo(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	addPlan(t, l, "Tập huấn", "2021-03-01")
	p := l.View(t).Plans()[0]
	name := uid("058", string(p.Lines[0].Key))
	before := events(t, written(t, calendarOf(t, l.View(t), "058")))[name]
	require.Equal(t, "CONFIRMED", said(t, before, ical.PropStatus))
	l.Pass(time.Hour)
	_, err := l.Do(func(a *tracker.Act) error {
		return a.WithdrawPlan(tracker.PlanWithdrawal{Plan: p.Key, If: p.Revision, Reason: "lý do nội bộ"})
	})
	require.NoError(t, err)
	c := calendarOf(t, l.View(t), "058")
	c.Alarms = []int{1}
	text := written(t, c)
	after := events(t, text)[name]
	require.Equal(t, "CANCELLED", said(t, after, ical.PropStatus))
	require.Equal(t, sequence(t, before)+1, sequence(t, after))
	require.Equal(t, "Đã hủy: Tập huấn – Thành phố Bắc Kạn", said(t, after, ical.PropSummary))
	require.Equal(t, said(t, before, ical.PropDateTimeStart), said(t, after, ical.PropDateTimeStart))
	require.Empty(t, after.Children, "nobody is reminded of it")
	require.NotContains(t, strings.ReplaceAll(text, "\r\n ", ""), "nội bộ")
}

func TestA17ACalendarSaysHowOftenItIsWorthReading(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	text := written(t, calendarOf(t, l.View(t), "058"))
	require.Contains(t, text, "\r\nREFRESH-INTERVAL;VALUE=DURATION:PT1H\r\nX-PUBLISHED-TTL:PT1H\r\n")
	require.Contains(t, text, "\r\nNAME:Lịch bầu cử 2021 – Thành phố Bắc Kạn\r\nX-WR-CALNAME:Lịch bầu cử 2021 – Thành phố Bắc Kạn\r\n")
	require.NotContains(t, text, "SOURCE")
	_, err := l.Do(func(a *tracker.Act) error { return a.Move(tracker.Closed, mirrortest.Opened) })
	require.NoError(t, err)
	require.Contains(t, written(t, calendarOf(t, l.View(t), "058")), "\r\nREFRESH-INTERVAL;VALUE=DURATION:P1D\r\nX-PUBLISHED-TTL:P1D\r\n")
}

func TestAlarmsRingAtEightOfTheDaysBeforeTheLimitOfWhatIsStillToBeDone(t *testing.T) {
	t.Parallel()
	l := reported(t)
	c := calendarOf(t, l.View(t), "058")
	c.Alarms = []int{7, 0}
	all := events(t, written(t, c))
	triggers := func(name string) (found []string) {
		for _, child := range all[name].Children {
			require.Equal(t, "VALARM", child.Name)
			found = append(found, child.Props.Get(ical.PropTrigger).Value)
		}
		return found
	}
	require.Equal(t, []string{"-P6DT16H", "PT8H"}, triggers(uid("058", "consult1_pc_district")), "counted from midnight of the day")
	require.Empty(t, triggers(uid("058", "election_committee_district")), "it is done")
	for name, e := range all {
		for _, child := range e.Children {
			at, err := child.Props.Get(ical.PropTrigger).Duration()
			require.NoError(t, err)
			begins, err := e.DateTimeStart(mirrortest.Zone)
			require.NoError(t, err)
			require.Equal(t, 8, begins.Add(at).In(mirrortest.Zone).Hour(), name)
		}
	}
	for _, text := range []string{"x", "7,,1", "-1", "61", "1,2,3,4,5,6", "7, 3"} {
		_, err := export.ParseAlarms(text)
		require.True(t, fault.Is(err, "calendar-alarm-refused"), text)
	}
	days, err := export.ParseAlarms("1,7,3,7")
	require.NoError(t, err)
	require.Equal(t, "7,3,1", export.FormatAlarms(days))
}

func TestACalendarShowsTheLevelsAndTheBodyAskedFor(t *testing.T) {
	t.Parallel()
	v := mirrortest.Open(t, mirrortest.Places()).View(t)
	areas := func(c *export.Calendar) []string {
		seen := map[string]bool{}
		for name := range events(t, written(t, c)) {
			seen[strings.Split(name, ".")[1]] = true
		}
		var all []string
		for code := range seen {
			all = append(all, code)
		}
		slices.Sort(all)
		return all
	}
	c := calendarOf(t, v, "058")
	require.Equal(t, []string{"058", "06", "VN"}, areas(c), "the place itself, and what it shows of those above")
	c.Levels = []area.Level{area.LevelCommune}
	communes := areas(c)
	require.NotContains(t, communes, "058")
	require.NotContains(t, communes, "VN")
	require.Len(t, communes, len(v.Frame().List.Children(c.Area)))
	all := len(events(t, written(t, c)))
	c.Body = statute.BodyFront
	some := events(t, written(t, c))
	require.NotEmpty(t, some)
	require.Less(t, len(some), all)
	for name := range some {
		o, known := v.OriginOf(tracker.MilestoneKey(strings.Split(name, ".")[2]))
		require.True(t, known)
		require.True(t, slices.ContainsFunc(o.Responsible, func(r tracker.Responsible) bool { return r.Body == "front" }), name)
	}
	levels, err := export.ParseLevels("commune,district,commune", area.LevelDistrict)
	require.NoError(t, err)
	require.Equal(t, "district,commune", export.FormatLevels(levels))
	_, err = export.ParseLevels("province", area.LevelDistrict)
	require.True(t, fault.Is(err, "calendar-level-above"))
	_, err = export.ParseLevels("x", area.LevelDistrict)
	require.True(t, fault.Is(err, "level-unknown"))
}

func TestACalendarOfEverythingIsRefusedAndSaysHowToNarrowIt(t *testing.T) {
	t.Parallel()
	country := mirrortest.NewCountry(t, area.Edition2021())
	c := everything(t, country.View(t))
	err := c.ICS(&bytes.Buffer{})
	require.True(t, fault.Is(err, "calendar-too-large"))
	c.Levels = nil
	require.NoError(t, c.Check())
}
