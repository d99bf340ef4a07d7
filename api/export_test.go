package api_test

import (
	"bytes"
	"encoding/csv"
	"mime"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tiendo/api"
	"tiendo/pkg/sheet"
)

func exportOf(code, ending string) string { return v1 + "/areas/" + code + "/export." + ending }

// table is a .csv without its header.
func (r *reply) table() [][]string {
	r.t.Helper()
	r.ok()
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(r.body), "\ufeff"))).ReadAll()
	require.NoError(r.t, err)
	return all[1:]
}

func TestU16WhatAListShowsIsDownloadedWithTheSameFilters(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, query := range []string{"", "?state=late", "?level=commune&phase=voting", "?reach=own", "?state=open&from=2021-02-01&to=2021-03-01", "?as_of=2021-01-20&state=done"} {
		rows, _ := s.pages(deadlinesOf("06")+query, nil)
		var want, got []string
		for _, x := range rows {
			want = append(want, x.Area.Code+":"+x.Milestone.Id)
		}
		for _, row := range s.get(exportOf("06", "csv") + query).table() {
			got = append(got, row[sheet.StatusColumns.At(sheet.ColArea)]+":"+row[sheet.StatusColumns.At(sheet.ColMilestone)])
		}
		require.ElementsMatch(t, want, got, query)
	}
}

func TestU16AWorkbookOpensAndHasRealDays(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.get(exportOf("058", "xlsx")).ok()
	f, err := excelize.OpenReader(bytes.NewReader(r.body))
	require.NoError(t, err)
	require.Equal(t, []string{"Huyện", "Xã"}, f.GetSheetList())
	rows, err := f.GetRows("Huyện")
	require.NoError(t, err)
	require.Greater(t, len(rows), 10)
	for _, row := range rows[1:] {
		if row[sheet.StatusColumns.At(sheet.ColMilestone)] == "consult1_pc_district" {
			require.Equal(t, "17/02/2021", row[sheet.StatusColumns.At(sheet.ColLatestOn)])
		}
	}
	require.Equal(t, "Area code", first(s.get(exportOf("058", "xlsx")+"?language=en"), t))
}

func first(r *reply, t *testing.T) string {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(r.ok().body))
	require.NoError(t, err)
	cell, err := f.GetCellValue(f.GetSheetList()[0], "A1")
	require.NoError(t, err)
	return cell
}

// As an administrator and as the public form, both kinds of files, in both languages.
func TestAnExportComesBackAsAllUnchanged(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.change(v1+"/areas/01837/milestones/polling_team/tasks/duty", `{"status": "blocked", "reason": "=chưa có\nnhà"}`)
	s.change(duty, `{"status": "done", "done_by": "2021-01-22", "evidence": {"number": "-12/QĐ", "issued_on": "2021-01-21", "link": null}}`)
	for _, address := range []string{exportOf("06", "xlsx"), exportOf("06", "csv"), exportOf("06", "csv") + "?language=en", exportOf("058", "xlsx") + "?language=en&reach=below"} {
		file := s.get(address).ok()
		came := as[api.Import](s.bring(importsOf06+"/statuses?dry_run=true", string(file.body)).ok())
		require.Positive(t, came.Total, address)
		require.Equal(t, []int{came.Total, 0, 0}, []int{came.Unchanged, came.Changed, came.Refused}, address)
	}
}

func TestAFileHasANameInPlainLettersAndOneInVietnamese(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, ending := range []string{"xlsx", "csv", "pdf"} {
		r := s.get(exportOf("06", ending)).ok()
		disposition := r.header.Get("Content-Disposition")
		require.Contains(t, disposition, `attachment; filename="tiendo-2021-06-2021-01-25.`+ending+`"`)
		_, parameters, err := mime.ParseMediaType(strings.Replace(disposition, ` filename="`, ` plain="`, 1))
		require.NoError(t, err)
		require.Equal(t, "Tiến độ 2021 Tỉnh Bắc Kạn 25-01-2021."+ending, parameters["filename"])
		require.Equal(t, "private, no-cache", r.header.Get("Cache-Control"))
		require.Empty(t, r.header.Get("Content-Encoding"))
	}
	require.True(t, bytes.HasPrefix(s.get(exportOf("06", "pdf")).ok().body, []byte("%PDF-")))
}

func TestA1AFileThatTheClientHasIsNotWrittenAgain(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for _, ending := range []string{"xlsx", "csv", "pdf"} {
		tag := s.get(exportOf("06", ending)).ok().header.Get("ETag")
		r := s.get(exportOf("06", ending), "If-None-Match", tag)
		require.Equal(t, http.StatusNotModified, r.status)
		require.Empty(t, r.body)
	}
}

func TestAFileOfWhatThereIsNotIsRefusedInWords(t *testing.T) {
	t.Parallel()
	s := serve(t)
	for address, code := range map[string]string{
		exportOf("06", "csv") + "?phase=none": "phase-unknown", exportOf("06", "xlsx") + "?family=none": "family-unknown",
		exportOf("06", "csv") + "?state=lost": "list-state-unknown", exportOf("06", "pdf") + "?as_of=2031-01-01": "as-of-in-the-future",
		exportOf("999", "xlsx"): "area-not-found", exportOf("06", "pdf") + "?state=late": "parameter-unknown", exportOf("06", "csv") + "?language=fr": "parameter-refused",
	} {
		r := s.get(address)
		require.GreaterOrEqual(t, r.status, 400, address)
		require.Equal(t, code, as[api.Problem](r).Code, address)
		require.Empty(t, r.header.Get("Content-Disposition"))
	}
}
