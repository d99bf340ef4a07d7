package intake_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
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
	"tiendo/pkg/intake"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/sheet"
	"tiendo/pkg/tracker"
)

// desk is a log that batches are done on, as the tracker would.
type desk struct{ *mirrortest.Log }

func (d desk) Told(_ context.Context, _ tracker.ElectionID, areas []area.Code) (map[tracker.MilestoneID][]tracker.Task, error) {
	told := map[tracker.MilestoneID][]tracker.Task{}
	for _, r := range d.Records() {
		for _, code := range areas {
			if r.Milestone.ID.Area != code {
				continue
			}
			for _, t := range r.Tasks {
				if t.Reason+t.Note+t.Document != "" || t.Evidence != (tracker.Evidence{}) {
					told[r.Milestone.ID] = append(told[r.Milestone.ID], t)
				}
			}
		}
	}
	return told, nil
}

func (d desk) Batch(_ context.Context, _ tracker.ElectionID, _ tracker.Actor, b tracker.Batch, allowed func(*tracker.Frame, tracker.BatchRow) error, dryRun bool) (out tracker.BatchOutcome, err error) {
	_, err = d.Do(func(a *tracker.Act) error {
		if out, err = a.Batch(b, allowed); err == nil && dryRun {
			err = errTried
		}
		return err
	})
	if err == errTried { //nolint:errorlint // the very one
		err = nil
	}
	return out, err
}

var errTried = fmt.Errorf("tried")

// bring takes a file in for a place.
func bring(t require.TestingT, d desk, code area.Code, file []byte, o intake.Options, with ...func(*intake.StatusOptions)) intake.Report {
	v := d.View(t)
	i, ok := v.Frame().List.Index(code)
	require.True(t, ok)
	table, err := intake.Read(file, intake.Statuses)
	require.NoError(t, err)
	var so intake.StatusOptions
	for _, w := range with {
		w(&so)
	}
	report, err := intake.NewStatusImport(table, v, i, so).Run(context.Background(), d, d, tracker.Actor{ID: "local"}, nil, o)
	require.NoError(t, err)
	return report
}

func exported(t require.TestingT, d desk, code area.Code) *export.Branch {
	v := d.View(t)
	i, _ := v.Frame().List.Index(code)
	return &export.Branch{
		View: v, Area: i, Now: civil.Now(d.Now(), mirrortest.Zone), Moment: d.Now(), Language: export.Vietnamese, Reads: func(int) bool { return true },
		Told: func(areas []area.Code) (map[tracker.MilestoneID][]tracker.Task, error) {
			return d.Told(context.Background(), "", areas)
		},
	}
}

func table(rows ...string) []byte { return []byte(strings.Join(rows, "\r\n")) }

func counts(r intake.Report) [3]int { return [3]int{r.Changed, r.Unchanged, r.Refused} }

func refusals(r intake.Report) (all []string) {
	for _, row := range r.Rows {
		if row.Refused != nil {
			all = append(all, row.Column+" "+row.Refused.Code)
		}
	}
	return all
}

const header = "Mã đơn vị;Mã mốc;Trạng thái;Ngày xong;Số văn bản;Ngày văn bản;Ghi chú;Lý do;Ngày kế hoạch"

func opened(t require.TestingT) desk {
	d := desk{mirrortest.Open(t, mirrortest.Places())}
	d.PassTo(civil.Must("2021-02-10"))
	return d
}

// Whatever has happened in an election: its tables go out and come back as all
// unchanged, in both forms and both languages.
func TestAnExportComesBackUnchanged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := desk{mirrortest.Open(t, mirrortest.Places())}
		for n := range rapid.IntRange(0, 12).Draw(t, "acts") {
			d.Pass(time.Duration(rapid.IntRange(1, 300).Draw(t, "hours")) * time.Hour)
			_, _ = d.Do(mirrortest.Act(t, d.Frame(), civil.Of(d.Now(), mirrortest.Zone), d.Records(), n))
		}
		b := exported(t, d, area.Nation)
		if rapid.Bool().Draw(t, "english") {
			b.Language = export.English
		}
		var file bytes.Buffer
		if rapid.Bool().Draw(t, "xlsx") {
			require.NoError(t, b.XLSX(&file))
		} else {
			require.NoError(t, b.CSV(&file))
		}
		before := len(d.All())
		report := bring(t, d, area.Nation, file.Bytes(), intake.Options{})
		require.Equal(t, [3]int{0, len(d.Records()), 0}, counts(report), "%v", refusals(report))
		require.Len(t, d.All(), before)
	})
}

// Whatever a table says: what of it was taken is so, and the same table again is
// all unchanged, but for what was refused.
func TestTheSameTableAgainIsUnchanged(t *testing.T) {
	t.Parallel()
	words := rapid.SampledFrom([]string{"", "", "12/QĐ-UBND", "=1+1", " quanh ", "x"})
	rapid.Check(t, func(t *rapid.T) {
		d := opened(t)
		for n := range rapid.IntRange(0, 6).Draw(t, "acts") {
			_, _ = d.Do(mirrortest.Act(t, d.Frame(), civil.Of(d.Now(), mirrortest.Zone), d.Records(), n))
		}
		d.PassTo(civil.Of(d.Now(), mirrortest.Zone).Add(1))
		records := d.Records()
		rows := []string{header}
		for range rapid.IntRange(1, 12).Draw(t, "rows") {
			id := records[rapid.IntRange(0, len(records)-1).Draw(t, "which")].Milestone.ID
			status := rapid.SampledFrom([]string{"", "Xong", "Đang làm", "vướng mắc", "not_started", "Không áp dụng"}).Draw(t, "status")
			done := rapid.SampledFrom([]string{"", "05/02/2021", "2021-02-01"}).Draw(t, "done")
			planned := rapid.SampledFrom([]string{"", "", "15/3/2021"}).Draw(t, "planned")
			rows = append(rows, strings.Join([]string{
				string(id.Area), id.Name(), status, done, words.Draw(t, "number"), "", words.Draw(t, "note"), words.Draw(t, "reason"), planned,
			}, ";"))
		}
		corrects := rapid.Bool().Draw(t, "correct")
		correct := func(o *intake.StatusOptions) { o.Correct = corrects }
		was := len(d.All())
		tried := bring(t, d, area.Nation, table(rows...), intake.Options{DryRun: true, Partial: true}, correct)
		require.Len(t, d.All(), was)
		once := bring(t, d, area.Nation, table(rows...), intake.Options{Partial: true}, correct)
		require.Equal(t, tried.Letters(), once.Letters(), "what was shown is done")
		again := bring(t, d, area.Nation, table(rows...), intake.Options{Partial: true}, correct)
		for k := range once.Rows {
			if once.Rows[k].Result == intake.Changed {
				require.Equal(t, intake.Unchanged, again.Rows[k].Result, "%s: %v", rows[k+1], again.Rows[k].Refused)
			}
		}
		require.Equal(t, 0, again.Changed)
	})
}

func TestNothingIsWrittenUntilItIsMeantAndOneRefusalHoldsAll(t *testing.T) {
	t.Parallel()
	d := opened(t)
	before := len(d.All())
	file := table(header,
		"058;election_committee_district;Xong;05/02/2021;12/QĐ-UBND;04/02/2021;;;",
		"058;consult1_pc_district;Vướng mắc;;;;;;",
		"058;election_committee_district;Xong;06/02/2021;;;;;",
	)
	tried := bring(t, d, "06", file, intake.Options{DryRun: true})
	require.Equal(t, [3]int{1, 0, 2}, counts(tried))
	require.True(t, tried.Held)
	require.Equal(t, []string{"reason reason-missing", " import-row-repeated"}, refusals(tried))
	require.Equal(t, "H3", tried.Rows[1].Row.Address(sheet.StatusColumns, tried.Rows[1].Column))
	require.Contains(t, tried.Rows[2].Refused.Text.Vi, "dòng 2")
	held := bring(t, d, "06", file, intake.Options{})
	require.True(t, held.Held)
	require.Len(t, d.All(), before)
	some := bring(t, d, "06", file, intake.Options{Partial: true})
	require.Equal(t, [3]int{1, 0, 2}, counts(some))
	require.False(t, some.Held)
	require.Greater(t, len(d.All()), before)
	require.Equal(t, tracker.NotStarted, some.Rows[0].Was.Work)
	require.Equal(t, tracker.Done, some.Rows[0].Is.Work)
	again := bring(t, d, "06", file, intake.Options{Partial: true})
	require.Equal(t, [3]int{0, 1, 2}, counts(again))
}

func TestWhatWasReportedOtherwiseIsCorrectedOnlyWhenThatIsMeant(t *testing.T) {
	t.Parallel()
	d := opened(t)
	const row = "058;election_committee_district;Xong;05/02/2021;12/QĐ-UBND;04/02/2021;;;"
	bring(t, d, "06", table(header, row), intake.Options{})
	other := table(header, strings.Replace(row, "12/QĐ", "13/QĐ", 1))
	require.Equal(t, []string{" already-reported"}, refusals(bring(t, d, "06", other, intake.Options{})))
	report := bring(t, d, "06", other, intake.Options{}, func(o *intake.StatusOptions) { o.Correct = true })
	require.Equal(t, [3]int{1, 0, 0}, counts(report))
	noted := bring(t, d, "06", table(header, strings.Replace(strings.Replace(row, "12/QĐ", "13/QĐ", 1), ";;;", ";đã gửi bản chính;;", 1)), intake.Options{})
	require.Equal(t, [3]int{1, 0, 0}, counts(noted), "a note that was not there overwrites nothing: %v", refusals(noted))
}

func TestWhatChangedAfterThePreviewIsRefusedRowByRow(t *testing.T) {
	t.Parallel()
	d := opened(t)
	file := table(header, "058;election_committee_district;Xong;05/02/2021;;;;;", "058;consult1_pc_district;Đang làm;;;;;;")
	since := d.View(t).Revision()
	bring(t, d, "06", table(header, "058;election_committee_district;Đang làm;;;;;;"), intake.Options{})
	report := bring(t, d, "06", file, intake.Options{Partial: true}, func(o *intake.StatusOptions) { o.Since = since })
	require.Equal(t, [3]int{1, 0, 1}, counts(report))
	require.Equal(t, []string{" import-row-changed"}, refusals(report))
}

func TestAPlannedDayAndAReportOfOneRowHoldTogetherOrNotAtAll(t *testing.T) {
	t.Parallel()
	d := opened(t)
	report := bring(t, d, "06", table(header,
		"058;consult1_pc_district;Đang làm;;;;;;1/1/2030",
		"058;election_committee_district;Đang làm;;;;;;2021-02-06"), intake.Options{Partial: true})
	require.Equal(t, intake.Refused, report.Rows[0].Result)
	for _, r := range d.Records() {
		switch r.Milestone.ID {
		case report.Rows[0].ID:
			require.Equal(t, tracker.NotStarted, r.Milestone.Work)
		case report.Rows[1].ID:
			require.Equal(t, tracker.InProgress, r.Milestone.Work, "%v", refusals(report))
			require.Equal(t, civil.Must("2021-02-06"), r.Milestone.Planned)
		}
	}
}

func TestNobodyLearnsWhatIsInternalByGuessing(t *testing.T) {
	t.Parallel()
	d := opened(t)
	file := table(header, "058;consult1_pc_district;Vướng mắc;;;;;chờ hướng dẫn;")
	bring(t, d, "06", file, intake.Options{})
	v := d.View(t)
	i, _ := v.Frame().List.Index("06")
	guess, err := intake.Read(file, intake.Statuses)
	require.NoError(t, err)
	no := func(*tracker.Frame, tracker.BatchRow) error {
		return fault.New(fault.Forbidden, "not-allowed", "không", "no")
	}
	report, err := intake.NewStatusImport(guess, v, i, intake.StatusOptions{Reads: func(int) bool { return false }}).
		Run(t.Context(), d, d, tracker.Actor{}, no, intake.Options{DryRun: true})
	require.NoError(t, err)
	require.Equal(t, []string{" not-allowed"}, refusals(report))
}

func TestAMilestoneIsFoundByItsTitleWhenThatIsUniqueThere(t *testing.T) {
	t.Parallel()
	d := opened(t)
	v := d.View(t)
	o, _ := v.OriginOf("election_committee_district")
	report := bring(t, d, "06", table("area;title;status;done_on",
		"58;"+strings.ToUpper(o.Title.Vi)+";done;2021-02-05", "058;Việc không có;done;2021-02-05"), intake.Options{Partial: true})
	require.Equal(t, [3]int{1, 0, 1}, counts(report), "%v", refusals(report))
	require.Equal(t, []string{"title milestone-title-unknown"}, refusals(report))
}

func TestARowIsOfTheRightPlaceWhateverExcelMadeOfItsCode(t *testing.T) {
	t.Parallel()
	// Bắc Kạn, Ba Đình, Đống Đa, Quận 3, Cao Lãnh: "6" and "1" are districts too.
	d := desk{mirrortest.Open(t, area.Edition2021().Only("some", "058", "001", "006", "770", "866"))}
	d.PassTo(civil.Must("2021-02-10"))
	const head = "area,area_name,within,milestone,status"
	for row, want := range map[string]string{
		"01834,,,polling_team,in_progress":                                  "01834",
		"1834,,,polling_team,in_progress":                                   "01834",
		"1834.0,,,polling_team,in_progress":                                 "01834",
		`"1834,0",,,polling_team,in_progress`:                               "01834",
		"58,,,consult1_pc_district,in_progress":                             "058",
		"6,,,consult1_pc_province,in_progress":                              "06",
		"6,Tỉnh Bắc Kạn,,consult1_pc_province,in_progress":                  "06",
		"06,,,consult1_pc_province,in_progress":                             "06",
		"001,,,consult1_pc_district,in_progress":                            "001",
		",Thành phố Bắc Kạn,,consult1_pc_district,in_progress":              "058",
		",Bắc Kạn,,consult1_pc_district,in_progress":                        "058", // the city: the province has no such milestone
		",BAC CAN,,consult1_pc_district,in_progress":                        "058",
		",Phường Phùng Chí Kiên,Thành phố Bắc Kạn,polling_team,in_progress": "01843",
		",Phường 1,,polling_team,in_progress":                               "area_name area-ambiguous",
		",Phường 1,Thành phố Cao Lãnh,polling_team,in_progress":             "29866",
		",Phường 1,Quận 3,polling_team,in_progress":                         "27160",
		"058,Huyện Pác Nặm,,consult1_pc_district,in_progress":               "area_name area-name-mismatch",
		",Xã Không Có,,polling_team,in_progress":                            "area_name area-name-unknown",
		",,,polling_team,in_progress":                                       "area area-missing",
		"99999,,,polling_team,in_progress":                                  "area area-not-found",
		"058,,,,in_progress":                                                "milestone milestone-missing",
		"058,,,polling_team,in_progress":                                    "milestone milestone-not-found",
		"058,,,consult1_pc_district,gần xong":                               "status status-word-unknown",
		"058,,,consult1_pc_district,#REF!":                                  "status cell-not-computed",
	} {
		report := bring(t, d, area.Nation, table(head, row), intake.Options{DryRun: true})
		got := string(report.Rows[0].Area)
		if f := report.Rows[0].Refused; f != nil {
			got = report.Rows[0].Column + " " + f.Code
		}
		require.Equal(t, want, got, row)
	}
	outside := bring(t, d, "06", table(head, "001,,,consult1_pc_district,in_progress", ",Phường 1,,polling_team,done"), intake.Options{DryRun: true})
	require.Equal(t, []string{"area area-outside-import", "area_name area-name-unknown"}, refusals(outside))
}

func TestDaysAreReadAsSpreadsheetsAndPeopleWriteThem(t *testing.T) {
	t.Parallel()
	d := opened(t)
	day := civil.Must("2021-02-05")
	for _, text := range []string{"2021-02-05", "05/02/2021", "5/2/2021", "5.2.2021", "05-02-2021", "2021-02-05T00:00:00", " 2021-2-5 "} {
		report := bring(t, d, "06", table(header, "058;consult1_pc_district;Xong;"+text+";;;;;"), intake.Options{DryRun: true})
		require.Equal(t, intake.Changed, report.Rows[0].Result, text)
		require.Equal(t, day, report.Rows[0].Is.DoneOn, text)
	}
	for _, text := range []string{"44232", "02/15/2021", "31/02/2021", "5/2/21", "hôm qua", "2021"} {
		report := bring(t, d, "06", table(header, "058;consult1_pc_district;Xong;"+text+";;;;;"), intake.Options{DryRun: true})
		require.Equal(t, []string{"done_on cell-day-unreadable"}, refusals(report), text)
	}
	for _, since1904 := range []bool{false, true} {
		f := excelize.NewFile()
		require.NoError(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &since1904}))
		require.NoError(t, f.SetSheetRow("Sheet1", "A1", &[]any{"BẢNG TIẾN ĐỘ"}))
		require.NoError(t, f.SetSheetRow("Sheet1", "A3", &[]any{"milestone", "area", "Trạng thái", "Ngày xong", "Ghi chú"}))
		n := civil.New(1899, 12, 30).DaysUntil(day)
		if since1904 {
			n = civil.New(1904, 1, 1).DaysUntil(day)
		}
		require.NoError(t, f.SetSheetRow("Sheet1", "A4", &[]any{"consult1_pc_district", 58, "Xong", float64(n) + 0.5, "'=1"}))
		require.NoError(t, f.SetCellFormula("Sheet1", "E4", "1+1"))
		_, err := f.NewSheet("Ghi chú khác")
		require.NoError(t, err)
		var file bytes.Buffer
		require.NoError(t, f.Write(&file))
		report := bring(t, d, "06", file.Bytes(), intake.Options{DryRun: true})
		require.Equal(t, intake.Changed, report.Rows[0].Result, "%v", refusals(report))
		require.Equal(t, day, report.Rows[0].Is.DoneOn)
		require.Equal(t, "D4", report.Rows[0].Row.Address(sheet.StatusColumns, sheet.ColDoneOn))
	}
}

func TestAFileThatIsNoTableSaysWhatIsExpected(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("058;polling_team;Xong\n", intake.MaxRows+1)
	for code, file := range map[string]string{
		"column-unknown":           "area,milestone,status,Ngày sinh\n058,a,b,c",
		"column-missing":           "area,status\n058,Xong",
		"column-repeated":          "area,Mã đơn vị,milestone,status\n058,058,a,b",
		"table-header-missing":     "1,2,3\n4,5,6",
		"table-empty":              "area,milestone,status\n",
		"file-not-utf8":            "M\xe3 \xf0\xb1n v\xed,milestone,status\n",
		"csv-unreadable":           "area,milestone,status\n058,\"a,b\nc",
		"workbook-unreadable":      "PK\x03\x04 nothing more",
		"file-kind-unknown":        "\xD0\xCF\x11\xE0 an old one",
		"file-too-large":           strings.Repeat("x", intake.MaxBytes+1),
		"table-too-long-to-import": "area;milestone;status\n" + long,
	} {
		_, err := intake.Read([]byte(file), intake.Statuses)
		require.True(t, fault.Is(err, code), "%s: %v", code, err)
	}
	_, err := intake.Read(nil, intake.People)
	require.True(t, fault.Is(err, "table-header-missing"))
	_, err = intake.Read([]byte("area,milestone,status,Ngày sinh\n"), intake.Statuses)
	f, _ := fault.As(err)
	require.Contains(t, f.Text.Vi, "D1")
	require.Contains(t, f.Text.Vi, "Ngày sinh")
}

func TestASmallFileThatIsHugeInsideIsRefused(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	s, err := f.NewStreamWriter("Sheet1")
	require.NoError(t, err)
	wide := []any{strings.Repeat("a", 30000)}
	for n := 1; n <= 5000; n++ {
		require.NoError(t, s.SetRow(fmt.Sprintf("A%d", n), wide))
	}
	require.NoError(t, s.Flush())
	var file bytes.Buffer
	require.NoError(t, f.Write(&file))
	require.Less(t, file.Len(), intake.MaxBytes)
	_, err = intake.Read(file.Bytes(), intake.Statuses)
	require.True(t, fault.Is(err, "file-too-large"), "%v", err)
}

func TestACSVIsReadHoweverASpreadsheetSavedIt(t *testing.T) {
	t.Parallel()
	d := opened(t)
	for _, separator := range []rune{',', ';', '\t'} {
		for _, before := range []string{"", "\ufeff", "\ufeffsep=" + string(separator) + "\r\n"} {
			var file bytes.Buffer
			file.WriteString(before)
			w := csv.NewWriter(&file)
			w.Comma = separator
			require.NoError(t, w.WriteAll([][]string{
				{"area", "milestone", "status", "note"},
				{},
				{"058", "consult1_pc_district", "Đang làm", "hai\ndòng, \"trích\"; hết"},
				{"058", "election_committee_district", "gần xong", ""},
			}))
			report := bring(t, d, "06", file.Bytes(), intake.Options{DryRun: true, Partial: true})
			require.Equal(t, [3]int{1, 0, 1}, counts(report), "%q: %v", file.String(), refusals(report))
			want := 4 // as a spreadsheet counts: a cell of two lines is in one row
			if strings.Contains(before, "sep=") {
				want++
			}
			require.Equal(t, want, report.Rows[1].Row.Number, "%q", file.String())
		}
	}
}

func FuzzNoFileMakesItFail(f *testing.F) {
	f.Add([]byte("area,milestone,status\n058,consult1_pc_district,done"))
	f.Add([]byte("sep=;\n\"a"))
	f.Add([]byte("PK\x03\x04"))
	book := excelize.NewFile()
	_ = book.SetSheetRow("Sheet1", "A1", &[]any{"area", "milestone", "status"})
	_ = book.SetSheetRow("Sheet1", "A2", &[]any{58, "consult1_pc_district", "done"})
	var file bytes.Buffer
	_ = book.Write(&file)
	f.Add(file.Bytes())
	v := opened(f).View(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		if table, err := intake.Read(raw, intake.Statuses); err == nil {
			require.NotNil(t, intake.NewStatusImport(table, v, 0, intake.StatusOptions{}))
		} else {
			_, known := fault.As(err)
			require.True(t, known, "%v", err)
		}
		if table, err := intake.Read(raw, intake.People); err == nil {
			require.NotNil(t, intake.NewPeopleImport(table, v.Frame().List, 0))
		}
	})
}

// Workbooks with any of their bytes, or of what is in them, bent.
func TestABentWorkbookNeverPanics(t *testing.T) {
	t.Parallel()
	d := opened(t)
	var file bytes.Buffer
	require.NoError(t, exported(t, d, "058").XLSX(&file))
	rapid.Check(t, func(t *rapid.T) {
		raw := bytes.Clone(file.Bytes())
		for range rapid.IntRange(1, 20).Draw(t, "bends") {
			raw[rapid.IntRange(0, len(raw)-1).Draw(t, "at")] = rapid.Byte().Draw(t, "byte")
		}
		raw = raw[:rapid.IntRange(len(raw)/2, len(raw)).Draw(t, "length")]
		if _, err := intake.Read(raw, intake.Statuses); err != nil {
			_, known := fault.As(err)
			require.True(t, known, "%v", err)
		}
	})
}
