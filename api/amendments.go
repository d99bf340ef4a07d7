package api

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// ListAmendments implements GET /elections/{election}/amendments.
func (s *Server) ListAmendments(ctx context.Context, r ListAmendmentsRequestObject) (ListAmendmentsResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	changes, err := s.store.Amendments(ctx, v.Frame().Election.ID)
	if err != nil {
		return nil, err
	}
	list := AmendmentList{
		Revision: int64(v.StateRevision()), Present: standOf(v.Frame().Election),
		Items: each(changes, func(c tracker.Change) Amendment {
			return Amendment{
				Revision: int64(c.Revision), RecordedAt: c.Recorded.In(s.zone), HappenedOn: c.Happened, Reason: c.Reason,
				Before: standOf(c.Before.Election.Election), After: standOf(c.After.Election.Election), Document: words(c.After.Amendment.Document),
			}
		}),
	}
	return answer{tag: strong(v.StateRevision()), keep: revalidated, known: r.Params.IfNoneMatch, contents: list}, nil
}

func standOf(e tracker.Election) Stand {
	return Stand{ElectionDay: e.Day, RulebookVersion: e.RulebookVersion}
}

// AmendElection implements POST /elections/{election}/amendments.
func (s *Server) AmendElection(ctx context.Context, r AmendElectionRequestObject) (AmendElectionResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	command, dryRun := amendCommand(r.Body), isTrue(r.Params.DryRun)
	if r.Params.IfMatch != nil || !dryRun {
		if command.If, err = ifMatch(r.Params.IfMatch); err != nil {
			return nil, err
		}
	}
	for name, p := range map[string]*string{"area": r.Params.Area, "after": r.Params.After} {
		if p != nil && !dryRun {
			return nil, onlyOfDryRun(name)
		}
	}
	if err := s.may(ctx, access.Administer, v, 0); err != nil {
		return nil, err
	}
	within := area.Nation
	if r.Params.Area != nil {
		within = area.Code(*r.Params.Area)
	}
	var after area.Code
	if r.Params.After != nil {
		after = area.Code(*r.Params.After)
	}
	t, err := tracker.NewTally(v.Frame().List, after, mostChanges)
	if err != nil {
		return nil, err
	}
	e := v.Frame().Election.ID
	if dryRun {
		am, err := s.tracker.PreviewAmendment(ctx, e, actorOf(ctx), command, within, t.Area)
		if err != nil {
			return nil, err
		}
		c := am.Change()
		t.Change(&c)
		return outcome{tag: strong(v.StateRevision()), contents: s.amendmentEffect(v, &c, am.After.Rulebook, t, true)}, nil
	}
	// Whoever asked may go away; what takes seconds is not left half way for that.
	c, err := s.tracker.Amend(context.WithoutCancel(ctx), e, actorOf(ctx), command, t.Area)
	if err != nil {
		return nil, err
	}
	t.Change(&c)
	if v, err = s.view(r.Election); err != nil {
		return nil, err
	}
	return outcome{tag: strong(c.Revision), contents: s.amendmentEffect(v, &c, v.Frame().Rulebook, t, false)}, nil
}

// patience with an amendment of the whole country, a batch or a table of as much,
// which take longer than any other answer may; a table also takes its time to arrive.
const patience = 10 * time.Minute

// patient lets these be answered after the time that others have.
func patient(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		path := c.Path()
		if c.Request().Method == http.MethodPost &&
			(strings.HasSuffix(path, "/amendments") || strings.HasSuffix(path, "/batches") || strings.Contains(path, "/imports/")) {
			// What cannot set it has no limit either.
			_ = http.NewResponseController(c.Response()).SetWriteDeadline(time.Now().Add(patience))
		}
		return next(c)
	}
}

func onlyOfDryRun(name string) error {
	return fault.New(fault.Invalid, "preview-only",
		"Tham số %s chỉ dùng khi xem trước (dry_run=true); sửa đổi luôn áp dụng cho cả nước",
		"Parameter %s is only of a preview (dry_run=true); an amendment is always of the whole country", name).At("?" + name)
}

func amendCommand(b *AmendmentPost) tracker.AmendCommand {
	c := tracker.AmendCommand{Reason: b.Reason}
	if b.ElectionDay != nil {
		c.Day = civil.Of(b.ElectionDay.Time, b.ElectionDay.Location())
	}
	if b.RulebookVersion != nil {
		c.Version = *b.RulebookVersion
	}
	if b.Document != nil {
		c.Document = *b.Document
	}
	return c
}

// amendmentEffect is what an amendment comes to. book is the rulebook after it,
// which titles what is new.
func (s *Server) amendmentEffect(v *mirror.View, c *tracker.Change, book *statute.Rulebook, t *tracker.Tally, dryRun bool) AmendmentEffect {
	return AmendmentEffectOf(c, t, s.names(v).by(book), dryRun)
}

// by names milestones by a rulebook first.
func (n Names) by(book *statute.Rulebook) Names {
	otherwise := n.Title
	n.Title = func(key tracker.MilestoneKey) (fault.Text, bool) {
		if rule, err := book.Rule(statute.RuleKey(key)); err == nil {
			return rule.Title, true
		}
		return otherwise(key)
	}
	return n
}

// AmendmentEffectOf writes what an amendment comes to as the contract does, for
// whoever answers with it: the server, or a command with --json.
func AmendmentEffectOf(c *tracker.Change, t *tracker.Tally, n Names, dryRun bool) AmendmentEffect {
	e := EffectOf(tracker.Effect{DryRun: dryRun, Conflicts: t.Doubts}, n)
	e.Revision, e.Total, e.Truncated = orNone(int64(c.Revision), !dryRun), t.Total, t.Next != ""
	e.Changes = each(t.Listed, func(c tracker.Change) EffectChange { return n.change(&c) })
	e.ByKind = each(slices.Sorted(maps.Keys(t.ByKind)), func(k tracker.Kind) KindCount {
		return KindCount{Kind: string(k), Count: t.ByKind[k]}
	})
	e.ConflictsTotal = 0
	byConflict := each(slices.Sorted(maps.Keys(t.Conflicts)), func(code string) KindCount {
		e.ConflictsTotal += t.Conflicts[code]
		return KindCount{Kind: code, Count: t.Conflicts[code]}
	})
	return AmendmentEffect{
		Before: standOf(c.Before.Election.Election), After: standOf(c.After.Election.Election), Effect: e,
		ByRule: each(t.Rules(), func(key tracker.MilestoneKey) RuleCount {
			return RuleCount{Key: string(key), Title: both(n.title(key)), Count: t.ByRule[key]}
		}),
		ByProvince: each(t.Areas(), func(code area.Code) AreaCount {
			return AreaCount{Area: string(code), AreaName: n.area(code), Count: t.ByArea[code]}
		}),
		ByConflict: byConflict, Next: words(string(t.Next)),
	}
}
