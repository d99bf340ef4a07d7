package notify_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/notify"
	"tiendo/pkg/tracker"
)

var zone = mirrortest.Zone

// simulation is an election with people, whose clock goes from hour to hour.
type simulation struct {
	t      require.TestingT
	log    *mirrortest.Log
	now    time.Time
	people []notify.Person
	look   notify.Look
	view   *mirror.View
	// acts stand at the hour at which they are done.
	acts map[time.Time][]func()
	// goes sees every digest, and the country as it was then.
	goes func(*notify.Digest)
	// passes is asked after every hour.
	passes func()
}

func newSimulation(t require.TestingT, list *area.List, people ...notify.Person) *simulation {
	s := &simulation{t: t, log: mirrortest.Open(t, list), people: people, acts: map[time.Time][]func(){}}
	s.now = s.log.Now()
	s.view = s.log.View(t)
	return s
}

func at(day string, hour int) time.Time { return civil.Must(day).At(civil.NewClock(hour, 0), zone) }

// do has an act done at an hour; it is made of the records as they are then.
func (s *simulation) do(when time.Time, act func() func(*tracker.Act) error) {
	s.acts[when] = append(s.acts[when], func() {
		_, err := s.log.Do(act())
		require.NoError(s.t, err)
	})
}

// until lets hour after hour pass.
func (s *simulation) until(end time.Time) {
	for s.now.Before(end) {
		s.now = s.now.Add(time.Hour)
		s.log.Pass(s.now.Sub(s.log.Now()))
		for _, act := range s.acts[s.now] {
			act()
		}
		if all := s.log.All(); all[len(all)-1].Revision != s.view.Revision() {
			s.view = s.log.View(s.t)
		}
		s.plan()
		if s.passes != nil {
			s.passes()
		}
	}
}

func (s *simulation) plan() {
	var digests []notify.Digest
	digests, s.look = notify.Plan(s.now, zone, []*mirror.View{s.view}, s.people, s.look)
	for k := range digests {
		who := slices.IndexFunc(s.people, func(p notify.Person) bool { return p.User == digests[k].User })
		s.people[who].Told = s.look
		s.goes(&digests[k])
	}
}

func (s *simulation) record(code area.Code, key tracker.MilestoneKey, occurrence int) tracker.Record {
	for _, r := range s.log.Records() {
		if r.Milestone.ID == (tracker.MilestoneID{Area: code, Key: key, Occurrence: occurrence}) {
			return r
		}
	}
	require.FailNow(s.t, "no milestone", "%s in %s", key, code)
	return tracker.Record{}
}

// report says of all tasks of a milestone how far they are.
func (s *simulation) report(when time.Time, code area.Code, key tracker.MilestoneKey, work tracker.Work) {
	s.acts[when] = append(s.acts[when], func() {
		for _, task := range s.record(code, key, 0).Tasks {
			c := tracker.TaskCommand{ID: tracker.MilestoneID{Area: code, Key: key}, Task: task.Key, If: task.Revision, Status: tracker.To(work)}
			switch work {
			case tracker.NotApplicable, tracker.Blocked:
				c.Reason = tracker.To("vì một lý do")
			case tracker.Done:
				c.DoneOn = tracker.To(civil.Of(s.now, zone))
			}
			_, err := s.log.Do(func(a *tracker.Act) error {
				_, err := a.UpdateTask(c)
				return err
			})
			require.NoError(s.t, err)
		}
	})
}

// joins has somebody get his roles, or confirm his address, at an hour.
func (s *simulation) joins(when time.Time, p notify.Person) {
	s.acts[when] = append(s.acts[when], func() { s.people = append(s.people, p) })
}

// giveBack returns a report.
func (s *simulation) giveBack(when time.Time, code area.Code, key tracker.MilestoneKey) {
	s.do(when, func() func(*tracker.Act) error {
		m := s.record(code, key, 0).Milestone
		return func(a *tracker.Act) error {
			return a.Return(tracker.Return{ID: m.ID, If: m.Revision, Reason: "thiếu số văn bản"})
		}
	})
}

// person holds roles since the day before the election was opened.
func person(user string, roles map[area.Code]access.Role) notify.Person {
	since := mirrortest.Opened.Add(-1).At(civil.NewClock(12, 0), zone)
	p := notify.Person{
		User: access.UserID(user), Name: user, Language: "vi", Mail: user + "@example.vn", Since: since, Days: notify.DaysBefore(),
	}
	for _, code := range slices.Sorted(maps.Keys(roles)) {
		g := access.Grant{User: p.User, Edition: "small", Area: code, Role: roles[code]}
		if code == area.Nation {
			g.Edition = ""
		}
		p.Grants = append(p.Grants, access.Granted{Grant: g, At: since})
	}
	return p
}

func role(r access.Role, codes ...area.Code) map[area.Code]access.Role {
	all := map[area.Code]access.Role{}
	for _, c := range codes {
		all[c] = r
	}
	return all
}

// bacKan is three wards of the city with what they lie in.
func bacKan() *area.List { return area.Edition2021().Only("small", "01840", "01843", "01852") }

// collected are the digests of a simulation in the order in which they went.
func (s *simulation) collected(end time.Time) []notify.Digest {
	var all []notify.Digest
	s.goes = func(d *notify.Digest) { all = append(all, *d) }
	s.until(end)
	return all
}

// told lists "day user why key area" of what was told of one milestone.
func told(all []notify.Digest, code area.Code, key tracker.MilestoneKey) []string {
	var lines []string
	for k := range all {
		for _, p := range all[k].Parts {
			for _, x := range p.Items {
				if x.ID.Area == code && x.ID.Key == key {
					lines = append(lines, fmt.Sprintf("%s %s %d", all[k].At.Day, all[k].User, x.Why))
				}
			}
		}
	}
	return lines
}

const (
	reporter = access.Reporter
	lead     = access.Lead
)

func TestRemindersGoToWhoIsResponsibleAndUpTheTree(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, bacKan(),
		person("an", role(reporter, "01840")), person("binh", role(lead, "01840")),
		person("chau", role(reporter, "058")), person("dung", role(lead, "058")), person("giang", role(lead, "06")))
	all := s.collected(at("2021-03-01", 0))
	require.Equal(t, []string{
		"2021-01-31 an 4", "2021-02-04 an 4", "2021-02-06 an 4", "2021-02-07 binh 2", "2021-02-08 dung 1",
	}, told(all, "01840", "election_committee_commune"), "each once: who reports at −7, −3, −1, who leads on the day, the level above after it")
	require.Equal(t, []string{
		"2021-01-31 chau 4", "2021-02-04 chau 4", "2021-02-06 chau 4", "2021-02-07 dung 2", "2021-02-08 dung 1",
	}, told(all, "01852", "election_committee_commune"), "a ward without people is the city's")
	require.Equal(t, []string{
		"2021-01-31 chau 4", "2021-02-04 chau 4", "2021-02-06 chau 4", "2021-02-07 dung 2", "2021-02-08 giang 1",
	}, told(all, "058", "election_committee_district"))
	require.Equal(t, []string{
		"2021-01-31 giang 4", "2021-02-04 giang 4", "2021-02-06 giang 4", "2021-02-07 giang 2",
	}, told(all, "06", "election_committee_province"), "who leads where nobody reports does it himself; above him there is nobody")
	for k := range all {
		for _, p := range all[k].Parts {
			for _, x := range p.Items {
				require.NotEqual(t, area.Nation, x.ID.Area, "nobody is responsible for the nation")
			}
		}
	}
}

func TestSomebodyActedSilencesReminders(t *testing.T) {
	t.Parallel()
	const key = "election_committee_commune"
	people := func() []notify.Person {
		return []notify.Person{person("an", role(reporter, "01840")), person("binh", role(lead, "01840")), person("dung", role(lead, "058"))}
	}
	for name, c := range map[string]struct {
		act  func(*simulation)
		want []string
	}{
		"done": {
			func(s *simulation) { s.report(at("2021-02-03", 9), "01840", key, tracker.Done) },
			[]string{"2021-01-31 an 4"},
		},
		"not applicable": {
			func(s *simulation) {
				s.report(at("2021-02-03", 9), "01840", key, tracker.NotApplicable)
			},
			[]string{"2021-01-31 an 4"},
		},
		"begun": {
			func(s *simulation) { s.report(at("2021-01-30", 9), "01840", key, tracker.InProgress) },
			nil,
		},
		"begun on the last day": {
			func(s *simulation) { s.report(at("2021-02-07", 16), "01840", key, tracker.InProgress) },
			[]string{"2021-01-31 an 4", "2021-02-04 an 4", "2021-02-06 an 4", "2021-02-07 binh 2"},
		},
		"held up": {
			func(s *simulation) { s.report(at("2021-02-05", 9), "01840", key, tracker.Blocked) },
			[]string{"2021-01-31 an 4", "2021-02-04 an 4"},
		},
		"begun, and taken back": {
			func(s *simulation) {
				s.report(at("2021-01-30", 9), "01840", key, tracker.InProgress)
				s.report(at("2021-02-05", 9), "01840", key, tracker.NotStarted)
			},
			[]string{"2021-02-06 an 4", "2021-02-07 binh 2", "2021-02-08 dung 1"},
		},
		"done in the night before seven": {
			func(s *simulation) { s.report(at("2021-02-08", 6), "01840", key, tracker.Done) },
			[]string{"2021-01-31 an 4", "2021-02-04 an 4", "2021-02-06 an 4", "2021-02-07 binh 2"},
		},
		"returned": {
			func(s *simulation) {
				s.report(at("2021-01-29", 9), "01840", key, tracker.Done)
				s.giveBack(at("2021-02-02", 22), "01840", key)
			},
			[]string{"2021-02-03 an 3", "2021-02-04 an 4", "2021-02-06 an 4", "2021-02-07 binh 2", "2021-02-08 dung 1"},
		},
		"opened again after the limit, and being done": {
			func(s *simulation) {
				s.report(at("2021-02-05", 9), "01840", key, tracker.Done)
				s.report(at("2021-02-20", 9), "01840", key, tracker.InProgress)
			},
			[]string{"2021-01-31 an 4", "2021-02-04 an 4"},
		},
		"not even begun, it was found after the limit": {
			func(s *simulation) {
				s.report(at("2021-02-05", 9), "01840", key, tracker.Done)
				s.report(at("2021-02-20", 9), "01840", key, tracker.NotStarted)
			},
			[]string{"2021-01-31 an 4", "2021-02-04 an 4", "2021-02-21 dung 1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSimulation(t, bacKan(), people()...)
			c.act(s)
			require.Equal(t, c.want, told(s.collected(at("2021-02-25", 0)), "01840", key))
		})
	}
}

func TestNobodyIsToldOfWhatWasOverdueBeforeHimOrTheElection(t *testing.T) {
	t.Parallel()
	late := person("dung", role(lead, "058"))
	late.Since = at("2021-02-09", 10)
	granted := person("duc", role(lead, "058"))
	granted.Grants[0].At = at("2021-02-07", 21)
	s := newSimulation(t, bacKan(), person("an", role(reporter, "01840")), person("vien", role(reporter, "VN")))
	s.joins(late.Since, late)
	s.joins(granted.Grants[0].At, granted)
	all := s.collected(at("2021-02-26", 0))
	require.Equal(t, []string{"2021-01-31 an 4", "2021-02-04 an 4", "2021-02-06 an 4", "2021-02-08 duc 1"},
		told(all, "01840", "election_committee_commune"), "an address confirmed too late hears nothing of it, a role given on the last day does")
	require.Equal(t, []string{"2021-02-17 duc 2", "2021-02-17 dung 2", "2021-02-18 duc 1", "2021-02-18 dung 1"},
		told(all, "01840", "consult1_pc_commune")[3:])
	require.Empty(t, told(all, "VN", "nec_established"), "overdue since 2020, before the election was opened")
	require.NotEmpty(t, told(all, "VN", "announce_election_day"))
}

func TestAFreshSubscriberHearsOfTheDayOnWhichHeSubscribed(t *testing.T) {
	t.Parallel()
	fresh := person("an", role(reporter, "01840"))
	fresh.Since = at("2021-02-04", 10)
	s := newSimulation(t, bacKan())
	s.joins(fresh.Since, fresh)
	all := s.collected(at("2021-02-05", 0))
	require.Len(t, all, 1)
	require.Equal(t, civil.Cutoff{Day: civil.Must("2021-02-04"), Clock: civil.NewClock(10, 0)}, all[0].At)
	require.Equal(t, []string{"2021-02-04 an 4"}, told(all, "01840", "election_committee_commune"))
}

func TestAMassChangeIsOneLineForEachPersonAndAct(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, bacKan(), person("an", role(reporter, "01840")), person("chau", role(reporter, "058")), person("giang", role(lead, "06")))
	s.acts[at("2021-02-20", 21)] = append(s.acts[at("2021-02-20", 21)], func() {
		_, err := s.log.Amend(tracker.AmendCommand{Day: civil.Must("2021-05-30"), Reason: "dời ngày"}, s.log.Frame().Rulebook)
		require.NoError(t, err)
	})
	all := s.collected(at("2021-02-21", 12))
	all = slices.DeleteFunc(all, func(d notify.Digest) bool { return d.At.Day != civil.Must("2021-02-21") })
	require.Len(t, all, 3, "one message for each person, in the morning")
	for k := range all {
		require.Equal(t, 7, all[k].At.Clock.Minutes()/60)
		require.Len(t, all[k].Parts[0].Shifts, 1, all[k].User)
		require.True(t, all[k].Parts[0].Shifts[0].Amended)
		require.Greater(t, all[k].Parts[0].Shifts[0].Moved, 10)
	}
	require.Equal(t, 3, all[1].Parts[0].Shifts[0].Areas, "the city and its two wards without people")
}

// The mirror reads the log in pages; somebody looks what is to be said whenever it
// has read one.
func TestAMassChangeThatIsReadInPagesIsOneLine(t *testing.T) {
	t.Parallel()
	log := mirrortest.Open(t, bacKan())
	people := []notify.Person{person("an", role(reporter, "01840")), person("giang", role(lead, "06"))}
	views, look := 0, notify.Look{}
	var lines []notify.Shift
	now := at("2021-03-10", 8)
	looks := func(s mirror.Step) {
		views++
		var digests []notify.Digest
		digests, look = notify.Plan(now, zone, []*mirror.View{s.After}, people, look)
		for k := range digests {
			who := slices.IndexFunc(people, func(p notify.Person) bool { return p.User == digests[k].User })
			people[who].Told = look
			if digests[k].User == "an" {
				lines = append(lines, digests[k].Parts[0].Shifts...)
			}
		}
		now = now.Add(24 * time.Hour) // nobody is told twice on one day
	}
	m := mirror.New(log, mirror.Options{Now: time.Now, Page: 2, Told: []func(mirror.Step){looks}})
	require.NoError(t, m.Apply(t.Context(), log.All()))
	views = 0
	log.PassTo(civil.Must("2021-03-10"))
	votesOn := func(day string) []tracker.Change {
		changes, err := log.Do(func(a *tracker.Act) error {
			return a.SetVotingDay(tracker.VotingDay{Area: "01840", Day: civil.Must(day), InForce: true, Confidence: "high"}, civil.Must("2021-03-10"))
		})
		require.NoError(t, err)
		require.Greater(t, len(changes), 5)
		return changes
	}
	votesOn("2021-05-22")
	second := votesOn("2021-05-21")
	require.NoError(t, m.Apply(t.Context(), second[len(second)-1:])) // heard of from another server
	require.Equal(t, 2, views)
	require.Len(t, lines, 2, "one line for each act")
	require.Equal(t, 3, lines[0].Moved)
	require.Equal(t, 3, lines[1].Moved)
}

func TestNothingOfAnElectionThatIsNotOpenForWork(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, bacKan(), person("an", role(reporter, "01840")))
	s.do(at("2021-01-30", 9), func() func(*tracker.Act) error {
		return func(a *tracker.Act) error { return a.Move(tracker.Closed, civil.Must("2021-01-30")) }
	})
	require.Empty(t, s.collected(at("2021-03-30", 9)))
}

func TestWhoIsAwayOrDownLosesNothingOfWhatStillHolds(t *testing.T) {
	t.Parallel()
	s := newSimulation(t, bacKan(), person("an", role(reporter, "01840")), person("dung", role(lead, "058")))
	s.collected(at("2021-02-05", 12))
	s.now = at("2021-02-09", 9) // no server ran for four days
	all := s.collected(at("2021-02-09", 12))
	require.Equal(t, []string{"2021-02-09 dung 1"}, told(all, "01840", "election_committee_commune"), "its reminders are over, that it is overdue is not")
}

func TestATrialWhoseDayNeverEndsTellsOnce(t *testing.T) {
	t.Parallel()
	p := person("an", role(reporter, "01840"))
	p.Since, p.Grants[0].At = at("2026-11-20", 9), at("2026-11-20", 9) // accounts live in real time
	s := newSimulation(t, bacKan(), p)
	s.log.PassTo(civil.Must("2021-02-04"))
	var all []notify.Digest
	s.goes = func(d *notify.Digest) { all = append(all, *d) }
	for range 3 {
		for hour := range 24 {
			s.now = at("2021-02-04", hour)
			s.plan()
		}
	}
	require.Equal(t, []string{"2021-02-04 an 4"}, told(all, "01840", "election_committee_commune"))
	require.Len(t, all, 1)
}

func TestARoleThatWasEndedBelowIsNoResponsibility(t *testing.T) {
	t.Parallel()
	p := person("chau", role(reporter, "058"))
	p.Grants = append(p.Grants, access.Granted{Grant: access.Grant{User: "chau", Edition: "small", Area: "01843", Role: access.None}})
	s := newSimulation(t, bacKan(), p)
	all := s.collected(at("2021-02-10", 0))
	require.NotEmpty(t, told(all, "01840", "election_committee_commune"))
	require.Empty(t, told(all, "01843", "election_committee_commune"))
}
