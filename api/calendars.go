package api

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/export"
	"tiendo/pkg/fault"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
)

// GetCalendar implements GET …/areas/{area}/calendar.ics.
func (s *Server) GetCalendar(ctx context.Context, r GetCalendarRequestObject) (GetCalendarResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	p := &r.Params
	choice, err := calendarChoice(v, i, optional(p.Levels), string(optional(p.Body)), optional(p.Alarm), string(optional(p.Language)), "?")
	if err != nil {
		return nil, err
	}
	return s.calendar(ctx, v, i, s.publicCalendar(originOf(ctx), r.Election, r.Area, &choice), keepFor(keepTimeline(v)), p.IfNoneMatch)
}

// publicCalendar is the calendar that is read at an address of its area.
func (s *Server) publicCalendar(origin, election, place string, c *export.CalendarChoice) calendarRecipe {
	source := origin + "/api/v1/elections/" + url.PathEscape(election) + "/areas/" + url.PathEscape(place) + "/calendar.ics"
	if said := sayChoice(c).Encode(); said != "" {
		source += "?" + said
	}
	return calendarRecipe{choice: *c, origin: origin, source: source, trial: s.trial}
}

// OpenCalendar implements GET /calendars/{address}. Nobody signs in there: the
// address is all that is shown, and it is worth what its owner may read now.
func (s *Server) OpenCalendar(ctx context.Context, r OpenCalendarRequestObject) (OpenCalendarResponseObject, error) {
	secret, named := strings.CutSuffix(r.Address, ".ics")
	if !named {
		return nil, access.CalendarNotFound()
	}
	c, owner, err := s.access.CalendarOf(ctx, access.Secret(secret))
	if err != nil {
		return nil, err
	}
	v, i, err := s.place(c.Election, string(c.Area))
	if fault.KindOf(err) == fault.NotFound || err == nil && owner.Rights(v.Frame().List).May(access.Read, i, nil) != nil {
		err = access.CalendarNotFound()
	}
	if err != nil {
		return nil, err
	}
	choice, err := calendarChoice(v, i, c.Levels, c.Body, c.Alarms, c.Language, "/")
	if err != nil {
		return nil, err
	}
	known, err := s.calendar(ctx, v, i, calendarRecipe{choice: choice, origin: originOf(ctx), trial: s.trial}, revalidated, r.Params.IfNoneMatch)
	if err == nil {
		err = s.access.UsedCalendar(ctx, &c)
	}
	return known, err
}

// calendar answers with a calendar.
func (s *Server) calendar(ctx context.Context, v *mirror.View, i int, r calendarRecipe, keep string, known *IfNoneMatch) (answer, error) {
	r.file = []string{calendarFile(v, i)}
	a, err := s.preparedAnswer(ctx, &asked{view: v, area: i, now: s.now(), kind: kindCalendar, filter: r.view(), keep: keep, known: known}, r)
	if fault.Is(err, "calendar-too-large") {
		err = echo.NewHTTPError(http.StatusBadRequest).SetInternal(err)
	}
	a.media, a.disposition = export.CalendarMedia, r.file[0]
	return a, err
}

// calendarFile is the Content-Disposition of the calendar of the area at index i.
func calendarFile(v *mirror.View, i int) string {
	place := v.Frame().List.At(i)
	return fmt.Sprintf(`inline; filename=%q; filename*=UTF-8''%s`,
		fmt.Sprintf("tiendo-%s-%s.ics", v.Frame().Election.ID, place.Code),
		url.PathEscape(fmt.Sprintf("Lịch bầu cử %s %s.ics", v.Frame().Election.ID, place.Name)))
}

// calendarRecipe is how a calendar is made. It has no day.
type calendarRecipe struct {
	choice         export.CalendarChoice
	origin, source string
	trial          bool
	file           []string // its Content-Disposition
}

// view is what tells it from other calendars of the same area. Of the source it is
// enough whether there is one: the rest of that is the area, the choice and the origin.
func (r calendarRecipe) view() url.Values {
	said := sayChoice(&r.choice)
	said.Set("origin", r.origin)
	if r.source != "" {
		said.Set("public", "")
	}
	return said
}

func (r calendarRecipe) of(v *mirror.View, i int) *export.Calendar {
	return &export.Calendar{View: v, Area: i, CalendarChoice: r.choice, Origin: r.origin, Source: r.source, Trial: r.trial}
}

// calendarForm goes into the tags: another one says that a release writes the same
// milestones otherwise.
const calendarForm = 1

// Tag implements [feed.Recipe]. The rulebook is in it for a release that words a
// rule anew.
func (r calendarRecipe) Tag(v *mirror.View, i int, _ civil.Cutoff) string {
	return weak(kindCalendar, calendarForm, r.of(v, i).Revision(), v.Frame().Rulebook.Digest())
}

// Make implements [feed.Recipe].
func (r calendarRecipe) Make(v *mirror.View, i int, _ civil.Cutoff) (feed.Made, error) {
	var out bytes.Buffer
	err := r.of(v, i).ICS(&out)
	return feed.Made{Body: out.Bytes()}, err
}

// calendarChoice reads what a subscriber of the calendar of the area at index i
// chooses; "" is what is usual. Faults say in the query ("?") or in the body ("/")
// what they are of.
func calendarChoice(v *mirror.View, i int, levels, body, alarms, language, in string) (c export.CalendarChoice, err error) {
	if c.Levels, err = export.ParseLevels(levels, v.Frame().List.At(i).Level); err != nil {
		return c, faultAt(err, in+"levels")
	}
	if body != "" {
		if c.Body, err = statute.ParseBody(body); err != nil {
			return c, err
		}
	}
	if c.Alarms, err = export.ParseAlarms(alarms); err != nil {
		return c, faultAt(err, in+"alarm")
	}
	c.Language, err = export.ParseLanguage(cmp.Or(language, string(export.Vietnamese)))
	return c, err
}

func faultAt(err error, pointer string) error {
	if f, ok := fault.As(err); ok {
		return f.At(pointer)
	}
	return err
}

// sayChoice writes a choice as parameters, in one spelling.
func sayChoice(c *export.CalendarChoice) url.Values {
	said := url.Values{}
	say := func(name, text, unless string) {
		if text != unless {
			said.Set(name, text)
		}
	}
	say("levels", export.FormatLevels(c.Levels), "")
	say("body", c.Body.String(), "")
	say("alarm", export.FormatAlarms(c.Alarms), "")
	say("language", string(c.Language), string(export.Vietnamese))
	return said
}

// ListCalendars implements GET /me/calendars.
func (s *Server) ListCalendars(ctx context.Context, _ ListCalendarsRequestObject) (ListCalendarsResponseObject, error) {
	all, err := s.access.Calendars(ctx, callerOf(ctx).Account.User)
	list := CalendarList{Items: []OwnCalendar{}}
	for k := range all {
		if all[k].Revoked.IsZero() {
			list.Items = append(list.Items, s.ownCalendar(&all[k]))
		}
	}
	return outcome{keep: privately, contents: list}, err
}

// MakeCalendar implements POST /me/calendars.
func (s *Server) MakeCalendar(ctx context.Context, r MakeCalendarRequestObject) (MakeCalendarResponseObject, error) {
	who, b := callerOf(ctx), r.Body
	v, i, err := s.place(b.Election, b.Area)
	if err != nil {
		return nil, err
	}
	choice, err := calendarChoice(v, i, optional(b.Levels), string(optional(b.Body)), optional(b.Alarm), string(optional(b.Language)), "/")
	if err != nil {
		return nil, err
	}
	if err := (calendarRecipe{choice: choice}).of(v, i).Check(); err != nil {
		return nil, err
	}
	made, secret, err := s.access.MakeCalendar(ctx, who.Actor(), access.NewCalendar{
		User: who.Account.User, Name: b.Name,
		CalendarScope: access.CalendarScope{
			Election: b.Election, Edition: v.Frame().List.Edition(), Area: area.Code(b.Area),
			Levels: export.FormatLevels(choice.Levels), Body: choice.Body.String(), Alarms: export.FormatAlarms(choice.Alarms), Language: string(choice.Language),
		},
	})
	if err != nil {
		return nil, err
	}
	return outcome{
		status: http.StatusCreated, keep: privately, location: "/api/v1/me/calendars/" + made.ID,
		contents: CalendarMade{Calendar: s.ownCalendar(&made), Address: originOf(ctx) + "/calendars/" + secret.Reveal() + ".ics"},
	}, nil
}

// RevokeCalendar implements DELETE /me/calendars/{calendar}.
func (s *Server) RevokeCalendar(ctx context.Context, r RevokeCalendarRequestObject) (RevokeCalendarResponseObject, error) {
	who := callerOf(ctx)
	err := s.access.RevokeCalendar(ctx, who.Actor(), who.Account.User, r.Calendar)
	return outcome{status: http.StatusNoContent}, err
}

func (s *Server) ownCalendar(c *access.Calendar) OwnCalendar {
	name, known := s.areaName(c.Edition, c.Area)
	return OwnCalendar{
		Calendar: c.ID, Name: c.Name, Election: c.Election, Area: string(c.Area), AreaName: orNone(name, known),
		Levels: c.Levels, Body: c.Body, Alarm: c.Alarms, Language: Language(c.Language),
		MadeAt: c.Made.In(s.zone), LastUsedAt: s.at(c.Used),
	}
}

type originKey struct{}

// originOf is the scheme and host that a request for a calendar came by: calendars
// hold whole addresses, as programs take no others.
func originOf(ctx context.Context) string {
	origin, _ := ctx.Value(originKey{}).(string)
	return origin
}

// withOrigin tells the operations that write whole addresses where they were asked.
// The host is one that this server answers to ([knownHosts]).
func (s *Server) withOrigin(next StrictHandlerFunc, operation string) StrictHandlerFunc {
	switch operation {
	case "GetCalendar", "OpenCalendar", "MakeCalendar":
	default:
		return next
	}
	return func(c echo.Context, request any) (any, error) {
		r := c.Request()
		c.SetRequest(r.WithContext(context.WithValue(r.Context(), originKey{}, s.origin(r))))
		return next(c, request)
	}
}

// origin is the scheme and host of a request.
func (s *Server) origin(r *http.Request) string {
	scheme := "http"
	if s.proxies.overTLS(r) {
		scheme = "https"
	}
	return scheme + "://" + strings.ToLower(r.Host)
}

// secrets are those of this program, wherever they stand in a path.
var secrets = regexp.MustCompile(`(?i)td[a-z]_[A-Za-z0-9_-]{20,}`)

// withoutSecret is a path as it may be written into logs and answers: the address
// of a private calendar is what proves its reader.
func withoutSecret(path string) string {
	const private = "/calendars/"
	if at := strings.Index(path, private); at >= 0 && strings.Trim(path[:at], "/.") == "" {
		return private + "***"
	}
	if !mayHoldSecret(path) { // nearly all of them
		return path
	}
	return secrets.ReplaceAllString(path, "***")
}

// mayHoldSecret looks for the beginning of a secret.
func mayHoldSecret(path string) bool {
	for at := 3; at < len(path); at++ {
		if path[at] == '_' && path[at-3]|0x20 == 't' && path[at-2]|0x20 == 'd' {
			return true
		}
	}
	return false
}
