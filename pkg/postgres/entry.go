package postgres

import (
	"context"
	"encoding/json"

	"github.com/jackc/pgx/v5/pgtype"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

func insertBody(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	b := c.After.Body
	return q.InsertBody(ctx, rows.InsertBodyParams{
		Election: string(c.Election), Key: b.Key, Kind: b.Kind, Form: b.Form, NameVi: b.Name.Vi, NameEn: b.Name.En,
		AreaCode: string(b.Area), SetUpBy: text(b.SetUpBy), HeadOffice: text(b.HeadOffice),
		Source: text(b.Source), Note: text(b.Note), Revision: int64(c.Revision),
	})
}

func insertDocument(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	d := c.After.Document
	return q.InsertDocument(ctx, rows.InsertDocumentParams{
		Election: string(c.Election), Key: d.Key, Number: text(d.Number), Kind: d.Kind, TitleVi: d.Title.Vi, TitleEn: d.Title.En,
		Issuer: text(d.Issuer), IssuedOn: d.IssuedOn, KnownBy: d.KnownBy, AreaCode: string(d.Area), Public: d.Public,
		Implements: list(d.Implements), Source: text(d.Source), Note: text(d.Note), Revision: int64(c.Revision),
	})
}

func insertPlan(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	p := c.After.Plan
	contents, err := json.Marshal(p.Contents)
	if err != nil {
		return err
	}
	if err := q.InsertPlan(ctx, rows.InsertPlanParams{
		Election: string(c.Election), Key: p.Key, AreaCode: string(p.Area), TitleVi: p.Title.Vi, TitleEn: p.Title.En,
		Documents: list(p.Documents), Contents: contents, Source: text(p.Source), Revision: int64(c.Revision),
	}); err != nil {
		return err
	}
	for i := range p.Lines {
		if err := insertPlanLine(ctx, q, c, p, i); err != nil {
			return err
		}
	}
	for r := range p.Records(c.Revision) {
		if err := insertRecord(ctx, q, c.Election, &r); err != nil {
			return err
		}
	}
	return nil
}

// updatePlan does to the plan and its lines what a change of it says; what it
// does to milestones are changes of their own.
func updatePlan(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	was, p := c.Before.Plan, c.After.Plan
	if err := written(q.UpdatePlan(ctx, rows.UpdatePlanParams{
		Election: string(c.Election), Key: p.Key, TitleVi: p.Title.Vi, TitleEn: p.Title.En,
		Documents: list(p.Documents), Revision: int64(c.Revision),
		WithdrawnOn: withdrawal(p.Withdrawn).On, WithdrawnWhy: text(withdrawal(p.Withdrawn).Reason), WithdrawnBy: text(withdrawal(p.Withdrawn).Document),
	})); err != nil {
		return err
	}
	for i := range p.Lines {
		if was.Line(p.Lines[i].Key) == nil {
			if err := insertPlanLine(ctx, q, c, p, i); err != nil {
				return err
			}
		} else if err := updatePlanLine(ctx, q, c.Election, p.Key, &p.Lines[i]); err != nil {
			return err
		}
	}
	return nil
}

func withdrawal(w *tracker.Withdrawal) tracker.Withdrawal {
	if w == nil {
		return tracker.Withdrawal{}
	}
	return *w
}

func withdrawn(on civil.Date, why, by pgtype.Text) *tracker.Withdrawal {
	if on.IsZero() {
		return nil
	}
	return &tracker.Withdrawal{On: on, Reason: why.String, Document: by.String}
}

func insertPlanLine(ctx context.Context, q *rows.Queries, c *tracker.Change, p *tracker.Plan, at int) error {
	l := &p.Lines[at]
	responsible, err := json.Marshal(l.Responsible)
	if err != nil {
		return err
	}
	steps, err := json.Marshal(l.Steps)
	if err != nil {
		return err
	}
	return q.InsertPlanLine(ctx, rows.InsertPlanLineParams{
		Election: string(c.Election), Key: string(l.Key), Plan: p.Key, Position: int32(at), TitleVi: l.Title.Vi, TitleEn: l.Title.En,
		Phase: l.Phase, Nature: l.Nature, Areas: codes(l.Areas), NotBeforeOn: l.NotBefore, LatestOn: l.Latest,
		Elections: list(l.Elections), Responsible: responsible, Bodies: list(l.Bodies), Steps: steps, Silent: l.Silent,
		Document: text(l.Document), Source: text(l.Source), Note: text(l.Note), Entered: int64(c.Revision),
	})
}

func updatePlanLine(ctx context.Context, q *rows.Queries, e tracker.ElectionID, plan string, l *tracker.PlanLine) error {
	responsible, err := json.Marshal(l.Responsible)
	if err != nil {
		return err
	}
	return written(q.UpdatePlanLine(ctx, rows.UpdatePlanLineParams{
		Election: string(e), Key: string(l.Key), Plan: plan, TitleVi: l.Title.Vi, TitleEn: l.Title.En, Phase: l.Phase,
		Areas: codes(l.Areas), NotBeforeOn: l.NotBefore, LatestOn: l.Latest, Responsible: responsible, Note: text(l.Note),
		WithdrawnOn: withdrawal(l.Withdrawn).On, WithdrawnWhy: text(withdrawal(l.Withdrawn).Reason), WithdrawnBy: text(withdrawal(l.Withdrawn).Document),
	}))
}

func codes(areas []area.Code) []string {
	all := make([]string, len(areas))
	for i, code := range areas {
		all[i] = string(code)
	}
	return all
}

func insertStatement(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	s := c.After.Statement
	return q.InsertStatement(ctx, rows.InsertStatementParams{
		Election: string(c.Election), Key: s.Key, AreaCode: string(s.Area), Rules: list(s.Rules), DoneBy: s.DoneBy,
		Document: text(s.Document), Source: text(s.Source), Note: text(s.Note), Revision: int64(c.Revision),
	})
}

func putVotingDay(ctx context.Context, q *rows.Queries, c *tracker.Change) error {
	v := c.After.VotingDay
	return q.PutVotingDay(ctx, rows.PutVotingDayParams{
		Election: string(c.Election), AreaCode: string(v.Area), Day: v.Day, OpensAt: v.Opens, InForce: v.InForce,
		Document: text(v.Document), Confidence: v.Confidence, Source: text(v.Source), Note: text(v.Note), Revision: int64(c.Revision),
	})
}

// votingFor reads the voting days of the areas concerned and of those above.
func votingFor(ctx context.Context, q *rows.Queries, f *tracker.Frame, needs tracker.Needs) (map[area.Code]statute.Voting, error) {
	seen := map[string]bool{}
	for _, code := range codesOf(needs) {
		for i, ok := f.List.Index(area.Code(code)); ok && i >= 0; i = f.List.Parent(i) {
			seen[string(f.List.At(i).Code)] = true
		}
	}
	codes := make([]string, 0, len(seen))
	for code := range seen {
		codes = append(codes, code)
	}
	found, err := q.VotingDaysOf(ctx, string(f.Election.ID), codes)
	if err != nil {
		return nil, err
	}
	voting := make(map[area.Code]statute.Voting, len(found))
	for _, v := range found {
		voting[area.Code(v.AreaCode)] = statute.Voting{Day: v.Day, Opens: v.OpensAt}
	}
	return voting, nil
}

// Bodies reads all bodies, by area and key.
func (s *Store) Bodies(ctx context.Context, e tracker.ElectionID) ([]tracker.Body, error) {
	return bodies(ctx, s.queries(), e)
}

func bodies(ctx context.Context, q *rows.Queries, e tracker.ElectionID) ([]tracker.Body, error) {
	found, err := q.Bodies(ctx, string(e))
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]tracker.Body, len(found))
	for i, b := range found {
		all[i] = tracker.Body{
			Key: b.Key, Kind: b.Kind, Form: b.Form, Name: fault.Text{Vi: b.NameVi, En: b.NameEn}, Area: area.Code(b.AreaCode),
			SetUpBy: b.SetUpBy.String, HeadOffice: b.HeadOffice.String, Source: b.Source.String, Note: b.Note.String,
			Revision: tracker.Revision(b.Revision),
		}
	}
	return all, nil
}

// Documents reads all documents, by day and key.
func (s *Store) Documents(ctx context.Context, e tracker.ElectionID) ([]tracker.Document, error) {
	return documents(ctx, s.queries(), e)
}

func documents(ctx context.Context, q *rows.Queries, e tracker.ElectionID) ([]tracker.Document, error) {
	found, err := q.Documents(ctx, string(e))
	if err != nil {
		return nil, mapped(err)
	}
	return documentsOf(found), nil
}

func documentsOf(found []rows.Document) []tracker.Document {
	all := make([]tracker.Document, len(found))
	for i, d := range found {
		all[i] = tracker.Document{
			Key: d.Key, Number: d.Number.String, Kind: d.Kind, Title: fault.Text{Vi: d.TitleVi, En: d.TitleEn},
			Issuer: d.Issuer.String, IssuedOn: d.IssuedOn, KnownBy: d.KnownBy, Area: area.Code(d.AreaCode), Public: d.Public,
			Implements: some(d.Implements), Source: d.Source.String, Note: d.Note.String, Revision: tracker.Revision(d.Revision),
		}
	}
	return all
}

// plansByKey reads all plans. Behind the lock of the election, so that what
// another act has just entered is seen.
func plansByKey(ctx context.Context, q *rows.Queries, e tracker.ElectionID) (map[string]tracker.Plan, error) {
	all, err := plans(ctx, q, e)
	found := make(map[string]tracker.Plan, len(all))
	for _, p := range all {
		found[p.Key] = p
	}
	return found, err
}

// Plans reads all local plans with their lines, by key.
func (s *Store) Plans(ctx context.Context, e tracker.ElectionID) ([]tracker.Plan, error) {
	return plans(ctx, s.queries(), e)
}

func plans(ctx context.Context, q *rows.Queries, e tracker.ElectionID) ([]tracker.Plan, error) {
	found, err := q.Plans(ctx, string(e))
	if err != nil {
		return nil, mapped(err)
	}
	lines, err := q.PlanLines(ctx, string(e))
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]tracker.Plan, len(found))
	at := map[string]int{}
	for i, p := range found {
		all[i] = tracker.Plan{
			Key: p.Key, Area: area.Code(p.AreaCode), Title: fault.Text{Vi: p.TitleVi, En: p.TitleEn}, Documents: some(p.Documents),
			Source: p.Source.String, Revision: tracker.Revision(p.Revision), Entered: tracker.Revision(p.Entered),
			Withdrawn: withdrawn(p.WithdrawnOn, p.WithdrawnWhy, p.WithdrawnBy),
		}
		if err := json.Unmarshal(p.Contents, &all[i].Contents); err != nil {
			return nil, err
		}
		at[p.Key] = i
	}
	for i := range lines {
		line, err := lineOf(&lines[i])
		if err != nil {
			return nil, err
		}
		p := &all[at[lines[i].Plan]]
		p.Lines = append(p.Lines, line)
	}
	return all, nil
}

func lineOf(l *rows.PlanLine) (tracker.PlanLine, error) {
	line := tracker.PlanLine{
		Key: tracker.MilestoneKey(l.Key), Title: fault.Text{Vi: l.TitleVi, En: l.TitleEn}, Phase: l.Phase, Nature: l.Nature,
		NotBefore: l.NotBeforeOn, Latest: l.LatestOn, Elections: some(l.Elections), Bodies: some(l.Bodies), Silent: l.Silent,
		Document: l.Document.String, Source: l.Source.String, Note: l.Note.String, Entered: tracker.Revision(l.Entered),
		Withdrawn: withdrawn(l.WithdrawnOn, l.WithdrawnWhy, l.WithdrawnBy),
	}
	for _, code := range l.Areas {
		line.Areas = append(line.Areas, area.Code(code))
	}
	if err := json.Unmarshal(l.Responsible, &line.Responsible); err != nil {
		return line, err
	}
	return line, json.Unmarshal(l.Steps, &line.Steps)
}

// Statements reads all statements, by key.
func (s *Store) Statements(ctx context.Context, e tracker.ElectionID) ([]tracker.Statement, error) {
	found, err := s.queries().Statements(ctx, string(e))
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]tracker.Statement, len(found))
	for i, r := range found {
		all[i] = tracker.Statement{
			Key: r.Key, Area: area.Code(r.AreaCode), Rules: some(r.Rules), DoneBy: r.DoneBy, Document: r.Document.String,
			Source: r.Source.String, Note: r.Note.String, Revision: tracker.Revision(r.Revision),
		}
	}
	return all, nil
}

func votingDays(ctx context.Context, q *rows.Queries, e tracker.ElectionID) ([]tracker.VotingDay, error) {
	found, err := q.VotingDays(ctx, string(e))
	if err != nil {
		return nil, mapped(err)
	}
	return votingDaysOf(found), nil
}

// VotingDayRevision is when it was last decided on which day an area votes; 0
// when it never was.
func (s *Store) VotingDayRevision(ctx context.Context, e tracker.ElectionID, code area.Code) (tracker.Revision, error) {
	found, err := s.queries().VotingDaysDecided(ctx, string(e), []string{string(code)})
	if err != nil || len(found) == 0 {
		return 0, mapped(err)
	}
	return tracker.Revision(found[0].Revision), nil
}

func votingDaysOf(found []rows.VotingDay) []tracker.VotingDay {
	all := make([]tracker.VotingDay, len(found))
	for i, v := range found {
		all[i] = tracker.VotingDay{
			Area: area.Code(v.AreaCode), Day: v.Day, Opens: v.OpensAt, InForce: v.InForce, Document: v.Document.String,
			Confidence: v.Confidence, Source: v.Source.String, Note: v.Note.String, Revision: tracker.Revision(v.Revision),
		}
	}
	return all
}
