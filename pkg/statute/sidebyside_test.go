package statute_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/statute"
)

// TestBothElectionsSideBySide holds 2021 under the rulebook of 2015 against
// 2026 under that of 2025, three levels of each, by a table of offsets (T:
// election day, V: the area's voting day, a key: that milestone's day).
func TestBothElectionsSideBySide(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, row := range rows(t, "testdata/offsets-2015-2025.csv") {
		seen[row["rule"]] = true
		for id, e := range map[string]statute.Election{"2015": in2021, "2025": in2026} {
			for level := range strings.FieldsSeq(row["levels_"+id]) {
				l, err := area.ParseLevel(level)
				require.NoError(t, err)
				b := load(t, id)
				o := offsets{t: t, book: b, election: e, chain: within(b, chains()[l])}
				d, err := b.Deadline(statute.RuleKey(row["rule"]), e, o.chain, nil, nil)
				require.NoError(t, err)
				start, end := o.window(row[id])
				require.Equal(t, start, d.NotBefore, "%s of %s in %s starts", row["rule"], id, level)
				require.Equal(t, end, d.Latest, "%s of %s in %s ends", row["rule"], id, level)
			}
		}
	}
	for _, r := range load(t, "2025").Rules() {
		dated := r.Start != nil || r.End != nil
		if r.Occasion == statute.General && dated {
			require.True(t, seen[string(r.Key)], "%s is in the table", r.Key)
		}
	}
}

// offsets reads the table's language in one place of one election.
type offsets struct {
	t        *testing.T
	book     *statute.Rulebook
	election statute.Election
	chain    []statute.Place
}

func (o offsets) window(s string) (start, end civil.Cutoff) {
	if from, to, ok := strings.Cut(s, " to "); ok {
		return o.moment(from), o.moment(to)
	}
	return civil.Cutoff{}, o.moment(s)
}

func (o offsets) moment(s string) civil.Cutoff {
	o.t.Helper()
	base, rest, _ := strings.Cut(s, " ")
	switch {
	case s == "-":
		return civil.Cutoff{}
	case base == "opening":
		opens := civil.Cutoff{Day: o.election.Day, Clock: civil.NewClock(7, 0)}
		return opens.AddHours(o.number(strings.TrimSuffix(rest, " h")))
	case base[0] == 'T' || base[0] == 'V':
		c := civil.Whole(o.election.Day.Add(o.number(base[1:])))
		if rest != "" {
			clock, err := civil.ParseClock(rest)
			require.NoError(o.t, err)
			c.Clock = clock
		}
		return c
	}
	key := strings.ReplaceAll(base, "{level}", o.chain[0].Level.String())
	r, err := o.book.Rule(statute.RuleKey(key))
	if err != nil {
		return civil.Cutoff{} // an occurrence: nothing has happened
	}
	for i := range o.chain {
		if r.AppliesTo(o.chain[i]) {
			d, err := o.book.Deadline(r.Key, o.election, o.chain[i:], nil, nil)
			require.NoError(o.t, err)
			return civil.Whole(d.Latest.Day.Add(o.number(rest)))
		}
	}
	require.Failf(o.t, "nobody has the milestone", "%s", key)
	return civil.Cutoff{}
}

func (o offsets) number(s string) int {
	if s == "" {
		return 0
	}
	n, err := strconv.Atoi(s)
	require.NoError(o.t, err)
	return n
}

func TestTheRegimesHaveTheirLevels(t *testing.T) {
	t.Parallel()
	require.Equal(t, []area.Level{area.LevelNation, area.LevelProvince, area.LevelCommune}, load(t, "2025").Levels())
	_, err := load(t, "2025").Scheduled(in2026, []statute.Place{district, province, nation})
	require.ErrorContains(t, err, "level-not-in-rulebook")
}
