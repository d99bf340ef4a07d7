package sheet

import (
	"slices"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/find"
	"tiendo/pkg/tracker"
)

// Keys of the columns of a table of statuses.
const (
	ColArea           = "area"
	ColAreaName       = "area_name"
	ColWithin         = "within"
	ColMilestone      = "milestone"
	ColTitle          = "title"
	ColStatus         = "status"
	ColDoneOn         = "done_on"
	ColDoneBy         = "done_by"
	ColPlannedOn      = "planned_on"
	ColDocumentNumber = "document_number"
	ColDocumentDate   = "document_date"
	ColLink           = "link"
	ColReason         = "reason"
	ColNote           = "note"
	ColLatestOn       = "latest_on"
	ColTiming         = "timing"
	ColDaysLeft       = "days_left"
	ColStanding       = "standing"
)

// StatusColumns are those of a table of statuses: one row is one milestone. The
// milestone is named as in addresses, its key or "key.1" for an occurrence. An
// empty cell says nothing: it never takes away what is there.
var StatusColumns = Columns{
	{Key: ColArea, Title: fault.Text{Vi: "Mã đơn vị", En: "Area code"}, Kind: Code, Use: Names, Width: 11},
	{Key: ColAreaName, Title: fault.Text{Vi: "Đơn vị", En: "Area name"}, Use: Names, Width: 28},
	{Key: ColWithin, Title: fault.Text{Vi: "Thuộc", En: "Within"}, Use: Shows, Width: 28},
	{Key: ColMilestone, Title: fault.Text{Vi: "Mã mốc", En: "Milestone"}, Kind: Code, Use: Names, Width: 26},
	{Key: ColTitle, Title: fault.Text{Vi: "Việc", En: "What"}, Use: Names, Width: 58},
	{Key: ColStatus, Title: fault.Text{Vi: "Trạng thái", En: "Status"}, Use: Says, Width: 14},
	{Key: ColDoneOn, Title: fault.Text{Vi: "Ngày xong", En: "Done on"}, Kind: Day, Use: Says, Width: 12},
	{Key: ColDoneBy, Title: fault.Text{Vi: "Xong chậm nhất", En: "Done by"}, Kind: Day, Use: Says, Width: 15},
	{Key: ColPlannedOn, Title: fault.Text{Vi: "Ngày kế hoạch", En: "Planned on"}, Kind: Day, Use: Says, Width: 14},
	{Key: ColDocumentNumber, Title: fault.Text{Vi: "Số văn bản", En: "Document number"}, Kind: Code, Use: Says, Width: 20},
	{Key: ColDocumentDate, Title: fault.Text{Vi: "Ngày văn bản", En: "Document date"}, Kind: Day, Use: Says, Width: 13},
	{Key: ColLink, Title: fault.Text{Vi: "Liên kết", En: "Link"}, Use: Says, Width: 24},
	{Key: ColReason, Title: fault.Text{Vi: "Lý do", En: "Reason"}, Use: Says, Width: 30, Internal: true},
	{Key: ColNote, Title: fault.Text{Vi: "Ghi chú", En: "Note"}, Use: Says, Width: 30, Internal: true},
	{Key: ColLatestOn, Title: fault.Text{Vi: "Hạn theo luật hoặc kế hoạch", En: "Latest"}, Kind: Day, Use: Shows, Width: 14},
	{Key: ColTiming, Title: fault.Text{Vi: "Tình trạng", En: "State"}, Use: Shows, Width: 18},
	{Key: ColDaysLeft, Title: fault.Text{Vi: "Còn lại (ngày)", En: "Days left"}, Kind: Number, Use: Shows, Width: 13},
	{Key: ColStanding, Title: fault.Text{Vi: "Xác nhận", En: "Standing"}, Use: Shows, Width: 14},
}

// Status is what one row of a table of statuses says.
type Status struct {
	Milestone tracker.MilestoneID
	// Told: the row says how far the work is. A period, a right or a prohibition
	// has no work, and of what no record tells of nothing is claimed.
	Told bool
	tracker.Progress
	Planned civil.Date
	Texts
}

// Texts are what is written of the work of a milestone beside its state.
type Texts struct {
	// Number, On and Link are those of the document that shows that it is done.
	Number string
	On     civil.Date
	Link   string
	// Reason why it is blocked or not applicable, and Note, are internal.
	Reason, Note string
}

// TextsOf is what the tasks of a milestone tell together, in the order of their
// positions: of each thing what the last of them says that says anything; the
// document of a task stands for evidence that was not written out. documents
// finds one by its key, or says that it is not for the reader.
func TextsOf(tasks []tracker.Task, documents func(key string) (tracker.Document, bool)) Texts {
	var all Texts
	for i := range tasks {
		t := &tasks[i]
		e := t.Evidence
		if e == (tracker.Evidence{}) && t.Document != "" && documents != nil {
			if d, found := documents(t.Document); found {
				e.Number, e.On = d.Number, d.IssuedOn
			}
		}
		if e != (tracker.Evidence{}) {
			all.Number, all.On, all.Link = e.Number, e.On, e.Link
		}
		if t.Reason != "" {
			all.Reason = t.Reason
		}
		if t.Note != "" {
			all.Note = t.Note
		}
	}
	return all
}

// Works are the words for how far work is, by [tracker.Work].
var Works = [...]fault.Text{
	tracker.NotStarted:    {Vi: "Chưa làm", En: "Not started"},
	tracker.InProgress:    {Vi: "Đang làm", En: "In progress"},
	tracker.Blocked:       {Vi: "Vướng mắc", En: "Blocked"},
	tracker.Done:          {Vi: "Xong", En: "Done"},
	tracker.NotApplicable: {Vi: "Không áp dụng", En: "Not applicable"},
	tracker.Cancelled:     {Vi: "Đã hủy", En: "Cancelled"},
}

// otherWorks are words that people type instead.
var otherWorks = map[string]tracker.Work{
	"đã xong": tracker.Done, "hoàn thành": tracker.Done, "đã hoàn thành": tracker.Done,
	"đang thực hiện": tracker.InProgress, "chưa thực hiện": tracker.NotStarted, "đang vướng": tracker.Blocked,
}

// ParseWork reads how far work is: the name that the API has for it, or a word
// of either language however it is spelt. Anything else is fault.Invalid
// "status-word-unknown".
func ParseWork(cell string) (tracker.Work, error) {
	folded := find.Fold(cell)
	same := func(word string) bool { return folded == find.Fold(word) }
	if k := slices.IndexFunc(Works[:], func(t fault.Text) bool { return same(t.Vi) || same(t.En) }); k >= 0 {
		return tracker.Work(k), nil
	}
	for word, w := range otherWorks {
		if same(word) {
			return w, nil
		}
	}
	for w := range Works {
		if same(tracker.Work(w).String()) {
			return tracker.Work(w), nil
		}
	}
	return 0, fault.New(fault.Invalid, "status-word-unknown",
		"Không có trạng thái %q; dùng một trong: Chưa làm, Đang làm, Vướng mắc, Xong, Không áp dụng",
		"There is no status %q; use one of: Not started, In progress, Blocked, Done, Not applicable", first(cell, 40))
}

// first keeps what was typed from flooding an error message.
func first(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
