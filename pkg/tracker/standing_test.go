package tracker_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// handedIn is an act in which a milestone with several steps has been reported
// as done, with its evidence.
func handedIn(t *testing.T) (*tracker.Act, tracker.MilestoneID) {
	t.Helper()
	o, l := opened(t)
	at := id("01840", "voter_list_posted")
	act := begin(o, l)
	r, err := act.Record(at)
	require.NoError(t, err)
	for _, task := range r.Tasks {
		_, err := act.UpdateTask(tracker.TaskCommand{
			ID: at, Task: task.Key, If: task.Revision, Status: tracker.To(tracker.Done),
			DoneOn: tracker.To(civil.Must("2021-02-25")), Number: tracker.To("12/QĐ-UBND"), On: tracker.To(civil.Must("2021-02-24")),
		})
		require.NoError(t, err)
	}
	return act, at
}

func recordOf(t *testing.T, a *tracker.Act, at tracker.MilestoneID) tracker.Record {
	t.Helper()
	r, err := a.Record(at)
	require.NoError(t, err)
	return r
}

func TestWhatIsReportedIsConfirmedAndThenStaysSo(t *testing.T) {
	t.Parallel()
	act, at := handedIn(t)
	require.Equal(t, tracker.Reported, recordOf(t, act, at).Milestone.Standing)
	n := len(act.Changes())
	require.NoError(t, act.Confirm(tracker.Confirmation{ID: at}))
	r := recordOf(t, act, at)
	require.Equal(t, tracker.Confirmed, r.Milestone.Standing)
	require.Equal(t, tracker.Done, r.Milestone.Work)
	require.Len(t, act.Changes(), n+1)
	last := act.Changes()[n]
	require.Equal(t, tracker.MilestoneConfirmed, last.Kind)
	require.Equal(t, tracker.Reported, last.Before.Milestone.Standing)
	require.NoError(t, act.Confirm(tracker.Confirmation{ID: at}))
	require.Len(t, act.Changes(), n+1, "twice is once")
}

func TestOnlyWhatIsReportedCanBeConfirmedOrReturned(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	at := id("058", "consult1_pc_district")
	returned, again := handedIn(t)
	require.NoError(t, returned.Return(tracker.Return{ID: again, Reason: "thiếu"}))
	for name, c := range map[string]struct {
		act        *tracker.Act
		at         tracker.MilestoneID
		known      tracker.Revision
		code, says string
	}{
		"not begun":      {begin(o, l), at, 1, "milestone-not-reported", "chưa làm"},
		"returned":       {returned, again, 0, "milestone-not-reported", "đã trả lại"},
		"another's edit": {begin(o, l), at, 7, "stale-revision", "bản 1"},
		"no such":        {begin(o, l), id("058", "nothing"), 1, "milestone-not-found", "nothing"},
	} {
		n := len(c.act.Changes())
		for verb, err := range map[string]error{
			"confirm": c.act.Confirm(tracker.Confirmation{ID: c.at, If: c.known}),
			"return":  c.act.Return(tracker.Return{ID: c.at, If: c.known, Reason: "thiếu"}),
		} {
			require.True(t, fault.Is(err, c.code), "%s, %s: %v", verb, name, err)
			f, _ := fault.As(err)
			require.Contains(t, f.Text.Vi, c.says, "%s, %s", verb, name)
		}
		require.Len(t, c.act.Changes(), n)
	}
}

func TestAReturnNeedsAReason(t *testing.T) {
	t.Parallel()
	act, at := handedIn(t)
	n := len(act.Changes())
	for reason, code := range map[string]string{
		"\u00a0": "reason-missing", strings.Repeat("ễ", 1001): "text-too-long", "a\x00": "text-not-plain",
	} {
		err := act.Return(tracker.Return{ID: at, Reason: reason})
		require.True(t, fault.Is(err, code), "%v", err)
	}
	require.Len(t, act.Changes(), n)
}

func TestAReturnOpensTheWorkAgainAndKeepsItsEvidence(t *testing.T) {
	t.Parallel()
	for name, confirmed := range map[string]bool{"reported": false, "confirmed already": true} {
		act, at := handedIn(t)
		if confirmed {
			require.NoError(t, act.Confirm(tracker.Confirmation{ID: at}))
		}
		complaint := id(at.Area, "voter_list_complaint")
		counted := recordOf(t, act, complaint).Milestone.NotBefore
		n := len(act.Changes())
		require.NoError(t, act.Return(tracker.Return{ID: at, Reason: "sai số văn bản"}), name)

		r := recordOf(t, act, at)
		require.Equal(t, tracker.Returned, r.Milestone.Standing, name)
		require.Equal(t, tracker.Progress{Work: tracker.InProgress}, r.Milestone.Progress)
		for _, task := range r.Tasks {
			require.Equal(t, tracker.InProgress, task.Status)
			require.True(t, task.DoneOn.IsZero())
			require.Equal(t, tracker.Evidence{Number: "12/QĐ-UBND", On: civil.Must("2021-02-24")}, task.Evidence)
		}
		require.NotEqual(t, counted, recordOf(t, act, complaint).Milestone.NotBefore, "what hung on the day done is open again too")

		changes := act.Changes()[n:]
		require.Equal(t, tracker.MilestoneReturned, changes[0].Kind)
		require.Equal(t, "sai số văn bản", changes[0].Reason)
		require.False(t, changes[0].Follows())
		for i := range changes[1:] {
			c := &changes[1+i]
			require.True(t, c.Follows(), "%s comes of the return", c.Kind)
			require.Equal(t, today, c.Happened)
		}
	}
}

func TestWhatWasReturnedStaysSoUntilItIsReportedAgain(t *testing.T) {
	t.Parallel()
	act, at := handedIn(t)
	require.NoError(t, act.Return(tracker.Return{ID: at, Reason: "sai ngày"}))
	tasks := recordOf(t, act, at).Tasks
	_, err := act.UpdateTask(tracker.TaskCommand{ID: at, Task: tasks[0].Key, Note: tracker.To("đang sửa")})
	require.NoError(t, err, "it may be worked on with the evidence it has")
	require.Equal(t, tracker.Returned, recordOf(t, act, at).Milestone.Standing)
	for i, task := range tasks {
		_, err := act.UpdateTask(tracker.TaskCommand{
			ID: at, Task: task.Key, Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must("2021-02-26")),
		})
		require.NoError(t, err)
		want := tracker.Returned
		if i == len(tasks)-1 {
			want = tracker.Reported
		}
		require.Equal(t, want, recordOf(t, act, at).Milestone.Standing)
	}
	require.Equal(t, "12/QĐ-UBND", recordOf(t, act, at).Tasks[0].Evidence.Number, "nobody had to type it again")
	require.NoError(t, act.Confirm(tracker.Confirmation{ID: at}))
	_, err = act.UpdateTask(tracker.TaskCommand{ID: at, Task: tasks[0].Key, Status: tracker.To(tracker.NotStarted)})
	require.NoError(t, err)
	require.Equal(t, tracker.Unreported, recordOf(t, act, at).Milestone.Standing, "that one was not returned")
}

func TestEvidenceOfAReturnedReportStaysWhileItIsWorkedOnAndGoesWithTheWork(t *testing.T) {
	t.Parallel()
	for status, stays := range map[tracker.Work]bool{tracker.Blocked: true, tracker.NotStarted: false, tracker.NotApplicable: false} {
		act, at := handedIn(t)
		require.NoError(t, act.Return(tracker.Return{ID: at, Reason: "sai"}))
		task := recordOf(t, act, at).Tasks[0].Key
		c := tracker.TaskCommand{ID: at, Task: task, Status: tracker.To(status)}
		if status != tracker.NotStarted {
			c.Reason = tracker.To("vì một lý do")
		}
		_, err := act.UpdateTask(c)
		require.NoError(t, err, status)
		require.Equal(t, stays, recordOf(t, act, at).Tasks[0].Evidence.Number != "", status)
		_, err = act.UpdateTask(tracker.TaskCommand{ID: at, Task: task, Number: tracker.To("13/QĐ-UBND")})
		require.True(t, fault.Is(err, "evidence-without-done"), "%s: another number comes with the new report: %v", status, err)
	}
}

func TestAReportOnWhatWasConfirmedTakesTheConfirmationAwayAndSaysSo(t *testing.T) {
	t.Parallel()
	act, at := handedIn(t)
	require.NoError(t, act.Confirm(tracker.Confirmation{ID: at}))
	task := recordOf(t, act, at).Tasks[0].Key
	warnings, err := act.UpdateTask(tracker.TaskCommand{ID: at, Task: task, Number: tracker.To("13/QĐ-UBND")})
	require.NoError(t, err)
	require.Equal(t, "confirmation-gone", warnings[0].Code)
	require.Equal(t, tracker.Reported, recordOf(t, act, at).Milestone.Standing)
	require.Equal(t, tracker.Done, recordOf(t, act, at).Milestone.Work)
}

func TestWhatDoesNotApplyIsConfirmedAndReturnedLikeWhatIsDone(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	at := id("058", "consult1_pc_district")
	act := begin(o, l)
	key := recordOf(t, act, at).Tasks[0].Key
	_, err := act.UpdateTask(tracker.TaskCommand{ID: at, Task: key, If: 1, Status: tracker.To(tracker.NotApplicable), Reason: tracker.To("không có")})
	require.NoError(t, err)
	known := recordOf(t, act, at).Milestone.Revision
	require.NoError(t, act.Confirm(tracker.Confirmation{ID: at, If: known}))
	require.NoError(t, act.Return(tracker.Return{ID: at, If: known, Reason: "có"}))
	r := recordOf(t, act, at)
	require.Equal(t, tracker.InProgress, r.Milestone.Work)
	require.Empty(t, r.Tasks[0].Reason)
}
