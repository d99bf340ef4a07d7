package postgres_test

import (
	"context"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/mirror"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

const second tracker.ElectionID = "2026"

// madeUp is a list of two provinces without districts; more lines can be added.
func madeUp(t require.TestingT, edition string, lines ...string) *area.List {
	file, err := os.ReadFile("../area/testdata/two-provinces.csv")
	require.NoError(t, err)
	list, err := area.Read(edition, strings.NewReader(string(file)+strings.Join(lines, "\n")))
	require.NoError(t, err)
	return list
}

// openSecond opens the election of 2026 over a list.
func openSecond(t require.TestingT, pool *pgxpool.Pool, c *clock, list *area.List) *world {
	d, err := dossier.Load(string(second))
	require.NoError(t, err)
	o, err := d.Opening(list)
	require.NoError(t, err)
	w := &world{t: t, pool: pool, store: postgres.New(pool), opening: o, clock: c}
	w.Service = tracker.NewService(w.store, c.now, zone, nil)
	opened, err := w.Open(context.Background(), o, actor)
	require.NoError(t, err)
	require.True(t, opened)
	return w
}

func brought(t require.TestingT, s *postgres.Store, l *area.List) bool {
	written, err := s.Import(context.Background(), l, "made up", time.UnixMicro(1_700_000_000_000_000))
	require.NoError(t, err)
	return written
}

func TestAnEditionIsReadBackAsItWasBrought(t *testing.T) {
	t.Parallel()
	s := postgres.New(pgtest.New(t))
	list := madeUp(t, "2026")
	require.True(t, brought(t, s, list))
	require.False(t, brought(t, s, list), "the very same again")
	got, err := s.List(t.Context(), "2026")
	require.NoError(t, err)
	require.Equal(t, list.Sum(), got.Sum())
	require.Equal(t, "2026", got.Edition())
	again, err := s.List(t.Context(), "2026")
	require.NoError(t, err)
	require.Same(t, got, again, "it is read once")
	all, err := s.Editions(t.Context())
	require.NoError(t, err)
	require.Equal(t, []postgres.Edition{{
		ID: "2026", Source: "made up", Recorded: time.UnixMicro(1_700_000_000_000_000).UTC(), Areas: 9, Elections: []tracker.ElectionID{},
	}}, all)
	_, err = s.List(t.Context(), "2027")
	require.Equal(t, "not_found edition-not-found", faulty(err))
	require.ErrorContains(t, err, "tiendo area import")
}

func TestTheEditionOf2021InTheDatabaseIsTheOneCompiledIn(t *testing.T) {
	t.Parallel()
	s := postgres.New(pgtest.New(t))
	require.True(t, brought(t, s, area.Edition2021()))
	got, err := s.List(t.Context(), "2021")
	require.NoError(t, err)
	require.Same(t, area.Edition2021(), got)
	_, err = s.Import(t.Context(), madeUp(t, "2021"), "", time.Time{})
	require.Equal(t, "conflict edition-built-in", faulty(err))
}

func TestAnEditionThatNoElectionUsesIsReplacedWhole(t *testing.T) {
	t.Parallel()
	w := &world{t: t, pool: pgtest.New(t)}
	s := postgres.New(w.pool)
	require.True(t, brought(t, s, madeUp(t, "2026")))
	_, err := s.List(t.Context(), "2026")
	require.NoError(t, err)
	longer := madeUp(t, "2026", "90013,91,commune,xã,Xã Mẫu Bốn,")
	require.True(t, brought(t, s, longer))
	got, err := s.List(t.Context(), "2026")
	require.NoError(t, err)
	require.Equal(t, longer.Sum(), got.Sum())
	require.Equal(t, 11, w.count("SELECT count(*) FROM area"))
	require.Equal(t, 2, w.count("SELECT count(*) FROM pg_constraint WHERE convalidated AND conname IN ('area_edition_exists', 'area_parent_exists')"))
}

func TestAnEditionInUseIsNeverChanged(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	w := openSecond(t, pool, clockAt("2026-01-25"), madeUp(t, "2026"))
	before := w.tables()
	_, err := w.store.Import(t.Context(), madeUp(t, "2026", "90013,91,commune,xã,Xã Mẫu Bốn,"), "", time.Time{})
	require.Equal(t, "conflict edition-in-use", faulty(err))
	require.ErrorContains(t, err, "--edition 2026-2")
	require.Equal(t, before, w.tables())
	require.False(t, brought(t, w.store, madeUp(t, "2026")), "the very same is no change")
	require.True(t, brought(t, w.store, madeUp(t, "2026-2", "90013,91,commune,xã,Xã Mẫu Bốn,")))
}

func TestAnElectionIsNotOpenedOverAnotherListOfTheSameName(t *testing.T) {
	t.Parallel()
	s := postgres.New(pgtest.New(t))
	require.True(t, brought(t, s, madeUp(t, "2026", "90013,91,commune,xã,Xã Mẫu Bốn,")))
	d, err := dossier.Load(string(second))
	require.NoError(t, err)
	o, err := d.Opening(madeUp(t, "2026"))
	require.NoError(t, err)
	_, err = tracker.NewService(s, clockAt("2026-01-25").now, zone, nil).Open(t.Context(), o, actor)
	require.Equal(t, "conflict edition-differs", faulty(err))
}

func TestAListThatIsBroughtWhileAnElectionOpensOverItIsTheOneItHas(t *testing.T) {
	t.Parallel()
	pool := pgtest.New(t)
	s := postgres.New(pool)
	lists := []*area.List{madeUp(t, "2026"), madeUp(t, "2026", "90013,91,commune,xã,Xã Mẫu Bốn,")}
	d, err := dossier.Load(string(second))
	require.NoError(t, err)
	var together sync.WaitGroup
	var failed [6]error
	for i := range failed {
		together.Go(func() {
			list := lists[i%2]
			if i < 4 {
				_, failed[i] = s.Import(context.Background(), list, "", time.UnixMicro(int64(i)))
				return
			}
			o, err := d.Opening(list)
			if err == nil {
				_, err = tracker.NewService(s, clockAt("2026-01-25").now, zone, nil).Open(context.Background(), o, actor)
			}
			failed[i] = err
		})
	}
	together.Wait()
	for _, err := range failed {
		if err != nil {
			require.Contains(t, []string{"conflict edition-in-use", "conflict edition-differs"}, faulty(err))
		}
	}
	heads, err := s.Heads(t.Context())
	require.NoError(t, err)
	if len(heads) == 1 {
		v, err := mirror.Load(t.Context(), postgres.New(pool), second)
		require.NoError(t, err, "its milestones are of its list")
		require.Positive(t, v.Frame().List.Len())
	}
}

func TestAListThatWasTamperedWithIsNotShown(t *testing.T) {
	t.Parallel()
	w := openSecond(t, pgtest.New(t), clockAt("2026-01-25"), madeUp(t, "2026"))
	w.exec("UPDATE area SET name = 'Xã Khác' WHERE code = '90004'")
	_, err := postgres.New(w.pool).Frame(t.Context(), second)
	require.Equal(t, "internal edition-damaged", faulty(err))
}

func TestTheMigrationSumsEditionsAsTheProgramDoes(t *testing.T) {
	t.Parallel()
	w := &world{t: t, pool: pgtest.New(t)}
	s := postgres.New(w.pool)
	require.True(t, brought(t, s, area.Edition2021()))
	require.True(t, brought(t, s, madeUp(t, "2026")))
	file, err := os.ReadFile("../../migrations/00005_edition.sql")
	require.NoError(t, err)
	w.exec("UPDATE edition SET sum = sha256('')")
	w.exec(regexp.MustCompile(`(?s)UPDATE edition SET.*?;`).FindString(string(file)))
	for id, want := range map[string]*area.List{"2021": area.Edition2021(), "2026": madeUp(t, "2026")} {
		got, err := s.List(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, want.Sum(), got.Sum())
	}
}

func TestAnElectionWithoutDistrictsHasItsMilestonesInProvincesAndCommunes(t *testing.T) {
	t.Parallel()
	w := openSecond(t, pgtest.New(t), clockAt("2026-01-25"), madeUp(t, "2026"))
	for level, key := range map[int]string{2: "election_committee_province", 7: "election_committee_commune"} {
		require.Equal(t, level, w.count("SELECT count(*) FROM milestone WHERE key = $1", key), key)
	}
	require.Zero(t, w.count("SELECT count(*) FROM milestone WHERE key LIKE '%\\_district'"))
	f, err := w.store.Frame(t.Context(), second)
	require.NoError(t, err)
	for i := 1; i < f.List.Len(); i++ {
		p := f.Place(i, nil)
		require.True(t, p.Council && p.Voters, "%s: every province and commune elects", p.Code)
		require.Len(t, f.Chain(i, nil), len(f.List.Ancestors(i))+1)
	}
	want, err := w.opening.Follow(w.everywhere()...)
	require.NoError(t, err)
	sameLedgers(t, want, w.records())
}

func TestAListWithLevelsThatTheLawDoesNotKnowIsRefused(t *testing.T) {
	t.Parallel()
	d, err := dossier.Load(string(second))
	require.NoError(t, err)
	_, err = d.Opening(places())
	require.Equal(t, "invalid edition-levels", faulty(err))
}

func TestAChangeInOneElectionNeverTouchesTheOther(t *testing.T) {
	t.Parallel()
	first := open(t, places())
	first.clock.set("2026-01-25")
	other := openSecond(t, first.pool, first.clock, madeUp(t, "2026"))
	look := func(e tracker.ElectionID) (tracker.Head, string) {
		h, err := first.store.Head(t.Context(), e)
		require.NoError(t, err)
		var rows string
		require.NoError(t, first.pool.QueryRow(t.Context(),
			"SELECT md5(string_agg(m::text, '' ORDER BY m::text)) || (SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM task t WHERE t.election = $1) FROM milestone m WHERE m.election = $1", string(e)).Scan(&rows))
		return h, rows
	}
	for _, side := range []struct {
		id, other tracker.ElectionID
		code      area.Code
		key       tracker.MilestoneKey
		service   *tracker.Service
	}{
		{id, second, bacKan, "consult1_pc_district", first.Service},
		{second, id, "00001", "consult1_pc_commune", other.Service},
	} {
		stillBefore, rowsBefore := look(side.other)
		before, own := look(side.id)
		r, err := first.store.Record(t.Context(), side.id, tracker.MilestoneID{Area: side.code, Key: side.key})
		require.NoError(t, err)
		c := tracker.TaskCommand{ID: r.Milestone.ID, Task: firstTask, If: r.Tasks[0].Revision, Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must("2021-01-24"))}
		_, err = side.service.UpdateTask(t.Context(), side.id, actor, c)
		require.NoError(t, err)
		stillAfter, rowsAfter := look(side.other)
		require.Equal(t, stillBefore, stillAfter)
		require.Equal(t, rowsBefore, rowsAfter)
		after, ownAfter := look(side.id)
		require.Greater(t, after.Revision, before.Revision)
		require.NotEqual(t, own, ownAfter)
	}
	_, err := first.store.Record(t.Context(), second, tracker.MilestoneID{Area: bacKan, Key: "consult1_pc_district"})
	require.Error(t, err, "a place of one election is none of the other")
}
