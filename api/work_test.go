package api_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/api"
)

const myWork = "/api/v1/me/work?election=2021"

func TestWhatWasReturnedStandsFirstAmongWhatIsToBeDone(t *testing.T) {
	t.Parallel()
	s := serve(t) // everybody is the administrator of the country
	own := as[api.WorkList](s.get(myWork).ok())
	for _, row := range own.Items {
		if row.Group != api.GroupToConfirm {
			require.Equal(t, "VN", row.Area.Code, "what lies below is asked for")
		}
	}
	s.change(duty, reportedDone)
	waiting := as[api.WorkList](s.get(myWork + "&group=to_confirm").ok())
	require.Equal(t, own.Counts.ToConfirm+1, waiting.Counts.ToConfirm)
	require.Equal(t, waiting.Counts.ToConfirm, waiting.Total)
	at := slices.IndexFunc(waiting.Items, func(x api.WorkRow) bool { return x.Area.Code == "058" && x.Milestone.Key == "consult1_pc_district" })
	require.GreaterOrEqual(t, at, 0)
	require.Equal(t, api.GroupToConfirm, waiting.Items[at].Group)
	require.Equal(t, "06", waiting.Items[at].Within[0].Code)

	s.judge(consult, "return", `{"reason": "thiếu"}`).ok()
	branch := as[api.WorkList](s.get(myWork + "&branch=true&limit=1").ok())
	require.Equal(t, 1, branch.Counts.Returned)
	require.Equal(t, api.GroupReturned, branch.Items[0].Group)
	require.Equal(t, "consult1_pc_district", branch.Items[0].Milestone.Key)
	require.Equal(t, own.Counts.ToConfirm, branch.Counts.ToConfirm)
}

func TestA2_WorkIsPrivateAndKnownByItsTag(t *testing.T) {
	t.Parallel()
	s := serve(t)
	r := s.get(myWork).ok()
	require.Equal(t, "private, no-cache", r.header.Get("Cache-Control"))
	require.Regexp(t, `^W/"work\.`, r.tag())
	require.Equal(t, http.StatusNotModified, s.get(myWork, "If-None-Match", r.tag()).status)
	require.NotEqual(t, r.tag(), s.get(myWork+"&branch=true").ok().tag())
	s.change(duty, `{"status": "in_progress"}`)
	require.NotEqual(t, r.tag(), s.get(myWork).ok().tag())
}

func TestA12_PagesOfWorkGoOnWhereTheLastOneEnded(t *testing.T) {
	t.Parallel()
	s := serve(t)
	whole := as[api.WorkList](s.get(myWork + "&branch=true&limit=200").ok())
	require.Greater(t, whole.Total, 10)
	require.LessOrEqual(t, whole.Total, 200)
	var read []api.WorkRow
	for next := myWork + "&branch=true&limit=7"; next != ""; {
		r := s.get(next).ok()
		p := as[api.WorkList](r)
		require.Equal(t, p.HasMore, !p.Next.IsNull())
		read = append(read, p.Items...)
		s.change(duty, `{"status": "in_progress"}`) // reported between two pages
		next = ""
		if p.HasMore {
			next = p.Next.MustGet()
			require.Equal(t, "<"+next+`>; rel="next"`, r.header.Get("Link"))
		}
	}
	require.Equal(t, whole.Items, read)
	first := as[api.WorkList](s.get(myWork + "&branch=true&limit=7").ok()).Next.MustGet()
	s.get(first+"&group=overdue").refused(http.StatusBadRequest, "token-filter-mismatch")
	s.get(myWork+"&after=abc").refused(http.StatusBadRequest, "token-unreadable")
	require.Equal(t, "work-group-unknown", s.get(myWork + "&group=tomorrow").problem()["code"])
	s.get("/api/v1/me/work").refused(http.StatusBadRequest, "parameter-missing")
}
