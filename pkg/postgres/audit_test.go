package postgres_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/audit"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// proved follows the election's log, with hashes that reports have printed.
func (w *world) proved(known ...audit.Known) *audit.Trail {
	trail := audit.NewTrail(zone, known...)
	require.NoError(w.t, w.store.FollowChanges(w.t.(testing.TB).Context(), id, trail))
	return trail
}

// tamper does what only somebody can who owns the database, and with care.
func (w *world) tamper(statement string, args ...any) {
	w.exec("ALTER TABLE change DISABLE TRIGGER USER")
	w.exec(statement, args...)
	w.exec("ALTER TABLE change ENABLE TRIGGER USER")
}

// reported is an election in which three days of work have been done.
func reported(t *testing.T) *world {
	t.Helper()
	w := open(t, places())
	for i, key := range []string{"voter_list_posted", "election_committee_commune", "consult1_pc_commune"} {
		w.clock.set([]string{"2021-04-13", "2021-04-14", "2021-04-14"}[i])
		w.clock.pass(time.Duration(i) * time.Hour)
		w.done(commune, tracker.MilestoneKey(key), "2021-02-01")
	}
	return w
}

func TestTheTrailOfAnElectionIsProvedAndItsDaysAreKnown(t *testing.T) {
	t.Parallel()
	w := reported(t)
	trail := w.proved()
	require.Nil(t, trail.Finding())
	head := w.head()
	require.Equal(t, int64(head.Revision), trail.Head().Revision)
	require.Equal(t, audit.Hash(head.Hash), trail.Head().Hash)
	days := trail.Days()
	require.Equal(t, "2021-04-14", days[len(days)-1].Day.String())
	require.Equal(t, "2021-04-13", days[len(days)-2].Day.String())
}

func TestAuditNamesTheFirstBentRow(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		statement string
		flaw      audit.Flaw
		after     int64 // revisions behind the bent one's
	}{
		"another reason":          {"UPDATE change SET reason = 'khác' WHERE revision = $1", audit.Bent, 0},
		"another person":          {"UPDATE change SET actor_name = 'Người khác' WHERE revision = $1", audit.Bent, 0},
		"another day":             {"UPDATE change SET happened_on = happened_on + 1 WHERE revision = $1", audit.Bent, 0},
		"another place":           {"UPDATE change SET area_code = '01840' WHERE revision = $1", audit.Bent, 0},
		"another state":           {`UPDATE change SET after = replace(after::text, '2021-02-01', '2021-01-31')::json WHERE revision = $1`, audit.Bent, 0},
		"no state that is one":    {`UPDATE change SET after = '[]'::json WHERE revision = $1`, audit.Bent, 0},
		"a hash that is none":     {`UPDATE change SET hash = '\x00' WHERE revision = $1`, audit.Bent, 0},
		"a row taken out":         {"DELETE FROM change WHERE revision = $1", audit.Missing, 0},
		"the last rows taken out": {"DELETE FROM change WHERE revision >= $1", audit.CutOff, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := reported(t)
			bent := int64(w.head().Revision) - 1
			w.tamper(c.statement, bent)
			require.Equal(t, &audit.Finding{Revision: bent, Flaw: c.flaw}, w.proved().Finding())
		})
	}
}

func TestAWholeLogWrittenAnewIsToldByAPrintedHash(t *testing.T) {
	t.Parallel()
	w := reported(t)
	printed := w.proved().Head()
	log := w.log()
	last := &log[len(log)-1]
	last.Reason = "khác"
	last.Revision-- // takes it again
	require.NoError(t, last.Seal(log[len(log)-2].Head()))
	w.tamper("UPDATE change SET reason = $2, hash = $3 WHERE revision = $1", int64(last.Revision), last.Reason, last.Hash[:])
	w.exec("UPDATE log_head SET hash = $1", last.Hash[:])
	require.Nil(t, w.proved().Finding(), "the chain is whole again")
	require.Equal(t, &audit.Finding{Revision: printed.Revision, Flaw: audit.Rewritten},
		w.proved(audit.Known{Revision: printed.Revision, Hash: printed.Hash[:8]}).Finding())
}

func TestATableThatWasChangedPastTheLogIsTold(t *testing.T) {
	t.Parallel()
	w := reported(t)
	stray := func() (string, bool) {
		v, err := mirror.Load(t.Context(), w.store, id)
		require.NoError(t, err)
		m, stray, err := v.Stray()
		require.NoError(t, err)
		return string(m.Area) + " " + m.Name(), stray
	}
	_, found := stray()
	require.False(t, found)
	w.exec("UPDATE milestone SET done_on = '2021-02-02' WHERE area_code = $1 AND key = 'voter_list_posted'", string(commune))
	which, found := stray()
	require.True(t, found)
	require.Equal(t, "01834 voter_list_posted", which)
}
