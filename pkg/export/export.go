// Package export writes what an election has to keep to, and how far it is, as
// files that people work with outside: tables in .xlsx and .csv, a report in
// .pdf. It is a function of a view of the mirror, a moment and what is handed
// in; the same arguments give the same words. It has no clock and no store.
package export

import (
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// Language is what headers and words are in.
type Language string

// The languages.
const (
	Vietnamese Language = "vi"
	English    Language = "en"
)

// ParseLanguage reads "vi" or "en"; anything else is fault.Invalid
// "language-unknown".
func ParseLanguage(s string) (Language, error) {
	if l := Language(s); l == Vietnamese || l == English {
		return l, nil
	}
	return "", fault.New(fault.Invalid, "language-unknown",
		"Không có ngôn ngữ %q; dùng vi hoặc en", "There is no language %q; use vi or en", first(s, 20))
}

// of is a text in the language; what is written in Vietnamese only stays so.
func (l Language) of(t fault.Text) string {
	if l == English && t.En != "" {
		return t.En
	}
	return t.Vi
}

func (l Language) name(a area.Area) string { return l.of(fault.Text{Vi: a.Name, En: a.NameEn}) }

// Branch is the part of an election that is exported, as one moment and one
// reader see it.
type Branch struct {
	View *mirror.View
	Area int // index of the place in the view's list
	// Now is the present moment, Moment the same with its zone, for the
	// properties of files.
	Now    civil.Cutoff
	Moment time.Time
	// Trial: the day is made up, and so is what was done; a report says so.
	Trial bool
	// Options choose rows, as those of a list do. Order and pages mean nothing.
	Options  timeline.ListOptions
	Language Language
	// Reads says whether what is internal to the place at an index is for the
	// reader; nil: nowhere.
	Reads func(i int) bool
	// Told gives the tasks of some places that tell more than how far they are
	// (see [tracker.Store]); nil: nothing is told.
	Told func(areas []area.Code) (map[tracker.MilestoneID][]tracker.Task, error)
}

// day is the day shown.
func (b *Branch) day() civil.Date {
	if b.Options.AsOf.IsZero() {
		return b.Now.Day
	}
	return b.Options.AsOf
}

func (b *Branch) place() area.Area { return b.View.Frame().List.At(b.Area) }

func (b *Branch) frame() *tracker.Frame { return b.View.FrameAsOf(b.Options.AsOf, time.Time{}) }

func (b *Branch) reads(i int) bool { return b.Reads != nil && b.Reads(i) }

// documents finds a document that a reader of the place at index i may know of.
func (b *Branch) documents() func(reads bool, key string) (tracker.Document, bool) {
	all := b.View.Papers().Documents
	byKey := make(map[string]*tracker.Document, len(all))
	for k := range all {
		byKey[all[k].Key] = &all[k]
	}
	return func(reads bool, key string) (tracker.Document, bool) {
		d, there := byKey[key]
		if !there || !d.Public && !reads {
			return tracker.Document{}, false
		}
		return *d, true
	}
}

var levelNames = map[area.Level]fault.Text{
	area.LevelNation: {Vi: "Cả nước", En: "Nation"}, area.LevelProvince: {Vi: "Tỉnh", En: "Provinces"},
	area.LevelDistrict: {Vi: "Huyện", En: "Districts"}, area.LevelCommune: {Vi: "Xã", En: "Communes"},
	area.LevelPollingArea: {Vi: "Khu vực bỏ phiếu", En: "Polling areas"},
}

// timings are the words for where something stands against the day.
var timings = map[timeline.Timing]fault.Text{
	timeline.Upcoming:   {Vi: "Sắp tới", En: "Upcoming"},
	timeline.Running:    {Vi: "Đang diễn ra", En: "Running"},
	timeline.DueSoon:    {Vi: "Sắp đến hạn", En: "Due soon"},
	timeline.BehindPlan: {Vi: "Chậm kế hoạch", En: "Behind plan"},
	timeline.Overdue:    {Vi: "Trễ hạn", En: "Overdue"},
	timeline.DoneOnTime: {Vi: "Xong đúng hạn", En: "Done in time"},
	timeline.DoneLate:   {Vi: "Xong muộn", En: "Done late"},
	timeline.Done:       {Vi: "Xong", En: "Done"},
	timeline.Over:       {Vi: "Đã kết thúc", En: "Over"},
	timeline.NoRecord:   {Vi: "Chưa có dữ liệu", En: "No data"},
	timeline.Undated:    {Vi: "Không có ngày", En: "No date"},
	timeline.SetAside:   {Vi: "Không tính", En: "Set aside"},
}

var tookPlace = fault.Text{Vi: "Đã diễn ra", En: "Took place"}

// timingOf is the word for where a milestone stands: an election day is not
// finished in time, it takes place.
func timingOf(x *timeline.Item) fault.Text {
	if x.Origin.Nature == statute.Event && (x.Timing == timeline.DoneOnTime || x.Timing == timeline.Done) {
		return tookPlace
	}
	return timings[x.Timing]
}

var standings = map[tracker.Standing]fault.Text{
	tracker.Unreported: {Vi: "Chưa báo cáo", En: "Not reported"}, tracker.Reported: {Vi: "Đã báo cáo", En: "Reported"},
	tracker.Confirmed: {Vi: "Đã xác nhận", En: "Confirmed"}, tracker.Returned: {Vi: "Bị trả lại", En: "Returned"},
}

func first(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
