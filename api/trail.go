package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

const trailPage = 50

// ListTrail implements GET …/areas/{area}/trail.
func (s *Server) ListTrail(ctx context.Context, r ListTrailRequestObject) (ListTrailResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	p, e := &r.Params, v.Frame().Election.ID
	asked := url.Values{}
	q, err := s.trailQuery(p, asked)
	if err != nil {
		return nil, err
	}
	led := callerOf(ctx).Rights(v.Frame().List).Territory(access.Lead)
	q.Areas = codesIn(v.Frame().List, led, i, isFurther(p.Branch, asked))
	if len(q.Areas) == v.Frame().List.Len() {
		q.Areas = nil // the whole country
	}
	head, err := s.store.Head(ctx, e)
	if err != nil {
		return nil, err
	}
	out := answer{
		tag: weak(head.Revision, s.form(ctx), v.Frame().Rulebook.Digest()), keep: revalidated, known: p.IfNoneMatch,
	}
	if out.isKnown() {
		return out, nil
	}
	limit := pageOf(p.Limit, asked)
	q.Limit = limit + 1
	found, err := s.store.Trail(ctx, e, q, tracker.ReaderIn(led))
	if err != nil {
		return nil, err
	}
	body := Trail{Revision: int64(head.Revision), Items: []TrailChange{}, HasMore: len(found) > limit}
	names, numbers := s.names(v), numbersOf(v.Papers())
	for k := range found[:min(limit, len(found))] {
		c, err := s.trailChange(v, &names, numbers, &found[k])
		if err != nil {
			return nil, err
		}
		body.Items = append(body.Items, c)
	}
	if body.HasMore {
		out.next = trailAddress(r.Election, r.Area, "trail", asked, int64(found[limit-1].Revision))
	}
	body.Next = words(out.next)
	out.contents = body
	return out, nil
}

// trailQuery reads what is asked for, and repeats it for the next page.
func (s *Server) trailQuery(p *ListTrailParams, asked url.Values) (*tracker.TrailQuery, error) {
	q := &tracker.TrailQuery{
		Person: said(p.Person, "person", asked), Task: tracker.TaskKey(said(p.Task, "task", asked)),
		Kind: tracker.Kind(said(p.Kind, "kind", asked)), Before: tracker.Revision(optional(p.Before)),
	}
	if name := said(p.Milestone, "milestone", asked); name != "" {
		id, err := tracker.ParseName("", name)
		if err != nil {
			return nil, fault.New(fault.Invalid, "milestone-unreadable",
				"Không đọc được mã mốc %q; viết khóa của mốc, như consult1_pc_district hoặc annul_and_re_vote.1",
				"%q is no milestone; write its key, such as consult1_pc_district or annul_and_re_vote.1", name).At("?milestone")
		}
		q.Milestone, q.Occurrence = id.Key, id.Occurrence
	}
	var err error
	q.From, q.To, err = s.recorded(dayAsked(p.From), dayAsked(p.To), asked)
	return q, err
}

func said(p *string, name string, asked url.Values) string {
	text := optional(p)
	if text != "" {
		asked.Set(name, text)
	}
	return text
}

// recorded are the moments between which two days lie, the last one as a whole.
func (s *Server) recorded(first, last civil.Date, asked url.Values) (from, to time.Time, err error) {
	if !first.IsZero() {
		asked.Set("from", first.String())
		from = first.At(civil.Clock{}, s.zone)
	}
	if !last.IsZero() {
		asked.Set("to", last.String())
		to = last.Add(1).At(civil.Clock{}, s.zone)
	}
	if !last.IsZero() && last.Before(first) {
		err = fault.New(fault.Invalid, "span-reversed",
			"Ngày cuối %s đứng trước ngày đầu %s; đổi chỗ hai ngày", "The last day %s is before the first, %s; swap them",
			last.Vietnamese(), first.Vietnamese()).At("?to")
	}
	return from, to, err
}

// isFurther says whether what lies below is asked for as well: it is, unless
// refused.
func isFurther(branch *bool, asked url.Values) bool {
	if branch == nil || *branch {
		return true
	}
	asked.Set("branch", "false")
	return false
}

func pageOf(limit *int, asked url.Values) int {
	if limit == nil {
		return trailPage
	}
	asked.Set("limit", strconv.Itoa(*limit))
	return *limit
}

func trailAddress(e ElectionID, code AreaCode, which string, asked url.Values, before int64) string {
	asked.Set("before", strconv.FormatInt(before, 10))
	return "/api/v1/elections/" + url.PathEscape(e) + "/areas/" + url.PathEscape(code) + "/" + which + "?" + asked.Encode()
}

// codesIn are the places of a territory that are the one at index i or, with
// branch, lie below it.
func codesIn(list *area.List, t area.Territory, i int, branch bool) []area.Code {
	end := i + 1
	if branch {
		_, end = list.Descendants(i)
	}
	codes := []area.Code{}
	for _, s := range t.Stretches() {
		for k := max(i, s.First); k < min(end, s.End); k++ {
			codes = append(codes, list.At(k).Code)
		}
	}
	return codes
}

// numbersOf are the numbers of an election's documents, by their keys.
func numbersOf(p *mirror.Papers) map[string]string {
	all := make(map[string]string, len(p.Documents))
	for k := range p.Documents {
		all[p.Documents[k].Key] = p.Documents[k].Number
	}
	return all
}

// trailChange shows an entry of the log to who leads where it was made. What a
// note said is no part of it: that may have been taken back.
func (s *Server) trailChange(v *mirror.View, names *Names, numbers map[string]string, c *tracker.Change) (TrailChange, error) {
	before, err := stateOf(trailState(c.Before))
	if err != nil {
		return TrailChange{}, err
	}
	after, err := stateOf(trailState(c.After))
	out := TrailChange{
		Revision: int64(c.Revision), Cause: int64(c.Cause), Kind: string(c.Kind),
		Area: string(c.Milestone.Area), AreaName: names.area(c.Milestone.Area),
		Milestone: orNone(c.Milestone.Name(), c.Milestone.Key != ""), Nature: words(""), MilestoneTitle: bothOrNone(fault.Text{}),
		Task: words(string(c.Task)), TaskTitle: bothOrNone(fault.Text{}), SubjectTitle: bothOrNone(subjectOf(c)),
		User: c.Actor.ID, Actor: c.Actor.Name, RecordedAt: c.Recorded.In(s.zone), HappenedOn: c.Happened, Reason: words(c.Reason),
		DocumentNumber: words(numberOf(c, numbers)), Before: before, After: after, Tag: tagOf(c),
	}
	if o, ok := v.OriginOf(c.Milestone.Key); ok && c.Milestone.Key != "" {
		out.MilestoneTitle, out.Nature = bothOrNone(o.Title), words(o.Nature.String())
		out.TaskTitle = bothOrNone(taskTitle(o, c))
	}
	return out, err
}

// trailState is what is worth reading of a state beside its titles.
func trailState(s tracker.State) tracker.State {
	return tracker.State{Task: s.Task, Milestone: s.Milestone, VotingDay: s.VotingDay}
}

// taskTitle is what a task was called: in the log where staff called it so.
func taskTitle(o *mirror.Origin, c *tracker.Change) fault.Text {
	for _, s := range []*tracker.TaskState{c.After.Task, c.Before.Task} {
		if s != nil && s.Title != (fault.Text{}) {
			return s.Title
		}
	}
	switch {
	case c.Task == "" || c.Task == statute.OnlyStep:
	case o.Rule != nil:
		for _, step := range o.Rule.Steps() {
			if tracker.TaskKey(step.Key) == c.Task {
				return step.Title
			}
		}
	case o.Line != nil:
		for _, step := range o.Line.Steps {
			if step.Key == c.Task {
				return step.Title
			}
		}
	}
	return fault.Text{}
}

// subjectOf is the title of what was entered, changed or withdrawn.
func subjectOf(c *tracker.Change) fault.Text {
	for _, s := range []*tracker.State{&c.After, &c.Before} {
		switch {
		case s.Document != nil:
			return s.Document.Title
		case s.Plan != nil:
			return s.Plan.Title
		case s.Body != nil:
			return s.Body.Name
		}
	}
	return fault.Text{}
}

// numberOf is the number of the document that a change enters or names.
func numberOf(c *tracker.Change, numbers map[string]string) string {
	a := &c.After
	switch {
	case a.Document != nil:
		return a.Document.Number
	case a.Task != nil && a.Task.Number != "":
		return a.Task.Number
	case a.Task != nil:
		return numbers[a.Task.Document]
	case a.Withdrawal != nil:
		return numbers[a.Withdrawal.Document]
	case a.VotingDay != nil:
		return numbers[a.VotingDay.Document]
	}
	return ""
}

// ListAccountTrail implements GET …/areas/{area}/trail/accounts.
func (s *Server) ListAccountTrail(ctx context.Context, r ListAccountTrailRequestObject) (ListAccountTrailResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	p, asked := &r.Params, url.Values{}
	list := v.Frame().List
	led := callerOf(ctx).Rights(list).Territory(access.Lead)
	q := &access.TrailQuery{
		Edition: list.Edition(), Person: said(p.Person, "person", asked), Kind: access.Kind(said(p.Kind, "kind", asked)),
		Before: access.Revision(optional(p.Before)), Areas: codesIn(list, led, i, isFurther(p.Branch, asked)),
	}
	if q.From, q.To, err = s.recorded(dayAsked(p.From), dayAsked(p.To), asked); err != nil {
		return nil, err
	}
	limit := pageOf(p.Limit, asked)
	q.Limit = limit + 1
	found, err := s.access.Trail(ctx, q)
	if err != nil {
		return nil, err
	}
	body := AccountTrail{Items: []AccountEvent{}, HasMore: len(found) > limit}
	names := s.names(v)
	for k := range found[:min(limit, len(found))] {
		body.Items = append(body.Items, s.accountEvent(&names, &found[k]))
	}
	out := answer{keep: revalidated, known: p.IfNoneMatch}
	if body.HasMore {
		out.next = trailAddress(r.Election, r.Area, "trail/accounts", asked, int64(found[limit-1].Revision))
	}
	body.Next = words(out.next)
	// Names are those of today, so that no revision of the log is a tag.
	written, err := marshal(body)
	sum := sha256.Sum256(written)
	out.tag, out.contents = weak(hex.EncodeToString(sum[:12])), encoded(written)
	return out, err
}

func (s *Server) accountEvent(names *Names, e *access.NamedEvent) AccountEvent {
	out := AccountEvent{
		Revision: int64(e.Revision), Kind: string(e.Kind), User: string(e.User), Name: e.Name, Area: words(string(e.Area)),
		AreaName: nullable.NewNullNullable[Text](), RoleBefore: roleIn(e.Before), Role: roleIn(e.After),
		By: e.Actor.ID(), Actor: e.Actor.Name, RecordedAt: e.Recorded.In(s.zone),
	}
	if e.Area != "" {
		out.AreaName = nullable.NewNullableWithValue(names.area(e.Area))
	}
	return out
}

func roleIn(d access.Detail) nullable.Nullable[Role] {
	if d.Role == nil {
		return nullable.NewNullNullable[Role]()
	}
	return nullable.NewNullableWithValue(Role(d.Role.String()))
}

// ListDayHeads implements GET …/trail/heads.
func (s *Server) ListDayHeads(ctx context.Context, r ListDayHeadsRequestObject) (ListDayHeadsResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	e := v.Frame().Election.ID
	head, err := s.store.Head(ctx, e)
	if err != nil {
		return nil, err
	}
	out := answer{tag: weak(head.Revision), keep: revalidated, known: r.Params.IfNoneMatch}
	if out.isKnown() {
		return out, nil
	}
	found, err := s.store.DayHeads(ctx, e, s.zone)
	body := DayHeadList{Items: []DayHead{}}
	for _, h := range found {
		hash := hex.EncodeToString(h.Hash[:])
		body.Items = append(body.Items, DayHead{
			Day: civil.Of(h.Recorded, s.zone), Revision: int64(h.Revision), Hash: hash,
			Known: string(e) + ":" + strconv.FormatInt(int64(h.Revision), 10) + ":" + hash,
		})
	}
	out.contents = body
	return out, err
}

// VisitListTrailResponse and those below make an answer the response of what is
// about the trail.
func (a answer) VisitListTrailResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitListAccountTrailResponse writes events of accounts.
func (a answer) VisitListAccountTrailResponse(w http.ResponseWriter) error { return a.write(w) }

// VisitListDayHeadsResponse writes heads.
func (a answer) VisitListDayHeadsResponse(w http.ResponseWriter) error { return a.write(w) }
