package tracker

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// texts are what people and programs write, whatever of it has to be escaped.
func texts() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom([]string{"", "duty", "Trần Thị Bưởi", `"<a&b>"`, "a\\b", "\u2028\u2029–", "\x00\x1f\x7f\n\t", "\xff\xe2\x80", "😀", "\u00e2"}),
		rapid.String(),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 12), func(b []byte) string { return string(b) }),
	)
}

func days() *rapid.Generator[civil.Date] {
	return rapid.OneOf(
		rapid.Just(civil.Date{}),
		rapid.Map(rapid.IntRange(0, 3_000_000), func(n int) civil.Date { return civil.New(2021, 1, 1).Add(n) }),
		rapid.Map(rapid.IntRange(0, 700_000), func(n int) civil.Date { return civil.New(1, 1, 1).Add(n) }),
	)
}

func cutoffs() *rapid.Generator[civil.Cutoff] {
	return rapid.Custom(func(t *rapid.T) civil.Cutoff {
		c := civil.Cutoff{Day: days().Draw(t, "day")}
		if rapid.Bool().Draw(t, "timed") {
			c.Clock = civil.NewClock(rapid.IntRange(0, 23).Draw(t, "hour"), rapid.IntRange(0, 59).Draw(t, "minute"))
		}
		return c
	})
}

func reports() *rapid.Generator[State] {
	return rapid.Custom(func(t *rapid.T) State {
		var s State
		if rapid.Bool().Draw(t, "milestone") {
			s.Milestone = &MilestoneState{
				NotBefore: cutoffs().Draw(t, "not before"), Latest: cutoffs().Draw(t, "latest"),
				NotBeforeFrom: days().Draw(t, "from"), LatestFrom: days().Draw(t, "latest from"), Planned: days().Draw(t, "planned"),
				Work: Work(rapid.IntRange(0, len(workNames)-1).Draw(t, "work")), Standing: Standing(rapid.IntRange(0, len(standingNames)-1).Draw(t, "standing")),
				DoneOn: days().Draw(t, "done on"), DoneBy: days().Draw(t, "done by"),
				Scope: texts().Draw(t, "scope"), Silent: rapid.Bool().Draw(t, "silent"), Version: texts().Draw(t, "version"),
			}
		}
		if rapid.Bool().Draw(t, "task") {
			s.Task = &TaskState{
				Key: TaskKey(texts().Draw(t, "key")), Position: rapid.IntRange(-1, 40_000).Draw(t, "position"),
				Title:  fault.Text{Vi: texts().Draw(t, "vi"), En: texts().Draw(t, "en")},
				Status: Work(rapid.IntRange(0, len(workNames)-1).Draw(t, "status")), Reason: texts().Draw(t, "reason"),
				DoneOn: days().Draw(t, "task done on"), DoneBy: days().Draw(t, "task done by"),
				Number: texts().Draw(t, "number"), On: days().Draw(t, "on"), Link: texts().Draw(t, "link"), Document: texts().Draw(t, "document"),
				Bodies: rapid.SliceOfN(texts(), 0, 3).Draw(t, "bodies"), Source: texts().Draw(t, "source"), Note: texts().Draw(t, "note"),
			}
		}
		return s
	})
}

func TestReportsAreWrittenAsTheLogHasAlwaysHadThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := reports().Draw(t, "state")
		got, err := s.JSON()
		require.NoError(t, err)
		if s.IsZero() {
			require.Nil(t, got)
			return
		}
		want, err := json.Marshal(s)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	})
}

func TestDigestIsOfTheFieldsAsOneArray(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := Change{
			Election: ElectionID(texts().Draw(t, "election")), Revision: Revision(rapid.Int64().Draw(t, "revision")), Cause: Revision(rapid.Int64().Draw(t, "cause")),
			Kind:      Kind(texts().Draw(t, "kind")),
			Milestone: MilestoneID{Area: area.Code(texts().Draw(t, "area")), Key: MilestoneKey(texts().Draw(t, "key")), Occurrence: rapid.Int().Draw(t, "occurrence")},
			Task:      TaskKey(texts().Draw(t, "task")), Subject: texts().Draw(t, "subject"),
			Actor:    Actor{ID: texts().Draw(t, "id"), Name: texts().Draw(t, "name"), Tag: texts().Draw(t, "tag")},
			Recorded: time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "recorded")), Happened: days().Draw(t, "happened"), Reason: texts().Draw(t, "reason"),
		}
		states := rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 40), 0, 2).Draw(t, "stored")
		copy(c.stored[:], states)
		before := sha256.Sum256([]byte(texts().Draw(t, "before")))
		require.Equal(t, digestOf(t, &c, before), c.Digest(before))
	})
}

// digestOf is the digest as package encoding/json and many writes make it.
func digestOf(t require.TestingT, c *Change, before [sha256.Size]byte) [sha256.Size]byte {
	fields, err := json.Marshal([]any{
		c.Election, c.Revision, c.Cause, c.Kind, c.Milestone.Area, c.Milestone.Key, c.Milestone.Occurrence, c.Task,
		c.Subject, c.Actor.ID, c.Actor.Name, c.Recorded.UTC().Format(time.RFC3339Nano), c.Happened, c.Reason,
	})
	require.NoError(t, err)
	h := sha256.New()
	h.Write(before[:])
	h.Write(bytes.TrimSuffix(fields, []byte("]")))
	for _, state := range c.stored {
		h.Write([]byte(","))
		h.Write(orNull(state))
	}
	if c.Actor.Tag != "" {
		tag, err := json.Marshal(c.Actor.Tag)
		require.NoError(t, err)
		h.Write([]byte(","))
		h.Write(tag)
	}
	h.Write([]byte("]"))
	return [sha256.Size]byte(h.Sum(nil))
}

// A field that is added to the log's format later is not forgotten where it is
// written by hand: each one by itself, set to something.
func TestEveryFieldOfAReportIsWritten(t *testing.T) {
	t.Parallel()
	some := map[reflect.Type]any{
		reflect.TypeFor[civil.Date]():   civil.New(2021, 5, 23),
		reflect.TypeFor[civil.Cutoff](): civil.Cutoff{Day: civil.New(2021, 5, 23), Clock: civil.NewClock(7, 0)},
		reflect.TypeFor[fault.Text]():   fault.Text{Vi: "Việc", En: "Work"},
	}
	fill := func(v reflect.Value) {
		switch known, ok := some[v.Type()]; {
		case ok:
			v.Set(reflect.ValueOf(known))
		case v.Kind() == reflect.String:
			v.SetString("x")
		case v.Kind() == reflect.Bool:
			v.SetBool(true)
		case v.CanInt():
			v.SetInt(1)
		case v.CanUint():
			v.SetUint(1)
		case v.Kind() == reflect.Slice:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		case v.Kind() == reflect.Pointer:
			v.Set(reflect.New(v.Type().Elem()))
		default:
			require.Fail(t, "no value", v.Type().String())
		}
	}
	same := func(s State, name string) {
		want, err := json.Marshal(s)
		require.NoError(t, err)
		got, err := s.JSON()
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), name)
	}
	fields := func(of reflect.Type, set func(i int) (State, reflect.Value)) {
		for i := range of.NumField() {
			s, v := set(i)
			fill(v)
			same(s, of.Field(i).Name)
		}
	}
	fields(reflect.TypeFor[MilestoneState](), func(i int) (State, reflect.Value) {
		m := &MilestoneState{}
		return State{Milestone: m}, reflect.ValueOf(m).Elem().Field(i)
	})
	fields(reflect.TypeFor[TaskState](), func(i int) (State, reflect.Value) {
		task := &TaskState{}
		return State{Task: task}, reflect.ValueOf(task).Elem().Field(i)
	})
	for i := range reflect.TypeFor[State]().NumField() {
		s := State{Milestone: &MilestoneState{}}
		fill(reflect.ValueOf(&s).Elem().Field(i))
		same(s, reflect.TypeFor[State]().Field(i).Name)
	}
}
