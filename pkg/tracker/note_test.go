package tracker_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

func TestANoteChangesNothingOfItsMilestone(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	at := id("058", "consult1_pc_district")
	a := begin(o, l)
	before, err := a.Record(at)
	require.NoError(t, err)
	require.NoError(t, a.AddNote(tracker.NoteEntry{ID: at, Text: " Chờ công văn\r\ncủa tỉnh\n"}))
	after, err := a.Record(at)
	require.NoError(t, err)
	require.Equal(t, before, after)
	require.Equal(t, "Chờ công văn\ncủa tỉnh", a.Changes()[0].After.Note.Text)
}

func TestANoteThatSaysNothingOrTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	at := id("058", "consult1_pc_district")
	for text, code := range map[string]string{
		"": "note-empty", strings.Repeat("ă", 2001): "text-too-long", "a\x00": "text-not-plain",
	} {
		require.True(t, fault.Is(begin(o, l).AddNote(tracker.NoteEntry{ID: at, Text: text}), code), code)
	}
	require.NoError(t, begin(o, l).AddNote(tracker.NoteEntry{ID: at, Text: strings.Repeat("ă", 2000)}))
	require.True(t, fault.Is(begin(o, l).AddNote(tracker.NoteEntry{ID: id("058", "nothing"), Text: "a"}), "milestone-not-found"))
}

// withNotes is an act that sees notes beside everything else.
func withNotes(o *tracker.Opening, l tracker.Ledger, who tracker.Actor, notes tracker.Notes) *tracker.Act {
	found := tracker.Found{Notes: notes}
	for _, r := range l {
		found.Records = append(found.Records, *r)
	}
	return tracker.Begin(o.Frame, who, noon, zone, found)
}

func TestANoteIsChangedByItsAuthorAndRemovedByHimOrALead(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	at := id("058", "consult1_pc_district")
	notes := tracker.Notes{}
	first := begin(o, l)
	require.NoError(t, first.AddNote(tracker.NoteEntry{ID: at, Text: "một"}))
	c := first.Changes()[0]
	c.Revision = 7
	notes.Apply(&c)
	require.Equal(t, tracker.Revision(7), notes[at][0].Number)

	other := withNotes(o, l, tracker.Actor{ID: "other"}, notes)
	require.True(t, fault.Is(other.ChangeNote(tracker.NoteChange{ID: at, Number: 7, If: 7, Text: "hai"}), "note-of-another"))
	err := other.RemoveNote(tracker.NoteRemoval{ID: at, Number: 7, If: 7})
	require.True(t, fault.Is(err, "note-of-another"))
	f, _ := fault.As(err)
	require.Contains(t, f.Text.Vi, "xóa")
	require.Contains(t, f.Text.En, "remove")
	require.NoError(t, other.RemoveNote(tracker.NoteRemoval{ID: at, Number: 7, If: 7, Others: true}), "a lead may")

	mine := withNotes(o, l, local, notes)
	require.NoError(t, mine.ChangeNote(tracker.NoteChange{ID: at, Number: 7, If: 7, Text: " một "}))
	require.Empty(t, mine.Changes(), "it says that already")
	require.NoError(t, mine.ChangeNote(tracker.NoteChange{ID: at, Number: 7, If: 7, Text: "hai"}))
	c = mine.Changes()[0]
	c.Revision = 8
	notes.Apply(&c)
	require.Equal(t, "hai", notes[at][0].Text)
	require.Equal(t, "một", c.Before.Note.Text, "the log keeps what it said")

	err = withNotes(o, l, local, notes).RemoveNote(tracker.NoteRemoval{ID: at, Number: 7, If: 7})
	require.True(t, fault.Is(err, "stale-revision"))
	f, _ = fault.As(err)
	require.Equal(t, notes[at][0], f.Current, "who is too late sees what is there now")
	gone := withNotes(o, l, local, notes)
	require.NoError(t, gone.RemoveNote(tracker.NoteRemoval{ID: at, Number: 7, If: 8}))
	c = gone.Changes()[0]
	require.Equal(t, "hai", c.Before.Note.Text)
	c.Revision = 9
	notes.Apply(&c)
	require.Empty(t, notes[at])
	require.True(t, fault.Is(withNotes(o, l, local, notes).RemoveNote(tracker.NoteRemoval{ID: at, Number: 7, If: 8}), "note-not-found"))
}
