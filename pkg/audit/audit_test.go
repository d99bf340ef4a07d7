package audit_test

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/audit"
	"tiendo/pkg/civil"
)

var (
	zone  = time.FixedZone("+07", 7*60*60)
	begun = time.Date(2021, 1, 25, 8, 0, 0, 0, zone)
)

// row is an entry of a log that can be bent.
type row struct {
	revision, cause int64
	recorded        time.Time
	text            string
	hash            audit.Hash
}

func (r *row) digest(before audit.Hash) audit.Hash {
	return sha256.Sum256(fmt.Appendf(before[:], "%d %d %s %s", r.revision, r.cause, r.recorded.UTC(), r.text))
}

func written(texts ...string) []row {
	var rows []row
	var before audit.Hash
	for i, text := range texts {
		r := row{revision: int64(i + 1), cause: int64(i + 1), recorded: begun.Add(time.Duration(i) * 7 * time.Hour), text: text}
		r.hash = r.digest(before)
		before = r.hash
		rows = append(rows, r)
	}
	return rows
}

func headOf(rows []row) audit.Head {
	if len(rows) == 0 {
		return audit.Head{}
	}
	last := rows[len(rows)-1]
	return audit.Head{Revision: last.revision, Recorded: last.recorded, Hash: last.hash}
}

func follow(rows []row, head audit.Head, known ...audit.Known) *audit.Trail {
	trail := audit.NewTrail(zone, known...)
	for _, r := range rows {
		trail.Next(audit.Entry{
			Revision: r.revision, Cause: r.cause, Recorded: r.recorded, Hash: r.hash,
			Digest: func(before audit.Hash) (audit.Hash, error) { return r.digest(before), nil },
		})
	}
	trail.End(head)
	return trail
}

func TestALogAsItWasWrittenIsProved(t *testing.T) {
	t.Parallel()
	rows := written("mở", "báo cáo", "xác nhận", "trả lại", "báo cáo")
	trail := follow(rows, headOf(rows))
	require.Nil(t, trail.Finding())
	require.Equal(t, headOf(rows), trail.Head())
	days := trail.Days()
	require.Len(t, days, 2)
	require.Equal(t, civil.Must("2021-01-25"), days[0].Day)
	require.EqualValues(t, 3, days[0].Revision, "08:00, 15:00 and 22:00")
	require.Equal(t, civil.Must("2021-01-26"), days[1].Day)
	require.Nil(t, follow(nil, audit.Head{}).Finding(), "a log in which nothing stands yet")
}

func TestEachWayOfTamperingHasItsName(t *testing.T) {
	t.Parallel()
	texts := []string{"mở", "báo cáo", "xác nhận", "trả lại", "báo cáo"}
	for name, c := range map[string]struct {
		bend func([]row) []row
		want audit.Finding
	}{
		"a field changed":       {func(r []row) []row { r[2].text = "khác"; return r }, audit.Finding{Revision: 3, Flaw: audit.Bent}},
		"a hash changed":        {func(r []row) []row { r[1].hash[0]++; return r }, audit.Finding{Revision: 2, Flaw: audit.Bent}},
		"an entry taken out":    {func(r []row) []row { return slices.Delete(r, 2, 3) }, audit.Finding{Revision: 3, Flaw: audit.Missing}},
		"the first taken out":   {func(r []row) []row { return r[1:] }, audit.Finding{Revision: 1, Flaw: audit.Missing}},
		"the last taken out":    {func(r []row) []row { return r[:4] }, audit.Finding{Revision: 5, Flaw: audit.CutOff}},
		"all taken out":         {func([]row) []row { return nil }, audit.Finding{Revision: 1, Flaw: audit.CutOff}},
		"one added at the end":  {func(r []row) []row { return written(append(slices.Clone(texts), "thêm")...) }, audit.Finding{Revision: 6, Flaw: audit.Overlong}},
		"two exchanged":         {func(r []row) []row { r[1], r[2] = r[2], r[1]; return r }, audit.Finding{Revision: 2, Flaw: audit.Missing}},
		"a moment set back":     {func(r []row) []row { r[3].recorded = begun; return r }, audit.Finding{Revision: 4, Flaw: audit.Backwards}},
		"another cause":         {func(r []row) []row { r[1].cause = 4; return r }, audit.Finding{Revision: 2, Flaw: audit.Causeless}},
		"all written anew":      {func([]row) []row { return written("mở", "báo cáo", "khác", "trả lại", "báo cáo") }, audit.Finding{Revision: 5, Flaw: audit.HeadBent}},
		"the head set, as well": {nil, audit.Finding{Revision: 4, Flaw: audit.Rewritten}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows := written(texts...)
			head, printed := headOf(rows), audit.Known{Revision: 4, Hash: rows[3].hash[:8]}
			if c.bend == nil { // by somebody who can write everything: only paper tells
				rows = written("mở", "báo cáo", "khác", "trả lại", "báo cáo")
				require.Nil(t, follow(rows, headOf(rows)).Finding())
				require.Equal(t, &c.want, follow(rows, headOf(rows), printed).Finding())
				return
			}
			require.Equal(t, &c.want, follow(c.bend(rows), head).Finding())
		})
	}
}

func TestAHashThatWasPrintedForARevisionThatIsGoneTells(t *testing.T) {
	t.Parallel()
	rows := written("mở", "báo cáo", "xác nhận")
	printed := audit.Known{Revision: 3, Hash: rows[2].hash[:]}
	require.Equal(t, &audit.Finding{Revision: 3, Flaw: audit.Rewritten}, follow(rows[:2], headOf(rows[:2]), printed).Finding())
}

func TestTheFirstBentEntryIsNamedWhateverFollows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.String(), 1, 30).Draw(t, "texts")
		rows := written(texts...)
		head := headOf(rows)
		first := len(rows)
		for range rapid.IntRange(0, 3).Draw(t, "bent") {
			k := rapid.IntRange(0, len(rows)-1).Draw(t, "at")
			rows[k].text += "x"
			first = min(first, k)
		}
		finding := follow(rows, head).Finding()
		if first == len(rows) {
			require.Nil(t, finding)
			return
		}
		require.Equal(t, &audit.Finding{Revision: int64(first + 1), Flaw: audit.Bent}, finding)
	})
}

func TestWhatAReportPrintsIsRead(t *testing.T) {
	t.Parallel()
	k, err := audit.ParseKnown(" 1234:9f86d081884c7d65 ")
	require.NoError(t, err)
	require.Equal(t, audit.Known{Revision: 1234, Hash: []byte{0x9f, 0x86, 0xd0, 0x81, 0x88, 0x4c, 0x7d, 0x65}}, k)
	for _, s := range []string{"", "1234", "1234:", "1234:9f86d0", "x:9f86d081", "0:9f86d081", "1:zzzzzzzz", "1:9f86d0811"} {
		_, err := audit.ParseKnown(s)
		require.Error(t, err, s)
	}
}
