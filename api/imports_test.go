package api_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"tiendo/api"
	"tiendo/pkg/access"
)

const (
	importsOf06  = v1 + "/areas/06/imports"
	importsOf058 = v1 + "/areas/058/imports"
)

// bring sends a file.
func (s *server) bring(address, file string) *reply {
	s.t.Helper()
	return s.do(http.MethodPost, address, file, "Content-Type", "application/octet-stream")
}

// statuses of twenty milestones in one go would look like this.
const statusFile = "area;milestone;status;done_on;document_number;document_date;note\n" +
	"058;consult1_pc_district;Xong;22/01/2021;12/QĐ-UBND;21/01/2021;đủ hồ sơ\n" +
	"1834;polling_team;Đang làm;;;;\n" +
	";;;;;;\n" +
	"01837;polling_team;Đang làm;;;;\n"

func TestATableOfStatusesIsPreviewedAndThenTakenIn(t *testing.T) {
	t.Parallel()
	s := serve(t)
	before := s.get(timelineOf("058")).tag()
	tried := as[api.Import](s.bring(importsOf06+"/statuses?dry_run=true", statusFile).ok())
	require.Equal(t, []int{3, 3, 0, 0}, []int{tried.Total, tried.Changed, tried.Unchanged, tried.Refused})
	require.True(t, tried.DryRun)
	require.Equal(t, before, s.get(timelineOf("058")).tag(), "nothing was written")
	require.Equal(t, 5, tried.Rows[2].Row)
	require.EqualValues(t, "done", tried.Rows[0].After.MustGet().Work)
	token := "?preview=" + tried.Preview.MustGet()

	s.change(v1+"/areas/01837/milestones/polling_team/tasks/duty", `{"status": "blocked", "reason": "chưa có nhà"}`)
	s.bring(importsOf06+"/statuses"+token, statusFile+"\n").refused(http.StatusUnprocessableEntity, "import-preview-mismatch")
	s.bring(importsOf058+"/statuses"+token, statusFile).refused(http.StatusUnprocessableEntity, "import-preview-mismatch")
	held := s.bring(importsOf06+"/statuses"+token, statusFile).refused(http.StatusConflict, "import-refused").problem()["current"].(map[string]any)
	require.EqualValues(t, 1, held["refused"])
	row := held["rows"].([]any)[2].(map[string]any)
	require.Equal(t, "import-row-changed", row["code"])
	require.EqualValues(t, "not_started", as[api.MilestoneDetail](s.get(consult).ok()).Work)

	did := as[api.Import](s.bring(importsOf06+"/statuses"+token+"&partial=true", statusFile).ok())
	require.Equal(t, []int{3, 2, 0, 1}, []int{did.Total, did.Changed, did.Unchanged, did.Refused})
	require.Equal(t, 2, did.Effect.MustGet().Total)
	task := as[api.Task](s.get(duty).ok())
	require.EqualValues(t, "done", task.Status)
	require.Equal(t, "12/QĐ-UBND", task.Evidence.MustGet().Number.MustGet())
	again := as[api.Import](s.bring(importsOf06+"/statuses?dry_run=true", strings.Replace(statusFile, "01837;polling_team;Đang làm", "01837;polling_team;", 1)).ok())
	require.Equal(t, 3, again.Unchanged)
}

func TestARefusedRowNamesItsCell(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tried := as[api.Import](s.bring(importsOf058+"/statuses?dry_run=true", "area,area_name,milestone,status,done_on\n"+
		"058,,consult1_pc_district,done,31/02/2021\n,Phường Không Có,polling_team,done,\n306,,polling_team,done,\n").ok())
	require.True(t, tried.Held)
	var cells []string
	for _, r := range tried.Rows {
		cells = append(cells, r.Cell.MustGet()+" "+r.Code.MustGet())
	}
	require.Equal(t, []string{"E2 cell-day-unreadable", "B3 area-name-unknown", "A4 area-outside-import"}, cells)
	require.Len(t, tried.Reasons, 3)
	s.bring(importsOf058+"/statuses", "not a table").refused(http.StatusUnprocessableEntity, "table-header-missing")
	s.post(importsOf058+"/statuses", "{}").refused(http.StatusUnsupportedMediaType, "media-type")
	s.bring(importsOf058+"/statuses", strings.Repeat("x", 11_000_000)).refused(http.StatusRequestEntityTooLarge, "body-too-large")
}

const peopleFile = "Tên đăng nhập,Họ và tên,Đơn vị công tác,Ngôn ngữ,Mã đơn vị,Vai trò\n" +
	"binh.tran,Trần Bình,UBND thành phố,vi,58,Phụ trách\n" +
	"chi.le,Lê Chi,UBND phường,,1834,người báo cáo\n" +
	"chi.le,,,,01837,reporter\n"

func TestAListOfAccountsIsTakenInWithLinksShownOnce(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	lead := s.as(d.user("minh", "Minh", grant("06", access.Lead)))
	tried := as[api.Import](lead.bring(importsOf06+"/people?dry_run=true", peopleFile).ok())
	require.Equal(t, []int{2, 1, 0}, []int{tried.Made, tried.Changed, tried.Refused})
	require.Empty(t, tried.Links)
	_, err := d.accounts.Account(t.Context(), "binh.tran")
	require.Error(t, err, "nothing was written")

	done := lead.bring(importsOf06+"/people?preview="+tried.Preview.MustGet(), peopleFile).ok()
	require.Equal(t, "private, no-store", done.header.Get("Cache-Control"))
	did := as[api.Import](done)
	require.Len(t, did.Links, 2)
	require.Equal(t, "binh.tran", did.Links[0].User)
	_, err = d.accounts.SetUp(t.Context(), access.Secret(did.Links[0].Secret), password)
	require.NoError(t, err)
	caller, err := d.accounts.Caller(t.Context(), "chi.le")
	require.NoError(t, err)
	require.Len(t, caller.Grants, 2)

	again := as[api.Import](lead.bring(importsOf06+"/people", peopleFile).ok())
	require.Equal(t, 3, again.Unchanged)
	require.Empty(t, again.Links)
	changed := as[api.Import](lead.bring(importsOf06+"/people", strings.Replace(peopleFile, "người báo cáo", "người xem", 1)).ok())
	require.Equal(t, []int{1, 2}, []int{changed.Changed, changed.Unchanged})
}

// By a list nobody gets what could not be given one by one.
func TestAListGivesNobodyMoreThanWhoSendsItHolds(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	lead, reporter := s.as(d.user("minh", "Minh", grant("06", access.Lead))), s.as(d.user("nga", "Nga", grant("06", access.Reporter)))
	const head = "user,name,area,role\n"
	for row, code := range map[string]string{
		"lan,Lan Khác,058,viewer":        "user-not-found",
		"aaa,A,VN,administrator":         "area-outside-import",
		"aaa,A,306,viewer":               "area-outside-import",
		"aaa,A,058,administrator":        "administrator-of-the-country",
		"aaa,,058,viewer":                "account-name-missing",
		"minh,Minh,06,administrator":     "administrator-of-the-country",
		"local,Local,058,viewer":         "user-name-reserved",
		"aaa,A,,viewer":                  "area-missing",
		"aaa,A,058,=cmd|' /C calc'!'A0'": "role-word-unknown",
	} {
		tried := as[api.Import](lead.bring(importsOf06+"/people?dry_run=true", head+row+"\n").ok())
		require.Equal(t, 1, tried.Refused, row)
		require.Equal(t, code, tried.Rows[0].Code.MustGet(), row)
		lead.bring(importsOf06+"/people", head+row+"\nbbb,B,058,viewer\n").refused(http.StatusConflict, "import-refused")
	}
	_, err := d.accounts.Account(t.Context(), "bbb")
	require.Error(t, err, "one refused row holds all")
	reporter.bring(importsOf06+"/people", head+"aaa,A,058,viewer\n").refused(http.StatusForbidden, "not-allowed")
	lead.bring(v1+"/areas/VN/imports/people", head+"aaa,A,058,viewer\n").refused(http.StatusNotFound, "nothing-here")
	s.as("").bring(importsOf06+"/people", head).refused(http.StatusUnauthorized, "sign-in-needed")
	s.as("").bring(importsOf06+"/statuses", head).refused(http.StatusUnauthorized, "sign-in-needed")
	lead.bring(v1+"/areas/306/imports/statuses", statusFile).refused(http.StatusForbidden, "not-allowed")
}

func TestTemplatesAreReadByEverybodyAndHaveTheCodesOfThePlace(t *testing.T) {
	t.Parallel()
	s := serve(t).as("")
	operation := theContract(t).Paths.Find("/api/v1/elections/{election}/areas/{area}/imports/templates/{template}").Get
	for _, name := range []string{"statuses.xlsx", "statuses.csv", "people.xlsx", "people.csv"} {
		s.readsAsDescribed(importsOf058+"/templates/"+name, operation.Parameters)
	}
	got := s.get(importsOf058 + "/templates/people.xlsx").ok()
	require.Contains(t, got.header.Get("Content-Disposition"), `filename="tiendo-people.xlsx"`)
	f, err := excelize.OpenReader(bytes.NewReader(got.body))
	require.NoError(t, err)
	codes, err := f.GetRows("Mã đơn vị")
	require.NoError(t, err)
	require.Equal(t, []string{"058", "Thành phố Bắc Kạn", "Huyện", "Tỉnh Bắc Kạn"}, codes[1])
	require.NotEqual(t, got.tag(), s.get(importsOf058+"/templates/people.xlsx?language=en").tag())
	s.get(importsOf058+"/templates/passwords.xlsx").refused(http.StatusNotFound, "no-such-address")
	s.get(v1+"/areas/nowhere/imports/templates/people.xlsx").refused(http.StatusNotFound, "area-not-found")
}
