package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
	"tiendo/pkg/access"
)

const (
	batchesOf058 = v1 + "/areas/058/batches"
	// told is that it was done, with a decision.
	told = `"report": {"status": "done", "done_on": "2021-01-22", "evidence": {"number": "12/QĐ-UBND", "issued_on": "2021-01-21"}}`
	// wards is the standing boards of all wards of a city, as the list filters.
	wards = `"filter": {"level": "commune", "family": "polling_team", "reach": "below"}`
)

func TestA24_AFilterIsPreviewedAndDoneOnThatVeryList(t *testing.T) {
	t.Parallel()
	s := serve(t)
	list := as[api.DeadlineList](s.get(v1 + "/areas/058/deadlines?level=commune&family=polling_team&reach=below").ok())
	require.Positive(t, list.Total)
	s.post(batchesOf058, "{"+wards+","+told+"}").refused(http.StatusPreconditionRequired, "batch-preview-missing")
	before := s.get(timelineOf("01834")).tag()
	tried := as[api.Batch](s.post(batchesOf058+"?dry_run=true", "{"+wards+","+told+"}").ok())
	require.True(t, tried.DryRun)
	require.Equal(t, []int{list.Total, list.Total, 0, 0}, []int{tried.Total, tried.Changed, tried.Unchanged, tried.Refused})
	require.Equal(t, before, s.get(timelineOf("01834")).tag(), "nothing was written")
	preview := tried.Preview.MustGet()

	// Somebody is faster in one ward.
	s.change(v1+"/areas/01834/milestones/polling_team/tasks/duty", `{"status": "in_progress"}`)
	body := "{" + wards + "," + told + `,"preview": "` + preview + `"}`
	held := s.post(batchesOf058, body).refused(http.StatusConflict, "batch-refused").problem()["current"].(map[string]any)
	require.Equal(t, true, held["held"])
	require.EqualValues(t, 1, held["refused"])
	require.EqualValues(t, "not_started", as[api.MilestoneDetail](s.get(v1+"/areas/01837/milestones/polling_team").ok()).Work)

	did := as[api.Batch](s.post(batchesOf058, strings.Replace(body, "{", `{"partial": true,`, 1)).ok())
	require.Equal(t, []int{list.Total, list.Total - 1, 1}, []int{did.Total, did.Changed, did.Refused})
	require.Equal(t, []api.BatchReason{{Code: "stale-revision", Count: 1, Detail: did.Reasons[0].Detail}}, did.Reasons)
	for _, r := range did.Rows {
		if r.Area == "01834" {
			require.EqualValues(t, "refused", r.Result)
			require.Equal(t, "stale-revision", r.Code.MustGet())
			continue
		}
		require.EqualValues(t, "changed", r.Result)
		require.EqualValues(t, "not_started", r.Before.MustGet().Work)
		require.EqualValues(t, "done", r.After.MustGet().Work)
	}
	require.False(t, did.Effect.Revision.IsNull())
	require.True(t, did.Preview.IsNull())
	require.EqualValues(t, "done", as[api.MilestoneDetail](s.get(v1+"/areas/01837/milestones/polling_team").ok()).Work)
}

func TestARowOfAFilterCanBeLeftOut(t *testing.T) {
	t.Parallel()
	s := serve(t)
	all := as[api.Batch](s.post(batchesOf058+"?dry_run=true", "{"+wards+","+told+"}").ok())
	some := as[api.Batch](s.post(batchesOf058+"?dry_run=true", "{"+wards+","+told+`,"except":[{"area":"01834","milestone":"polling_team"}]}`).ok())
	require.Equal(t, all.Total-1, some.Total)
	for _, r := range some.Rows {
		require.NotEqual(t, "01834", r.Area)
	}
}

func TestABatchSaysOfEachRowWhyItIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	rows := `"rows": [
		{"area": "058", "milestone": "consult1_pc_district"},
		{"area": "058", "milestone": "Không có"},
		{"area": "06", "milestone": "consult1_pc_district"},
		{"area": "058", "milestone": "consult1_pc_district"},
		{"area": "01834", "milestone": "polling_team", "revision": 7}]`
	tried := as[api.Batch](s.post(batchesOf058+"?dry_run=true", "{"+rows+","+told+"}").ok())
	require.True(t, tried.Held)
	require.Zero(t, tried.Effect.Total, "one refused row refuses all")
	var codes []string
	for k, r := range tried.Rows {
		require.Equal(t, k, r.Index)
		code, _ := r.Code.Get()
		codes = append(codes, string(r.Result)+" "+code)
	}
	require.Equal(t, []string{
		"changed ", "refused milestone-not-found", "refused area-outside-batch", "refused batch-row-repeated", "refused stale-revision",
	}, codes)
	require.Contains(t, tried.Rows[2].Detail.MustGet().Vi, "không thuộc")
	s.post(batchesOf058, "{"+rows+","+told+"}").refused(http.StatusConflict, "batch-refused")
}

func TestABatchConfirmsAndReturns(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const rows = `"rows": [{"area": "01834", "milestone": "polling_team"}, {"area": "01837", "milestone": "polling_team"}]`
	s.post(batchesOf058, "{"+rows+`,"confirm": true}`).refused(http.StatusConflict, "batch-refused")
	s.post(batchesOf058, "{"+rows+","+told+"}").ok()
	did := as[api.Batch](s.post(batchesOf058, "{"+rows+`,"confirm": true}`).ok())
	require.EqualValues(t, "confirmed", did.Rows[0].After.MustGet().Standing)
	again := as[api.Batch](s.post(batchesOf058, "{"+rows+`,"confirm": true}`).ok())
	require.Equal(t, 2, again.Unchanged)
	back := as[api.Batch](s.post(batchesOf058, `{"rows": [{"area": "01834", "milestone": "polling_team"}], "return": {"reason": "Thiếu số"}}`).ok())
	require.EqualValues(t, "returned", back.Rows[0].After.MustGet().Standing)
	require.EqualValues(t, "in_progress", back.Rows[0].After.MustGet().Work)
}

func TestABatchThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const row = `"rows": [{"area": "058", "milestone": "consult1_pc_district"}]`
	for body, code := range map[string]string{
		`{` + row + `}`: "batch-row-unclear",
		`{` + row + `,"confirm": true,` + told + `}`: "batch-row-unclear",
		`{` + told + `}`: "batch-rows-or-filter",
		`{` + row + `,` + wards + `,` + told + `}`:                                   "batch-rows-or-filter",
		`{` + row + `,"preview": "x",` + told + `}`:                                  "batch-rows-or-filter",
		`{` + wards + `,` + told + `,"preview": "x"}`:                                "batch-preview-unreadable",
		`{"filter": {"state": "asleep"},` + told + `,"preview": "x"}`:                "list-state-unknown",
		`{"rows": [],` + told + `}`:                                                  "body-refused",
		`{"rows": [{"area": "058"}],` + told + `}`:                                   "body-refused",
		`{` + row + `,"report": {"status": "cancelled"}}`:                            "body-refused",
		`{"filter": {"level": "commune"}, "except": [{"area": "058"}],` + told + `}`: "body-refused",
	} {
		s.post(batchesOf058, body).refused(http.StatusUnprocessableEntity, code)
	}
	other := as[api.Batch](s.post(batchesOf058+"?dry_run=true", "{"+wards+","+told+"}").ok()).Preview.MustGet()
	s.post(v1+"/areas/VN/batches", "{"+wards+","+told+`,"preview": "`+other+`"}`).refused(http.StatusUnprocessableEntity, "batch-preview-unreadable")
}

func TestARowIsRefusedWhereItsCallerHasNoRight(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	reporter := s.as(d.user("mai", "Mai", grant("01834", access.Reporter)))
	lead := s.as(d.user("hung", "Hùng", grant("058", access.Lead)))
	const rows = `"partial": true, "rows": [{"area": "01834", "milestone": "polling_team"}, {"area": "01837", "milestone": "polling_team"}]`
	results := func(r *reply) (all []string) {
		for _, row := range as[api.Batch](r.ok()).Rows {
			code, _ := row.Code.Get()
			require.Equal(t, code != "", row.Before.IsNull(), "nothing is said of what is not his")
			all = append(all, string(row.Result)+" "+code)
		}
		return all
	}
	s.as("").post(batchesOf058, "{"+rows+","+told+"}").refused(http.StatusUnauthorized, "sign-in-needed")
	mine := results(reporter.post(batchesOf058, "{"+rows+","+told+"}"))
	require.Equal(t, "changed ", mine[0])
	require.Contains(t, mine[1], "refused ")
	require.EqualValues(t, "not_started", as[api.MilestoneDetail](s.get(v1+"/areas/01837/milestones/polling_team").ok()).Work)
	for _, r := range results(reporter.post(batchesOf058, "{"+rows+`,"confirm": true}`)) {
		require.Contains(t, r, "refused ", "who reports does not confirm")
	}
	require.Equal(t, []string{"changed ", "refused milestone-not-reported"}, results(lead.post(batchesOf058, "{"+rows+`,"confirm": true}`)))
}
