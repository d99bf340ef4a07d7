package api

import (
	"context"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// ListVotingDays implements GET /elections/{election}/voting-days.
func (s *Server) ListVotingDays(ctx context.Context, r ListVotingDaysRequestObject) (ListVotingDaysResponseObject, error) {
	v, err := s.view(r.Election)
	if err != nil {
		return nil, err
	}
	papers, err := s.papers(ctx, v)
	if err != nil {
		return nil, err
	}
	list := VotingDayList{Items: each(v.VotingDays(), func(d tracker.VotingDay) VotingDay { return votingDayOf(v, d, papers) })}
	return answer{tag: weak("voting-days", v.VotingRevision()), keep: keepFor(60), known: r.Params.IfNoneMatch, contents: list}, nil
}

// GetVotingDay implements GET …/areas/{area}/voting-day.
func (s *Server) GetVotingDay(ctx context.Context, r GetVotingDayRequestObject) (GetVotingDayResponseObject, error) {
	v, _, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	d, decided := v.VotingDay(area.Code(r.Area))
	if !decided {
		return nil, fault.New(fault.NotFound, "voting-day-not-found",
			"Đơn vị %s không có ngày bỏ phiếu riêng; ngày bỏ phiếu của đơn vị ở …/areas/%[1]s",
			"Area %s has no voting day of its own; the day on which it votes is at …/areas/%[1]s", r.Area)
	}
	papers, err := s.papers(ctx, v)
	if err != nil {
		return nil, err
	}
	return answer{tag: strong(d.Revision), keep: revalidated, known: r.Params.IfNoneMatch, contents: votingDayOf(v, d, papers)}, nil
}

// SetVotingDay implements PUT …/areas/{area}/voting-day.
func (s *Server) SetVotingDay(ctx context.Context, r SetVotingDayRequestObject) (SetVotingDayResponseObject, error) {
	v, _, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	command, err := votingDayCommand(area.Code(r.Area), r.Body)
	if err != nil {
		return nil, err
	}
	command.DryRun = isTrue(r.Params.DryRun)
	if r.Params.IfMatch != nil {
		if command.If, err = ifMatch(r.Params.IfMatch); err != nil {
			return nil, err
		}
	}
	e, err := s.tracker.SetVotingDay(ctx, v.Frame().Election.ID, actorOf(ctx), command)
	if err != nil {
		return nil, err
	}
	return outcome{contents: s.effect(v, e)}, nil
}

func votingDayCommand(code area.Code, b *VotingDayPut) (tracker.VotingDayCommand, error) {
	c := tracker.VotingDayCommand{
		Area: code, Withdraw: b.InForce != nil && !*b.InForce, Document: documentChoice(b.Document, b.NewDocument), Reason: given(b.Reason),
	}
	switch {
	case b.Day != nil:
		c.Day = civil.Of(b.Day.Time, b.Day.Location())
	case !c.Withdraw:
		return c, fault.New(fault.Invalid, "voting-day-missing",
			"Cần ngày bỏ phiếu (day); để rút ngày bỏ phiếu riêng, gửi in_force là false", "The voting day is needed (day); to withdraw it send in_force as false").At("/day")
	}
	var err error
	if opens := given(b.Opens); opens != "" {
		c.Opens, err = civil.ParseClock(opens) // the contract's pattern lets nothing else through
	}
	return c, err
}

// documentChoice reads which document an act rests on.
func documentChoice(key nullable.Nullable[string], fresh nullable.Nullable[NewDocument]) tracker.DocumentChoice {
	c := tracker.DocumentChoice{Key: given(key)}
	if d, err := fresh.Get(); err == nil {
		c.New = &tracker.NewDocument{
			Number: strings.TrimSpace(d.Number), Title: strings.TrimSpace(d.Title), IssuedOn: civil.Of(d.IssuedOn.Time, d.IssuedOn.Location()),
		}
		if d.Kind != nil {
			c.New.Kind = string(*d.Kind)
		}
	}
	return c
}

// given is a text that was sent; none, and null, are empty.
func given(n nullable.Nullable[string]) string {
	text, err := n.Get()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(text)
}

func isTrue(b *bool) bool { return b != nil && *b }

// papers are what entries of an election name: public documents by their keys,
// and the addresses of sources.
type papers struct {
	documents map[string]tracker.Document
	addresses map[string]string
}

func (s *Server) papers(ctx context.Context, v *mirror.View) (papers, error) {
	addresses, err := s.addresses(ctx, v.Frame().Election.ID)
	p := papers{documents: map[string]tracker.Document{}, addresses: addresses}
	for _, d := range v.Papers().Documents {
		if d.Public {
			p.documents[d.Key] = d
		}
	}
	return p, err
}

func votingDayOf(v *mirror.View, d tracker.VotingDay, p papers) VotingDay {
	document := p.documents[d.Document]
	return VotingDay{
		Area: string(d.Area), AreaName: Names{List: v.Frame().List}.area(d.Area), Day: d.Day, Opens: orNone(d.Opens.String(), !d.Opens.IsZero()),
		InForce: d.InForce, Doubtful: d.Doubtful(), Document: words(document.Key), Confidence: VotingDayConfidence(d.Confidence),
		DocumentNumber: words(document.Number), DocumentIssuedOn: day(document.IssuedOn),
		Source: source(p.addresses, d.Source), Note: words(d.Note), Revision: int64(d.Revision),
	}
}

// currentVotingDay is a voting day as it is now, for whoever was too late.
func (s *Server) currentVotingDay(c echo.Context, now tracker.VotingDay) *map[string]any {
	v, _, err := s.place(c.Param("election"), c.Param("area"))
	if err != nil {
		return nil
	}
	papers, err := s.papers(c.Request().Context(), v)
	if err != nil {
		return nil
	}
	return fields(votingDayOf(v, now, papers))
}
