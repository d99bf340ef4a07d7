package feed_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/tracker"
)

var (
	now  = civil.Cutoff{Day: civil.Must("2021-01-25"), Clock: civil.NewClock(10, 0)}
	city = feed.Key{Election: mirrortest.ID, Area: "058", Kind: "test"}
)

// recipe says of an area what its board's revision is, as often as told.
type recipe struct {
	made, looked *atomic.Int64
	before       func() error // an answer is made
}

func newRecipe() recipe {
	return recipe{made: new(atomic.Int64), looked: new(atomic.Int64), before: func() error { return nil }}
}

func (r recipe) Tag(v *mirror.View, i int, now civil.Cutoff) string {
	r.looked.Add(1)
	return fmt.Sprintf(`W/"%d.%s"`, v.Board(i).Revision(), now.Day)
}

func (r recipe) Make(v *mirror.View, i int, now civil.Cutoff) (feed.Made, error) {
	if err := r.before(); err != nil {
		return feed.Made{}, err
	}
	r.made.Add(1)
	return feed.Made{Body: []byte(strings.Repeat(r.Tag(v, i, now)+"\n", 100)), Next: "/next"}, nil
}

// country is a mirror of a few places that tells what is prepared.
type country struct {
	t      *testing.T
	log    *mirrortest.Log
	mirror *mirror.Mirror
}

func newCountry(t *testing.T, told ...func(mirror.Step)) *country {
	return newCountryOf(t, mirrortest.Places(), told...)
}

func newCountryOf(t *testing.T, list *area.List, told ...func(mirror.Step)) *country {
	log := mirrortest.Open(t, list)
	m := mirror.New(log, mirror.Options{Now: time.Now, Told: told})
	require.NoError(t, m.Apply(t.Context(), log.All()))
	return &country{t, log, m}
}

func (c *country) view() *mirror.View {
	v, err := c.mirror.View(mirrortest.ID)
	require.NoError(c.t, err)
	return v
}

func (c *country) index(code area.Code) int {
	i, ok := c.view().Frame().List.Index(code)
	require.True(c.t, ok)
	return i
}

// report has work on a task of an area begun.
func (c *country) report(code area.Code, key tracker.MilestoneKey) {
	c.t.Helper()
	changes, err := c.log.Do(func(a *tracker.Act) error {
		r, err := a.Record(tracker.MilestoneID{Area: code, Key: key})
		if err != nil {
			return err
		}
		status := tracker.InProgress
		if r.Tasks[0].Status == status {
			status = tracker.NotStarted
		}
		_, err = a.UpdateTask(tracker.TaskCommand{ID: r.Milestone.ID, Task: r.Tasks[0].Key, If: r.Tasks[0].Revision, Status: tracker.To(status)})
		return err
	})
	require.NoError(c.t, err)
	require.NoError(c.t, c.mirror.Apply(c.t.Context(), changes))
}

func (c *country) get(e *feed.Entry, code area.Code) *feed.Answer {
	c.t.Helper()
	a, err := e.Answer(c.t.Context(), c.view(), c.index(code), now)
	require.NoError(c.t, err)
	return a
}

const cityDuty = "consult1_pc_district"

func TestAnAnswerIsMadeOnceAndKeptCompressed(t *testing.T) {
	t.Parallel()
	c, p, r := newCountry(t), feed.NewPrepared(1<<20), newRecipe()
	first := c.get(p.Entry(city, r), "058")
	require.Same(t, first, c.get(p.Entry(city, r), "058"))
	require.EqualValues(t, 1, r.made.Load())

	plain, err := first.Plain()
	require.NoError(t, err)
	require.Len(t, plain, first.Len())
	unpacked, err := gzip.NewReader(bytes.NewReader(first.Packed())) // the standard library's
	require.NoError(t, err)
	same, err := io.ReadAll(unpacked)
	require.NoError(t, err)
	require.Equal(t, string(plain), string(same))
	require.Less(t, len(first.Packed()), first.Len()/10)
	require.Equal(t, fmt.Sprint(len(first.Packed())), first.PackedLine()[0])
	require.Equal(t, "/next", first.Next)
	require.Equal(t, feed.Figures{Hits: 1, Made: 1, Bytes: p.Figures().Bytes}, p.Figures())
}

func TestTheTagIsOfTheViewAtHandWhateverWasTold(t *testing.T) {
	t.Parallel()
	c, p, r := newCountry(t), feed.NewPrepared(1<<20), newRecipe() // which is told nothing
	e := p.Entry(city, r)
	before := c.get(e, "058")
	old := c.view()
	c.report("058", cityDuty)
	after := c.get(e, "058")
	require.NotEqual(t, before.Tag, after.Tag)

	late, err := e.Answer(t.Context(), old, c.index("058"), now)
	require.NoError(t, err)
	require.Equal(t, before.Tag, late.Tag, "who still holds the view before gets what it has")
	made := r.made.Load()
	require.Same(t, after, c.get(e, "058"), "and does not put it in the place of what is newer")
	require.Equal(t, made, r.made.Load())
}

func TestATagIsFoundOncePerViewAndMinute(t *testing.T) {
	t.Parallel()
	c, p, r := newCountry(t), feed.NewPrepared(1<<20), newRecipe()
	v, i := c.view(), c.index("058")
	for range 3 {
		require.Equal(t, p.Entry(city, r).TagLine(v, i, now)[0], p.Entry(city, r).Tag(v, i, now))
	}
	require.EqualValues(t, 1, r.looked.Load())
	p.Entry(city, r).Tag(v, i, now.AddHours(1))
	require.EqualValues(t, 2, r.looked.Load())
	c.report("318", "consult1_pc_district")
	p.Entry(city, r).Tag(c.view(), i, now.AddHours(1))
	require.EqualValues(t, 3, r.looked.Load(), "anything may have changed it")
	loaded := c.log.View(t) // that no mirror handed out
	p.Entry(city, r).Tag(loaded, i, now)
	p.Entry(city, r).Tag(loaded, i, now)
	require.EqualValues(t, 5, r.looked.Load(), "nobody knows which view that is")
}

func TestManyWhoAskAtOnceHaveItMadeOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c, p, r := newCountry(t), feed.NewPrepared(1<<20), newRecipe()
		r.before = func() error { time.Sleep(time.Second); return nil }
		v, i := c.view(), c.index("058")
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				a, err := p.Entry(city, r).Answer(t.Context(), v, i, now)
				if err != nil || a.Tag != r.Tag(v, i, now) {
					t.Error(a, err)
				}
			})
		}
		leaving, leave := context.WithCancel(t.Context())
		all.Go(func() {
			time.Sleep(time.Millisecond) // behind the others
			_, err := p.Entry(city, r).Answer(leaving, v, i, now)
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			if r.made.Load() != 0 {
				t.Error("who leaves does not wait")
			}
		})
		time.Sleep(500 * time.Millisecond)
		leave()
		all.Wait()
		require.EqualValues(t, 1, r.made.Load())
	})
}

func TestWhoMakesItInVainFailsThoseWhoWaitedAndNobodyElse(t *testing.T) {
	t.Parallel()
	for name, trouble := range map[string]func() error{
		"error": func() error { return io.ErrUnexpectedEOF },
		"panic": func() error { panic("broken") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c, p, r := newCountry(t), feed.NewPrepared(1<<20), newRecipe()
				var tries, panics, failures atomic.Int64
				r.before = func() error {
					time.Sleep(time.Second)
					if tries.Add(1) == 1 {
						return trouble()
					}
					return nil
				}
				v, i := c.view(), c.index("058")
				ask := func() (a *feed.Answer, err error) {
					defer func() {
						if recover() != nil {
							panics.Add(1)
							err = io.ErrUnexpectedEOF
						}
					}()
					return p.Entry(city, r).Answer(t.Context(), v, i, now)
				}
				var all sync.WaitGroup
				for range 5 {
					all.Go(func() {
						if _, err := ask(); err != nil {
							failures.Add(1)
						}
					})
				}
				all.Wait()
				require.EqualValues(t, 5, failures.Load())
				require.LessOrEqual(t, panics.Load(), int64(1), "it is thrown where it was thrown")
				a, err := ask()
				require.NoError(t, err)
				require.Equal(t, r.Tag(v, i, now), a.Tag)
			})
		})
	}
}

func TestWhatIsKeptStaysWithinItsBound(t *testing.T) {
	t.Parallel()
	const bound = 64 << 10
	c, p, r := newCountry(t), feed.NewPrepared(bound), newRecipe()
	often := p.Entry(city, r)
	c.get(often, "058")
	for k := range 5000 {
		key := city
		key.View = fmt.Sprint("page=", k)
		c.get(p.Entry(key, r), "058")
		c.get(p.Entry(city, r), "058")
		require.LessOrEqual(t, p.Figures().Bytes, int64(bound))
	}
	require.Same(t, often, p.Entry(city, r), "what is asked for again stays, whatever else goes through")
	require.Positive(t, p.Figures().Dropped)

	tight := feed.NewPrepared(1)
	require.Equal(t, c.get(often, "058").Packed(), c.get(tight.Entry(city, r), "058").Packed())
	require.Zero(t, tight.Figures().Bytes, "too large to be kept")

	off := feed.NewPrepared(0)
	made := r.made.Load()
	for range 3 {
		require.Equal(t, c.get(often, "058").Packed(), c.get(off.Entry(city, r), "058").Packed())
	}
	require.Equal(t, made+3, r.made.Load(), "nothing is kept")
	require.Zero(t, off.Figures())
}

func TestEachEntryOfAPlaceIsFoundHoweverManyThereAre(t *testing.T) {
	t.Parallel()
	c, r := newCountry(t), newRecipe()
	for _, bound := range []int64{1 << 20, 8 << 10} { // all stay, and few do
		p := feed.NewPrepared(bound)
		all := map[feed.Key]*feed.Entry{}
		for k := range 40 {
			one := city
			one.View = fmt.Sprint("page=", k)
			require.Nil(t, p.Lookup(one))
			all[one] = p.Entry(one, r)
			c.get(all[one], "058")
			for key, e := range all {
				if found := p.Lookup(key); found != nil {
					require.Same(t, e, found)
					require.Equal(t, key, *found.Key())
				} else {
					require.False(t, e.Wanted(), "it was let go")
					delete(all, key)
				}
			}
		}
		require.Equal(t, bound == 1<<20, len(all) == 40)
		require.NotEmpty(t, all)
	}
}

// running is p with its worker, and the ways to tell it.
func running(t *testing.T, p *feed.Prepared) {
	ctx, stop := context.WithCancel(t.Context())
	var worker sync.WaitGroup
	worker.Go(func() { _ = p.Run(ctx, func() civil.Cutoff { return now }) })
	t.Cleanup(func() { stop(); worker.Wait() })
}

func key(code area.Code) feed.Key {
	return feed.Key{Election: mirrortest.ID, Area: code, Kind: "test"}
}

// settled lets the worker come to rest.
func settled() {
	time.Sleep(time.Minute) // in a bubble: when nobody else has anything to do
	synctest.Wait()
}

func TestAChangeLetsGoOfWhatItTouches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, r := feed.NewPrepared(1<<20), newRecipe()
		running(t, p)
		c := newCountry(t, p.Told)
		for _, code := range []area.Code{"VN", "058", "318"} {
			c.get(p.Entry(key(code), r), code)
		}
		settled()
		before := p.Figures()
		c.report("058", cityDuty)
		settled()
		after := p.Figures()
		require.Equal(t, before.Dropped+1, after.Dropped, "of VN another board is shown, and 318 lies elsewhere")
		require.Less(t, after.Bytes, before.Bytes)
		require.Equal(t, before.Made, after.Made, "one change is no reason to make anything")
		c.get(p.Entry(key("318"), r), "318")
		require.Equal(t, after.Made, p.Figures().Made)
	})
}

func TestABulkChangeHasWhatWasAskedForMadeAnew(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, r := feed.NewPrepared(1<<20), newRecipe()
		running(t, p)
		c := newCountryOf(t, area.Edition2021().Only("province", "06"), p.Told)
		list := c.view().Frame().List
		for i := range list.Len() {
			if i != 3 {
				c.get(p.Entry(key(list.At(i).Code), r), list.At(i).Code)
			}
		}
		old := p.Entry(key(list.At(3).Code), r)
		_, err := old.Answer(t.Context(), c.view(), 3, now.AddHours(-2))
		require.NoError(t, err)
		settled()

		before := r.made.Load()
		var changed int64
		var all []tracker.Change
		for i := range list.Len() {
			for _, m := range c.view().Board(i).Milestones()[:min(1, len(c.view().Board(i).Milestones()))] {
				all = append(all, tracker.Change{
					Election: mirrortest.ID, Revision: c.view().Revision() + tracker.Revision(len(all)) + 1, Cause: c.view().Revision() + 1,
					Kind: tracker.MilestonePlanned, Milestone: c.view().ID(i, &m), Happened: now.Day, Recorded: c.log.Now(),
					After: tracker.State{Milestone: &tracker.MilestoneState{NotBefore: m.NotBefore, Latest: m.Latest, Planned: now.Day}},
				})
				changed++
			}
		}
		require.Greater(t, changed, int64(32))
		require.NoError(t, c.mirror.Apply(t.Context(), all))
		settled()
		require.Equal(t, before+changed-1, r.made.Load(), "but for what was asked for long ago")
		made := r.made.Load()
		for i := range list.Len() {
			if i != 3 {
				c.get(p.Entry(key(list.At(i).Code), r), list.At(i).Code)
			}
		}
		require.Equal(t, made, r.made.Load(), "a storm of refreshes finds it all")
	})
}

func TestAnElectionThatIsGoneTakesItsAnswersAlong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, r := feed.NewPrepared(1<<20), newRecipe()
		running(t, p)
		c := newCountry(t, p.Told)
		c.get(p.Entry(city, r), "058")
		p.Told(mirror.Step{Election: mirrortest.ID, Before: c.view()})
		settled()
		require.EqualValues(t, 1, p.Figures().Dropped)
	})
}

func TestNoAnswerIsEverOlderThanTheViewAndNoTagHasTwoBodies(t *testing.T) {
	t.Parallel()
	p, r := feed.NewPrepared(24<<10), newRecipe() // too little for all
	running(t, p)
	c := newCountry(t, p.Told)
	list := c.view().Frame().List
	var bodies sync.Map
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 4 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				i := rand.IntN(list.Len())
				v, err := c.mirror.View(mirrortest.ID)
				if err != nil {
					t.Error(err)
					return
				}
				a, err := p.Entry(key(list.At(i).Code), r).Answer(t.Context(), v, i, now)
				if err != nil || a.Tag != r.Tag(v, i, now) {
					t.Error(err, "another tag than the view's")
					return
				}
				plain, _ := a.Plain()
				if was, known := bodies.LoadOrStore(string(list.At(i).Code)+a.Tag, string(plain)); known && was != string(plain) {
					t.Error("two bodies for one tag")
					return
				}
			}
		})
	}
	for range 300 {
		c.report("058", cityDuty)
	}
	close(done)
	readers.Wait()
	require.LessOrEqual(t, p.Figures().Bytes, int64(24<<10))
}
