package api_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
)

const votingDayOf058 = v1 + "/areas/058/voting-day"

// early is that Bắc Kạn city votes a day early, with the document that says so.
const early = `{"day": "2021-05-22", "opens": "05:00", "new_document": {"number": "12/NQ-HĐBCQG", "issued_on": "2021-01-20", "title": "Nghị quyết về bỏ phiếu sớm"}}`

func TestA24_ADryRunSaysWhatTheRealRunDoesAndWritesNothing(t *testing.T) {
	t.Parallel()
	s := serve(t)
	tags := func() []string {
		return []string{
			s.get(timelineOf("058")).tag(), s.get(v1 + "/voting-days").tag(), s.get(v1 + "/documents").tag(), s.get(matrixOf("06")).tag(), s.get(v1).tag(),
		}
	}
	before := tags()
	tried := as[api.Effect](s.put(votingDayOf058+"?dry_run=true", early).ok())
	require.True(t, tried.DryRun)
	require.True(t, tried.Revision.IsNull())
	require.Equal(t, before, tags(), "nothing was written")
	require.Equal(t, http.StatusNotFound, s.get(votingDayOf058).status)

	did := as[api.Effect](s.put(votingDayOf058, early).ok())
	require.False(t, did.DryRun)
	require.Equal(t, tried.Changes, did.Changes)
	require.Equal(t, tried.ByKind, did.ByKind)
	require.Equal(t, tried.Conflicts, did.Conflicts)
	require.Equal(t, "document_added", did.ByKind[0].Kind)
	require.Equal(t, "voting_day_set", did.ByKind[1].Kind)
	require.Equal(t, "Bỏ phiếu ngày 22/05/2021", did.Changes[1].Title.MustGet().Vi, "what is entered is named by its day")
	require.Equal(t, "milestone_moved", did.ByKind[2].Kind)
	require.Equal(t, did.Total, 2+did.ByKind[2].Count)
	require.False(t, did.Truncated)
	day := as[api.VotingDay](s.get(votingDayOf058).ok())
	require.Equal(t, "2021-05-22", day.Day.String())
	require.Equal(t, "05:00", day.Opens.MustGet())
	require.True(t, day.InForce)
	document := as[api.Document](s.get(v1 + "/documents/" + day.Document.MustGet()).ok())
	require.Equal(t, "12/NQ-HĐBCQG", document.Number.MustGet())
	require.Equal(t, "2021-05-22", as[api.Area](s.get(v1+"/areas/01840").ok()).VotingDay.String(), "the wards vote with their city")
}

func TestA24_AConflictIsSaidBeforeAnythingIsDone(t *testing.T) {
	t.Parallel()
	s := serve(t)
	const notice = v1 + "/areas/01840/milestones/voter_notice"
	s.change(notice, `{"planned_on": "2021-05-22"}`)
	tried := as[api.Effect](s.put(votingDayOf058+"?dry_run=true", early).ok())
	require.Len(t, tried.Conflicts, 1)
	require.Equal(t, 1, tried.ConflictsTotal)
	c := tried.Conflicts[0]
	require.Equal(t, "planned-after-limit", c.Code)
	require.Equal(t, "01840", c.Area)
	require.Equal(t, "voter_notice", c.Milestone)
	require.Contains(t, c.Detail.Vi, "22/05/2021")
	require.Contains(t, c.Detail.Vi, "21/05/2021")
	for _, x := range tried.Changes {
		if x.Area == "01840" && x.Milestone.MustGet() == "voter_notice" {
			require.Equal(t, "2021-05-22", x.Before.MustGet().LatestOn.MustGet().String())
			require.Equal(t, "2021-05-21", x.After.MustGet().LatestOn.MustGet().String())
			return
		}
	}
	require.Fail(t, "the ward's notice does not move")
}

func TestA22_AVotingDayIsChangedOnWhatWasSeen(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.put(votingDayOf058, early, "If-Match", `"r1"`).refused(http.StatusPreconditionFailed, "stale-revision")
	s.put(votingDayOf058, early).ok()
	first := s.get(votingDayOf058).ok().tag()
	next := `{"day": "2021-05-21"}`
	s.put(votingDayOf058, next).refused(http.StatusPreconditionRequired, "if-match-missing")
	s.put(votingDayOf058+"?dry_run=true", next).refused(http.StatusPreconditionRequired, "if-match-missing")
	s.put(votingDayOf058, next, "If-Match", first).ok()
	late := s.put(votingDayOf058, next, "If-Match", first).refused(http.StatusPreconditionFailed, "stale-revision")
	require.Equal(t, "2021-05-21", late.problem()["current"].(map[string]any)["day"], "the state as it is")
	again := as[api.Effect](s.put(votingDayOf058, next, "If-Match", s.get(votingDayOf058).tag()).ok())
	require.Zero(t, again.Total, "the same again changes nothing")
}

func TestAVotingDayIsWithdrawnForAReasonAndAllMovesBack(t *testing.T) {
	t.Parallel()
	s := serve(t)
	before := as[api.Timeline](s.get(timelineOf("058")).ok())
	s.put(votingDayOf058, early).ok()
	require.NotEqual(t, before, as[api.Timeline](s.get(timelineOf("058")).ok()))
	tag := s.get(votingDayOf058).tag()
	s.put(votingDayOf058, `{"in_force": false}`, "If-Match", tag).refused(http.StatusUnprocessableEntity, "reason-missing")
	s.put(votingDayOf058, `{"in_force": false, "reason": "x", "new_document": {"number": "9/QĐ", "issued_on": "2021-01-24", "title": "Rút"}}`, "If-Match", tag).
		refused(http.StatusUnprocessableEntity, "withdrawal-with-document")
	back := as[api.Effect](s.put(votingDayOf058, `{"in_force": false, "reason": "Hội đồng bầu cử quốc gia đã hủy"}`, "If-Match", tag).ok())
	require.Equal(t, "Votes on election day", back.Changes[0].Title.MustGet().En)
	require.Positive(t, back.Total)
	day := as[api.VotingDay](s.get(votingDayOf058).ok())
	require.False(t, day.InForce)
	require.False(t, day.Doubtful, "withdrawn is not doubted")
	for _, m := range as[api.Timeline](s.get(timelineOf("058")).ok()).Items {
		was := find(t, before, m.Id)
		require.Equal(t, datesOf(was), datesOf(m), m.Id)
	}
	s.put(votingDayOf058, `{"in_force": false, "reason": "lần nữa"}`, "If-Match", s.get(votingDayOf058).tag()).
		refused(http.StatusConflict, "voting-day-not-in-force")
}

func datesOf(m api.Milestone) []any {
	return []any{m.NotBeforeOn, m.NotBeforeAt, m.LatestOn, m.LatestAt}
}

func TestADocumentIsEnteredOnce(t *testing.T) {
	t.Parallel()
	s := serve(t)
	s.put(votingDayOf058, early).ok()
	count := len(as[api.DocumentList](s.get(v1 + "/documents").ok()).Items)
	moved := `{"day": "2021-05-21", "new_document": {"number": "12/nq-hđbcqg", "issued_on": "2021-01-20", "title": "Nghị quyết về bỏ phiếu sớm"}}`
	s.put(votingDayOf058, moved, "If-Match", s.get(votingDayOf058).tag()).ok()
	require.Len(t, as[api.DocumentList](s.get(v1+"/documents").ok()).Items, count, "the same number of the same day")
}
