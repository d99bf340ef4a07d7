package tracker_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// titles are those of the own tasks, in their order.
func titles(t *testing.T, a *tracker.Act, at tracker.MilestoneID) (own []string) {
	t.Helper()
	r, err := a.Record(at)
	require.NoError(t, err)
	for _, x := range r.Tasks {
		if x.Own {
			own = append(own, x.Title.Vi)
		}
	}
	return own
}

func ownTasks(t *testing.T, a *tracker.Act, at tracker.MilestoneID, names ...string) (keys []tracker.TaskKey) {
	t.Helper()
	for _, title := range names {
		key, _, err := a.AddOwnTask(tracker.OwnTask{ID: at, Title: title})
		require.NoError(t, err)
		keys = append(keys, key)
	}
	return keys
}

func remove(a *tracker.Act, c tracker.TaskRemoval) error {
	_, err := a.RemoveTask(c)
	return err
}

// revision is the task's own; what an act has not had stored yet has none.
func revision(t *testing.T, a *tracker.Act, at tracker.MilestoneID, key tracker.TaskKey) tracker.Revision {
	t.Helper()
	r, err := a.Record(at)
	require.NoError(t, err)
	task, err := r.Task(key)
	require.NoError(t, err)
	return task.Revision
}

func TestOwnTasksAreAddedRenamedMovedAndRemoved(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	a, at := begin(o, l), id("058", "consult1_pc_district")
	keys := ownTasks(t, a, at, "Mời đại biểu", "In tài liệu", "Đặt hội trường")
	require.Equal(t, []tracker.TaskKey{"moi_dai_bieu", "in_tai_lieu", "dat_hoi_truong"}, keys)
	change := func(key tracker.TaskKey, set func(*tracker.TaskCommand)) {
		c := tracker.TaskCommand{ID: at, Task: key, If: revision(t, a, at, key)}
		set(&c)
		_, err := a.UpdateTask(c)
		require.NoError(t, err)
	}
	change(keys[2], func(c *tracker.TaskCommand) { c.Place = tracker.To(1) })
	require.Equal(t, []string{"Đặt hội trường", "Mời đại biểu", "In tài liệu"}, titles(t, a, at))
	change(keys[2], func(c *tracker.TaskCommand) { c.Place = tracker.To(2) })
	change(keys[0], func(c *tracker.TaskCommand) {
		c.Title, c.Status = tracker.To("  Mời đại biểu và báo chí "), tracker.To(tracker.InProgress)
	})
	require.Equal(t, []string{"Mời đại biểu và báo chí", "Đặt hội trường", "In tài liệu"}, titles(t, a, at))
	r, err := a.Record(at)
	require.NoError(t, err)
	require.Equal(t, tracker.TaskKey("duty"), r.Tasks[0].Key, "the law's step stays the first")
	require.Equal(t, tracker.InProgress, r.Milestone.Work)

	require.NoError(t, remove(a, tracker.TaskRemoval{ID: at, Task: keys[2], If: revision(t, a, at, keys[2])}))
	require.Equal(t, []string{"Mời đại biểu và báo chí", "In tài liệu"}, titles(t, a, at))
	again := ownTasks(t, a, at, "In tài liệu")
	require.Equal(t, tracker.TaskKey("in_tai_lieu_2"), again[0], "a key is never that of another task")
	require.Equal(t, []string{"Mời đại biểu và báo chí", "In tài liệu", "In tài liệu"}, titles(t, a, at))

	var kinds []tracker.Kind
	for _, c := range a.Changes() {
		kinds = append(kinds, c.Kind)
	}
	require.Equal(t, []tracker.Kind{
		tracker.TaskAdded, tracker.TaskAdded, tracker.TaskAdded, tracker.TaskMoved, tracker.TaskMoved,
		tracker.TaskRenamed, tracker.TaskUpdated, tracker.TaskRemoved, tracker.TaskAdded,
	}, kinds)
}

func TestWithoutItsLastOpenTaskAMilestoneIsDoneAndReported(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	a, at := begin(o, l), id("058", "consult1_pc_district")
	_, err := a.UpdateTask(done("058", "consult1_pc_district", "2021-02-16"))
	require.NoError(t, err)
	key := ownTasks(t, a, at, "Lưu hồ sơ")[0]
	r, err := a.Record(at)
	require.NoError(t, err)
	require.Equal(t, tracker.InProgress, r.Milestone.Work, "there is more to do again")
	require.Equal(t, tracker.Unreported, r.Milestone.Standing)
	require.NoError(t, remove(a, tracker.TaskRemoval{ID: at, Task: key}))
	r, err = a.Record(at)
	require.NoError(t, err)
	require.Equal(t, tracker.Progress{Work: tracker.Done, DoneOn: civil.Must("2021-02-16")}, r.Milestone.Progress)
	require.Equal(t, tracker.Reported, r.Milestone.Standing)
}

func TestWhatTheLawOrAPlanAsksForIsNeitherRenamedNorMovedNorRemoved(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	a := begin(o, l)
	require.NoError(t, a.AddPlan(tracker.Plan{Key: "p", Area: "058", Lines: []tracker.PlanLine{{
		Key: "bk_check", Nature: "duty", Phase: "direction", Areas: []area.Code{"058"},
		Steps: []tracker.PlanStep{{Key: "one", Title: fault.Text{Vi: "Một", En: "One"}}},
	}}}, today))
	for _, x := range []struct {
		at   tracker.MilestoneID
		task tracker.TaskKey
		code string
	}{{id("058", "consult1_pc_district"), "duty", "task-of-the-law"}, {id("058", "bk_check"), "one", "task-of-the-plan"}} {
		known := revision(t, a, x.at, x.task)
		require.True(t, fault.Is(remove(a, tracker.TaskRemoval{ID: x.at, Task: x.task, If: known}), x.code))
		_, err := a.UpdateTask(tracker.TaskCommand{ID: x.at, Task: x.task, If: known, Title: tracker.To("Khác")})
		require.True(t, fault.Is(err, x.code), "%v", err)
		_, err = a.UpdateTask(tracker.TaskCommand{ID: x.at, Task: x.task, If: known, Place: tracker.To(1)})
		require.True(t, fault.Is(err, x.code), "%v", err)
	}
	err := remove(a, tracker.TaskRemoval{ID: id("058", "consult1_pc_district"), Task: "duty", If: 1})
	f, _ := fault.As(err)
	require.Contains(t, f.Text.Vi, "khoản 1 Điều 50 Luật 85/2015/QH13")
}

func TestAnOwnTaskThatCannotBeIsRefused(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	at := id("058", "consult1_pc_district")
	add := func(title string, at tracker.MilestoneID) error {
		_, _, err := begin(o, l).AddOwnTask(tracker.OwnTask{ID: at, Title: title})
		return err
	}
	require.True(t, fault.Is(add(" \n", at), "title-missing"))
	require.True(t, fault.Is(add(strings.Repeat("ă", 501), at), "text-too-long"))
	require.True(t, fault.Is(add("a\x00", at), "text-not-plain"))
	require.True(t, fault.Is(add("Việc", id("31", "campaign_pc")), "task-without-work"))
	a := begin(o, l)
	for range 50 {
		ownTasks(t, a, at, "Việc")
	}
	_, _, err := a.AddOwnTask(tracker.OwnTask{ID: at, Title: "Việc"})
	require.True(t, fault.Is(err, "too-many-tasks"))
	for _, place := range []int{0, 51} {
		_, err = a.UpdateTask(tracker.TaskCommand{ID: at, Task: "viec", Place: tracker.To(place)})
		require.True(t, fault.Is(err, "place-out-of-range"))
	}
	require.True(t, fault.Is(remove(a, tracker.TaskRemoval{ID: at, Task: "viec", If: 3}), "stale-revision"))
	require.True(t, fault.Is(remove(a, tracker.TaskRemoval{ID: at, Task: "tea"}), "task-not-found"))
}

func TestARemovedTaskIsThereOnTheDaysBeforeItWasRemoved(t *testing.T) {
	t.Parallel()
	o, l := opened(t)
	at := id("058", "consult1_pc_district")
	added := begin(o, l)
	key := ownTasks(t, added, at, "Lưu hồ sơ")[0]
	history := added.Changes()
	history[0].Revision, history[0].Happened = 2, civil.Must("2021-02-01")
	for i := range history {
		l.Apply(&history[i])
	}
	removed := begin(o, l)
	require.NoError(t, remove(removed, tracker.TaskRemoval{ID: at, Task: key, If: 2}))
	last := removed.Changes()[0]
	last.Revision = 3
	history = append(history, last)
	r, err := removed.Record(at)
	require.NoError(t, err)
	require.Len(t, r.Tasks, 1)
	for day, n := range map[string]int{"2021-01-31": 1, "2021-02-01": 2, "2021-02-28": 2, "2021-03-01": 1} {
		require.Len(t, r.TasksAsOf(1, history, civil.Must(day), noon), n, day)
	}
}
