package api

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"tiendo/pkg/civil"
	"tiendo/pkg/feed"
	"tiendo/pkg/tracker"
)

// answer is what every read gives: a tag, how long it may be kept, and a body
// that is made only for a client that does not have it yet. It is the strict
// response of all of them, so that tags are compared in one place.
type answer struct {
	tag      string
	keep     string
	known    *IfNoneMatch
	next     string // address of the next page; empty on the last, and where there are no pages
	contents any
	// media is the body's type; empty: JSON. disposition is what it is called as a
	// file; empty: it is none.
	media, disposition string
	// prepared is the body where it is kept ready; packed says that the client takes
	// it as it is kept.
	prepared *feed.Answer
	packed   bool
}

// revalidated: keep it, but ask before using it.
const (
	revalidated = "private, no-cache"
	public      = "public, max-age=%d, stale-if-error=86400"
)

func keepFor(seconds int) string { return fmt.Sprintf(public, seconds) }

// weak makes the tag of a projection from the revision of what it shows and
// from the day it was computed for (RFC 9110, section 8.8.1).
func weak(parts ...any) string {
	var b strings.Builder
	b.WriteString(`W/"`)
	for i, p := range parts {
		if i > 0 {
			b.WriteByte('.')
		}
		fmt.Fprint(&b, p)
	}
	b.WriteByte('"')
	return b.String()
}

// strong makes the tag of a changeable resource.
func strong(r tracker.Revision) string { return `"r` + strconv.FormatInt(int64(r), 10) + `"` }

// matches compares as RFC 9110, section 13.1.2 says for If-None-Match: weakly.
func matches(header, tag string) bool {
	bare := strings.TrimPrefix(tag, "W/")
	for more := true; more; {
		var candidate string
		candidate, header, more = strings.Cut(header, ",")
		candidate = strings.TrimSpace(candidate)
		if candidate == "*" || strings.TrimPrefix(candidate, "W/") == bare {
			return true
		}
	}
	return false
}

// isKnown says that the client has this very answer.
func (a answer) isKnown() bool { return a.known != nil && matches(*a.known, a.tag) }

func (a answer) write(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("ETag", a.tag)
	h.Set("Cache-Control", a.keep)
	if a.isKnown() {
		unguard(h)
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	if err := spends(w); err != nil {
		return err
	}
	body, err := a.body()
	if err != nil {
		return err
	}
	if a.next != "" {
		h.Set("Link", nextLink(a.next))
	}
	h.Set("Content-Type", cmp.Or(a.media, "application/json; charset=utf-8"))
	if a.disposition != "" {
		h.Set("Content-Disposition", a.disposition)
	}
	if a.prepared != nil {
		h.Set("Content-Length", strconv.Itoa(len(body)))
		if a.packed {
			h.Set("Content-Encoding", "gzip")
		}
	}
	w.WriteHeader(http.StatusOK)
	_, err = w.Write(body)
	return err
}

func nextLink(address string) string { return "<" + address + `>; rel="next"` }

// body is what is sent, with the end of its last line.
func (a answer) body() ([]byte, error) {
	switch body, ready := a.contents.(encoded); {
	case a.prepared != nil && a.packed:
		return a.prepared.Packed(), nil
	case a.prepared != nil:
		return a.prepared.Plain()
	case ready:
		return append(body, '\n'), nil
	}
	body, err := marshal(a.contents)
	return append(body, '\n'), err
}

// outcome is what comes of an act. Nobody keeps it.
type outcome struct {
	status   int    // 0: 200
	location string // of what was made
	tag      string // of the resource as it is
	keep     string // "": no-store
	cookie   *http.Cookie
	contents any // nil: nothing
}

func (o outcome) write(w http.ResponseWriter) error {
	h := w.Header()
	h.Set("Cache-Control", cmp.Or(o.keep, "no-store"))
	if o.cookie != nil {
		http.SetCookie(w, o.cookie)
	}
	if o.contents == nil {
		w.WriteHeader(cmp.Or(o.status, http.StatusNoContent))
		return nil
	}
	body, err := marshal(o.contents)
	if err != nil {
		return err
	}
	h.Set("Content-Type", "application/json; charset=utf-8")
	if o.location != "" {
		h.Set("Location", o.location)
	}
	if o.tag != "" {
		h.Set("ETag", o.tag)
	}
	w.WriteHeader(cmp.Or(o.status, http.StatusOK))
	_, err = w.Write(append(body, '\n'))
	return err
}

// VisitSetVotingDayResponse and those below make an outcome the response of
// every act.
func (o outcome) VisitSetVotingDayResponse(w http.ResponseWriter) error { return o.write(w) }

func (o outcome) VisitAmendElectionResponse(w http.ResponseWriter) error    { return o.write(w) }
func (o outcome) VisitEnterOccurrenceResponse(w http.ResponseWriter) error  { return o.write(w) }
func (o outcome) VisitAddDocumentResponse(w http.ResponseWriter) error      { return o.write(w) }
func (o outcome) VisitAddPlanResponse(w http.ResponseWriter) error          { return o.write(w) }
func (o outcome) VisitChangePlanResponse(w http.ResponseWriter) error       { return o.write(w) }
func (o outcome) VisitWithdrawPlanResponse(w http.ResponseWriter) error     { return o.write(w) }
func (o outcome) VisitConfirmMilestoneResponse(w http.ResponseWriter) error { return o.write(w) }
func (o outcome) VisitReturnMilestoneResponse(w http.ResponseWriter) error  { return o.write(w) }
func (o outcome) VisitGetSessionResponse(w http.ResponseWriter) error       { return o.write(w) }
func (o outcome) VisitSignInResponse(w http.ResponseWriter) error           { return o.write(w) }
func (o outcome) VisitSignOutResponse(w http.ResponseWriter) error          { return o.write(w) }
func (o outcome) VisitSetUpResponse(w http.ResponseWriter) error            { return o.write(w) }
func (o outcome) VisitLookAtSetUpResponse(w http.ResponseWriter) error      { return o.write(w) }
func (o outcome) VisitGetMeResponse(w http.ResponseWriter) error            { return o.write(w) }
func (o outcome) VisitChangeMeResponse(w http.ResponseWriter) error         { return o.write(w) }
func (o outcome) VisitChangePasswordResponse(w http.ResponseWriter) error   { return o.write(w) }
func (o outcome) VisitListSessionsResponse(w http.ResponseWriter) error     { return o.write(w) }
func (o outcome) VisitEndSessionsResponse(w http.ResponseWriter) error      { return o.write(w) }
func (o outcome) VisitEndSessionResponse(w http.ResponseWriter) error       { return o.write(w) }
func (o outcome) VisitListTokensResponse(w http.ResponseWriter) error       { return o.write(w) }
func (o outcome) VisitMakeTokenResponse(w http.ResponseWriter) error        { return o.write(w) }
func (o outcome) VisitRevokeTokenResponse(w http.ResponseWriter) error      { return o.write(w) }
func (o outcome) VisitGetRemindersResponse(w http.ResponseWriter) error     { return o.write(w) }
func (o outcome) VisitChangeRemindersResponse(w http.ResponseWriter) error  { return o.write(w) }
func (o outcome) VisitSendReminderCodeResponse(w http.ResponseWriter) error { return o.write(w) }
func (o outcome) VisitConfirmRemindersResponse(w http.ResponseWriter) error { return o.write(w) }
func (o outcome) VisitListClientsResponse(w http.ResponseWriter) error      { return o.write(w) }
func (o outcome) VisitListCalendarsResponse(w http.ResponseWriter) error    { return o.write(w) }
func (o outcome) VisitMakeCalendarResponse(w http.ResponseWriter) error     { return o.write(w) }
func (o outcome) VisitRevokeCalendarResponse(w http.ResponseWriter) error   { return o.write(w) }
func (o outcome) VisitListPeopleResponse(w http.ResponseWriter) error       { return o.write(w) }
func (o outcome) VisitAdmitPersonResponse(w http.ResponseWriter) error      { return o.write(w) }
func (o outcome) VisitGrantRoleResponse(w http.ResponseWriter) error        { return o.write(w) }
func (o outcome) VisitEndRoleResponse(w http.ResponseWriter) error          { return o.write(w) }
func (o outcome) VisitChangeUserResponse(w http.ResponseWriter) error       { return o.write(w) }
func (o outcome) VisitDisableUserResponse(w http.ResponseWriter) error      { return o.write(w) }
func (o outcome) VisitRenewSetUpResponse(w http.ResponseWriter) error       { return o.write(w) }

// VisitListElectionsResponse and those below make an answer the response of
// every operation that reads.
func (a answer) VisitListElectionsResponse(w http.ResponseWriter) error { return a.write(w) }

func (a answer) VisitListAmendmentsResponse(w http.ResponseWriter) error  { return a.write(w) }
func (a answer) VisitGetElectionResponse(w http.ResponseWriter) error     { return a.write(w) }
func (a answer) VisitListRulesResponse(w http.ResponseWriter) error       { return a.write(w) }
func (a answer) VisitGetRuleResponse(w http.ResponseWriter) error         { return a.write(w) }
func (a answer) VisitListDocumentsResponse(w http.ResponseWriter) error   { return a.write(w) }
func (a answer) VisitGetDocumentResponse(w http.ResponseWriter) error     { return a.write(w) }
func (a answer) VisitListBodiesResponse(w http.ResponseWriter) error      { return a.write(w) }
func (a answer) VisitGetBodyResponse(w http.ResponseWriter) error         { return a.write(w) }
func (a answer) VisitListPlansResponse(w http.ResponseWriter) error       { return a.write(w) }
func (a answer) VisitGetPlanResponse(w http.ResponseWriter) error         { return a.write(w) }
func (a answer) VisitListStatementsResponse(w http.ResponseWriter) error  { return a.write(w) }
func (a answer) VisitSearchResponse(w http.ResponseWriter) error          { return a.write(w) }
func (a answer) VisitSearchAreasResponse(w http.ResponseWriter) error     { return a.write(w) }
func (a answer) VisitGetAreaResponse(w http.ResponseWriter) error         { return a.write(w) }
func (a answer) VisitListChildrenResponse(w http.ResponseWriter) error    { return a.write(w) }
func (a answer) VisitListVotingDaysResponse(w http.ResponseWriter) error  { return a.write(w) }
func (a answer) VisitListOccurrencesResponse(w http.ResponseWriter) error { return a.write(w) }
func (a answer) VisitGetVotingDayResponse(w http.ResponseWriter) error    { return a.write(w) }
func (a answer) VisitGetTimelineResponse(w http.ResponseWriter) error     { return a.write(w) }
func (a answer) VisitGetMatrixResponse(w http.ResponseWriter) error       { return a.write(w) }
func (a answer) VisitGetCalendarResponse(w http.ResponseWriter) error     { return a.write(w) }
func (a answer) VisitOpenCalendarResponse(w http.ResponseWriter) error    { return a.write(w) }
func (a answer) VisitListDeadlinesResponse(w http.ResponseWriter) error   { return a.write(w) }
func (a answer) VisitListWorkResponse(w http.ResponseWriter) error        { return a.write(w) }
func (a answer) VisitGetComparisonResponse(w http.ResponseWriter) error   { return a.write(w) }
func (a answer) VisitGetMilestoneResponse(w http.ResponseWriter) error    { return a.write(w) }
func (a answer) VisitUpdateMilestoneResponse(w http.ResponseWriter) error { return a.write(w) }
func (a answer) VisitListHistoryResponse(w http.ResponseWriter) error     { return a.write(w) }
func (a answer) VisitGetTaskResponse(w http.ResponseWriter) error         { return a.write(w) }
func (a answer) VisitUpdateTaskResponse(w http.ResponseWriter) error      { return a.write(w) }
func (a answer) VisitGetPersonResponse(w http.ResponseWriter) error       { return a.write(w) }
func (a answer) VisitGetUserResponse(w http.ResponseWriter) error         { return a.write(w) }

// compact writes a day without dashes, for tags.
func compact(d civil.Date) string { return strings.ReplaceAll(d.String(), "-", "") }

// instant is a cut-off as a moment in the zone of the election, or none.
func instant(c civil.Cutoff, zone *time.Location) (time.Time, bool) {
	if c.Clock.IsZero() {
		return time.Time{}, false
	}
	return c.Day.At(c.Clock, zone), true
}
