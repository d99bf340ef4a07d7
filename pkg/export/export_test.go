package export_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/export"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/sheet"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// branch is the whole of a log as one who may read everything sees it.
func branch(t require.TestingT, l *mirrortest.Log, code area.Code) *export.Branch {
	v := l.View(t)
	i, ok := v.Frame().List.Index(code)
	require.True(t, ok)
	return &export.Branch{
		View: v, Area: i, Now: civil.Now(l.Now(), mirrortest.Zone), Moment: l.Now(), Language: export.Vietnamese,
		Reads: func(int) bool { return true },
		Told: func(areas []area.Code) (map[tracker.MilestoneID][]tracker.Task, error) {
			told := map[tracker.MilestoneID][]tracker.Task{}
			for _, r := range l.Records() {
				for _, code := range areas {
					if r.Milestone.ID.Area == code {
						told[r.Milestone.ID] = r.Tasks
					}
				}
			}
			return told, nil
		},
	}
}

// report reports on the first task of a milestone.
func report(t require.TestingT, l *mirrortest.Log, id tracker.MilestoneID, c tracker.TaskCommand) {
	require.NoError(t, reporting(l, id, c))
}

func reporting(l *mirrortest.Log, id tracker.MilestoneID, c tracker.TaskCommand) error {
	for _, r := range l.Records() {
		if r.Milestone.ID == id {
			c.ID, c.Task, c.If = id, r.Tasks[0].Key, r.Tasks[0].Revision
			_, err := l.Do(func(a *tracker.Act) error { _, err := a.UpdateTask(c); return err })
			return err
		}
	}
	return tracker.MilestoneNotFound(id)
}

// reported is Bắc Kạn with two things done, one that is stuck, and one planned.
func reported(t require.TestingT) *mirrortest.Log {
	l := mirrortest.Open(t, mirrortest.Places())
	l.PassTo(civil.Must("2021-02-10"))
	report(t, l, tracker.MilestoneID{Area: "058", Key: "election_committee_district"}, tracker.TaskCommand{
		Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must("2021-02-05")), Number: tracker.To("=12/QĐ-UBND"),
		On: tracker.To(civil.Must("2021-02-04")), Link: tracker.To("https://example.com/12"), Note: tracker.To("+84 gọi lại\ndòng hai"),
	})
	report(t, l, tracker.MilestoneID{Area: "058", Key: "consult1_pc_district"}, tracker.TaskCommand{
		Status: tracker.To(tracker.Blocked), Reason: tracker.To("@chờ hướng dẫn"),
	})
	return l
}

func xlsx(t require.TestingT, b *export.Branch) *excelize.File {
	var out bytes.Buffer
	require.NoError(t, b.XLSX(&out))
	f, err := excelize.OpenReader(&out)
	require.NoError(t, err)
	return f
}

func lines(t require.TestingT, b *export.Branch) [][]string {
	var out bytes.Buffer
	require.NoError(t, b.CSV(&out))
	text, marked := strings.CutPrefix(out.String(), "\ufeff")
	require.True(t, marked)
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err)
	return all
}

// find is the row of a milestone.
func find(t require.TestingT, rows [][]string, code area.Code, name string) map[string]string {
	for _, row := range rows[1:] {
		if row[sheet.StatusColumns.At(sheet.ColArea)] != string(code) || row[sheet.StatusColumns.At(sheet.ColMilestone)] != name {
			continue
		}
		found := map[string]string{}
		for k, cell := range row {
			found[sheet.StatusColumns[k].Key] = cell
		}
		return found
	}
	require.Fail(t, "no row", "%s %s", code, name)
	return nil
}

func TestAWorkbookHasASheetForEachLevelWithRealDaysAndCodesAsText(t *testing.T) {
	t.Parallel()
	f := xlsx(t, branch(t, reported(t), area.Nation))
	require.Equal(t, []string{"Cả nước", "Tỉnh", "Huyện", "Xã"}, f.GetSheetList())
	raw, err := f.GetRows("Huyện", excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	require.Len(t, raw[0], len(sheet.StatusColumns))
	for k, header := range raw[0] {
		require.Equal(t, k, sheet.StatusColumns.Find(header))
	}
	row := find(t, raw, "058", "election_committee_district")
	require.Equal(t, "Thành phố Bắc Kạn", row["area_name"])
	require.Equal(t, "Tỉnh Bắc Kạn", row["within"])
	require.Equal(t, "Xong", row["status"])
	require.Equal(t, strconv.Itoa(civil.New(1899, 12, 30).DaysUntil(civil.Must("2021-02-05"))), row["done_on"])
	require.Equal(t, "=12/QĐ-UBND", row["document_number"], "a text in a workbook is a text")
	require.Equal(t, "Xong đúng hạn", row["timing"])

	shown, err := f.GetRows("Huyện")
	require.NoError(t, err)
	row = find(t, shown, "058", "election_committee_district")
	require.Equal(t, "05/02/2021", row["done_on"])
	require.Equal(t, "04/02/2021", row["document_date"])
	at := cellOf(t, shown, "058", "election_committee_district", sheet.ColArea)
	kind, err := f.GetCellType("Huyện", at)
	require.NoError(t, err)
	require.Equal(t, excelize.CellTypeInlineString, kind)
	for _, name := range f.GetSheetList() {
		panes, err := f.GetPanes(name)
		require.NoError(t, err)
		require.True(t, panes.Freeze)
		require.Equal(t, 1, panes.YSplit)
	}
	properties, err := f.GetDocProps()
	require.NoError(t, err)
	require.Contains(t, properties.Title, "Cả nước")
	require.Equal(t, "2021-02-10T01:00:00Z", properties.Created)
}

// cellOf is where a cell stands: "B7".
func cellOf(t require.TestingT, rows [][]string, code area.Code, name, key string) string {
	for k, row := range rows {
		if row[sheet.StatusColumns.At(sheet.ColArea)] == string(code) && row[sheet.StatusColumns.At(sheet.ColMilestone)] == name {
			at, err := excelize.CoordinatesToCellName(sheet.StatusColumns.At(key)+1, k+1)
			require.NoError(t, err)
			return at
		}
	}
	require.Fail(t, "no row", "%s %s", code, name)
	return ""
}

func TestTheFilterOfASheetCoversAllItsRows(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, branch(t, reported(t), "058").XLSX(&out))
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	require.NoError(t, err)
	sheets := 0
	for _, file := range z.File {
		if !strings.HasPrefix(file.Name, "xl/worksheets/") {
			continue
		}
		sheets++
		r, err := file.Open()
		require.NoError(t, err)
		var xml bytes.Buffer
		_, err = xml.ReadFrom(r)
		require.NoError(t, err)
		require.Contains(t, xml.String(), `<autoFilter ref="$A$1:$R$`+strconv.Itoa(strings.Count(xml.String(), "<row "))+`"`)
		require.NotContains(t, xml.String(), "<f>", "no formulas")
		require.Contains(t, xml.String(), `fitToHeight="0"`)
	}
	require.Equal(t, 2, sheets, "district and communes")
}

func TestACSVIsGuardedAndHasISODays(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	l := reported(t)
	require.NoError(t, branch(t, l, "058").CSV(&out))
	require.Equal(t, strings.Count(out.String(), "\n"), strings.Count(out.String(), "\r\n"), "RFC 4180")
	rows := lines(t, branch(t, l, "058"))
	row := find(t, rows, "058", "election_committee_district")
	require.Equal(t, "2021-02-05", row["done_on"])
	require.Equal(t, "'=12/QĐ-UBND", row["document_number"])
	require.Equal(t, "'+84 gọi lại\ndòng hai", row["note"])
	require.Equal(t, "'@chờ hướng dẫn", find(t, rows, "058", "consult1_pc_district")["reason"])
	require.Equal(t, "058", row["area"])
}

func TestWhoMayNotReadWhatIsInternalGetsARowWithoutIt(t *testing.T) {
	t.Parallel()
	b := branch(t, reported(t), "058")
	b.Reads = nil
	rows := lines(t, b)
	row := find(t, rows, "058", "election_committee_district")
	require.Empty(t, row["note"])
	require.NotEmpty(t, row["document_number"], "evidence is public")
	blocked := find(t, rows, "058", "consult1_pc_district")
	require.Equal(t, "Vướng mắc", blocked["status"])
	require.Empty(t, blocked["reason"])
}

func TestWhatWasNotPublishedIsNamedByNoCellForEverybody(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	b := branch(t, l, "058")
	own := tracker.Task{Own: true, Note: "riêng", Evidence: tracker.Evidence{Number: "mật"}}
	hidden := tracker.Task{Document: "unpublished", Evidence: tracker.Evidence{Number: "mật"}, Note: "riêng", Reason: "riêng"}
	known := tracker.Task{Source: "SEEDB", Note: "theo báo", Evidence: tracker.Evidence{Number: "1/BC"}}
	told := func(tasks ...tracker.Task) func([]area.Code) (map[tracker.MilestoneID][]tracker.Task, error) {
		return func([]area.Code) (map[tracker.MilestoneID][]tracker.Task, error) {
			return map[tracker.MilestoneID][]tracker.Task{{Area: "058", Key: "consult1_pc_district"}: tasks}, nil
		}
	}
	row := func(inside bool) map[string]string {
		b.Reads = func(int) bool { return inside }
		return find(t, lines(t, b), "058", "consult1_pc_district")
	}
	b.Told = told(known, own, hidden)
	require.Equal(t, []string{"1/BC", "theo báo", ""}, []string{row(false)["document_number"], row(false)["note"], row(false)["reason"]})
	require.Equal(t, []string{"mật", "riêng", "riêng"}, []string{row(true)["document_number"], row(true)["note"], row(true)["reason"]})
	b.Told = func([]area.Code) (map[tracker.MilestoneID][]tracker.Task, error) { return nil, errGone }
	require.ErrorIs(t, b.CSV(&bytes.Buffer{}), errGone)
	require.ErrorIs(t, b.XLSX(&bytes.Buffer{}), errGone)
}

var errGone = errors.New("the store is gone")

func TestATableIsOfItsOwnMoment(t *testing.T) {
	t.Parallel()
	l := reported(t)
	b := branch(t, l, "058")
	l.PassTo(civil.Must("2021-02-12"))
	report(t, l, tracker.MilestoneID{Area: "058", Key: "consult1_pc_district"}, tracker.TaskCommand{
		Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Must("2021-02-11")), Number: tracker.To("later"),
	})
	row := find(t, lines(t, b), "058", "consult1_pc_district")
	require.Equal(t, "Vướng mắc", row["status"])
	require.Empty(t, row["document_number"], "what was written after the table began is not in it")

	past := branch(t, l, "058")
	past.Options.AsOf = civil.Must("2021-02-01")
	rows := lines(t, past)
	row = find(t, rows, "058", "election_committee_district")
	require.Equal(t, "Chưa làm", row["status"])
	require.Empty(t, row["document_number"], "a document of what was not done yet")
}

func TestARowClaimsNothingOfWhatHasNoWorkOrNoRecord(t *testing.T) {
	t.Parallel()
	l := reported(t)
	day := l.Frame().Election.Day
	l.PassTo(civil.Must("2021-07-20"))
	_, err := l.Do(func(a *tracker.Act) error { return a.Move(tracker.Closed, day) })
	require.NoError(t, err)
	l.PassTo(civil.Must("2021-08-01"))
	rows := lines(t, branch(t, l, "058"))
	require.Equal(t, "Xong", find(t, rows, "058", "election_committee_district")["status"])
	silent := 0
	for _, row := range rows[1:] {
		if row[sheet.StatusColumns.At(sheet.ColTiming)] == "Chưa có dữ liệu" && row[sheet.StatusColumns.At(sheet.ColStatus)] == "" {
			silent++
		}
	}
	require.Positive(t, silent)
}

func TestAFilterChoosesTheRowsOfATable(t *testing.T) {
	t.Parallel()
	b := branch(t, reported(t), area.Nation)
	states, err := timeline.ParseListStates("done")
	require.NoError(t, err)
	b.Options.States = states
	rows := lines(t, b)
	require.Len(t, rows, 2)
	require.Equal(t, []string{"Huyện"}, xlsx(t, b).GetSheetList())
	b.Options.States, _ = timeline.ParseListStates("done_late")
	require.Len(t, lines(t, b), 1)
	require.Equal(t, []string{"Cả nước"}, xlsx(t, b).GetSheetList(), "a sheet with a header, so that one sees that there is nothing")
	b.Options.Phase = "none"
	require.Error(t, b.CSV(&bytes.Buffer{}))
	require.Error(t, b.XLSX(&bytes.Buffer{}))
}

func TestTablesAreInEnglishToo(t *testing.T) {
	t.Parallel()
	b := branch(t, reported(t), area.Nation)
	b.Language = export.English
	f := xlsx(t, b)
	require.Equal(t, []string{"Nation", "Provinces", "Districts", "Communes"}, f.GetSheetList())
	row := find(t, lines(t, b), "058", "election_committee_district")
	require.Equal(t, "Done", row["status"])
	require.Equal(t, "Bac Kan City", row["area_name"])
	_, err := export.ParseLanguage("fr")
	require.True(t, fault.Is(err, "language-unknown"))
}

// Whatever people write comes back from both kinds of files as it was, and both
// say the same.
func TestWhatGoesOutComesBackAsItWas(t *testing.T) {
	t.Parallel()
	words := rapid.OneOf(
		rapid.StringMatching(`'{0,2}[=+\-@＝]?[^\p{Cc}]{0,12}`), rapid.StringMatching(`[=+@"',;\t\n\- Ễộđ_x0-9]{0,20}`),
		rapid.SampledFrom([]string{"=HYPERLINK(\"http://a\",\"b\")", "_x0041_", "&amp;<b>", "00123", "1e5", " trước", "sau ", "'"}),
	)
	rapid.Check(t, func(t *rapid.T) {
		l := mirrortest.Open(t, mirrortest.Places())
		for n := range rapid.IntRange(0, 6).Draw(t, "acts") {
			l.Pass(time.Duration(rapid.IntRange(1, 300).Draw(t, "hours")) * time.Hour)
			_, _ = l.Do(mirrortest.Act(t, l.Frame(), civil.Of(l.Now(), mirrortest.Zone), l.Records(), n))
		}
		l.PassTo(civil.Of(l.Now(), mirrortest.Zone).Add(1))
		c := tracker.TaskCommand{Note: tracker.To(words.Draw(t, "note")), Status: tracker.To(tracker.Done), DoneOn: tracker.To(civil.Of(l.Now(), mirrortest.Zone))}
		c.Number = tracker.To(words.Draw(t, "number"))
		records := l.Records()
		r := records[rapid.IntRange(0, len(records)-1).Draw(t, "which")]
		if len(r.Tasks) > 0 && r.Milestone.Work != tracker.Cancelled {
			if err := reporting(l, r.Milestone.ID, c); err != nil { // nobody votes before voting day
				require.True(t, fault.Is(err, "order-impossible"), "%v", err)
			}
		}
		b := branch(t, l, area.Nation)
		rows := lines(t, b)[1:]
		records = l.Records()
		require.Len(t, rows, len(records))
		want := map[tracker.MilestoneID]sheet.Texts{}
		documents := func(key string) (tracker.Document, bool) {
			for _, d := range b.View.Papers().Documents {
				if d.Key == key {
					return d, true
				}
			}
			return tracker.Document{}, false
		}
		for _, r := range records {
			want[r.Milestone.ID] = sheet.TextsOf(r.Tasks, documents)
		}
		fromWorkbook := map[string][]string{}
		f := xlsx(t, b)
		for _, name := range f.GetSheetList() {
			all, err := f.GetRows(name, excelize.Options{RawCellValue: true})
			require.NoError(t, err)
			for _, row := range all[1:] {
				fromWorkbook[row[0]+"/"+row[3]] = row
			}
		}
		require.Len(t, fromWorkbook, len(records))
		for _, row := range rows {
			at := func(key string) string { return sheet.Unguard(row[sheet.StatusColumns.At(key)]) }
			id, err := tracker.ParseName(area.Code(at(sheet.ColArea)), at(sheet.ColMilestone))
			require.NoError(t, err)
			said := want[id]
			require.Equal(t, []string{said.Number, said.On.String(), said.Link, said.Reason, said.Note},
				[]string{at(sheet.ColDocumentNumber), at(sheet.ColDocumentDate), at(sheet.ColLink), at(sheet.ColReason), at(sheet.ColNote)})
			same(t, row, fromWorkbook[row[0]+"/"+row[3]])
		}
	})
}

// same holds a line of a .csv against a row of a workbook.
func same(t require.TestingT, line, row []string) {
	for k, c := range sheet.StatusColumns {
		cell := ""
		if k < len(row) {
			cell = row[k]
		}
		plain := sheet.Unguard(line[k])
		if c.Kind == sheet.Day && plain != "" {
			plain = strconv.Itoa(civil.New(1899, 12, 30).DaysUntil(civil.Must(plain)))
		}
		require.Equal(t, plain, cell, c.Key)
	}
}
