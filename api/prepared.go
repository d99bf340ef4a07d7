package api

import (
	"context"
	"net/url"
	"strings"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/civil"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
)

// The kinds of projections.
const (
	kindTimeline   = "timeline"
	kindChanges    = "changes"
	kindMatrix     = "matrix"
	kindDeadlines  = "deadlines"
	kindComparison = "comparison"
	kindArea       = "area"
	kindChildren   = "children"
	kindCalendar   = "calendar"
)

// asked is a request for a projection: of which area of which view, when, with
// which parameters, and what the client has already.
type asked struct {
	view *mirror.View
	area int // index
	now  civil.Cutoff
	kind string
	// filter are the parameters that the bytes depend on, in one spelling; nil: none.
	filter url.Values
	// keep is the Cache-Control.
	keep  string
	known *IfNoneMatch
}

// preparedAnswer answers for a projection. This is the way for all that is the same
// bytes for everybody: the recipe says, without making it, which tag the answer has,
// and how it is made; feed.Prepared makes it once, keeps it compressed, and gives it
// to all who ask until the log has gone over it. In the handler of a projection:
//
//	v, i, err := s.place(r.Election, r.Area)
//	…
//	return s.preparedAnswer(ctx, &asked{view: v, area: i, now: s.now(), kind: "calendar", filter: …, keep: …, known: r.Params.IfNoneMatch},
//		calendarRecipe{s, options})
//
// The recipe must be a function of its arguments and of the filter alone (everything
// that the bytes depend on is in one of them), and its tag must stand for the bytes.
// The operation is marked x-prepared in the contract, so that nothing compresses
// what is compressed already ([Server.packing]).
func (s *Server) preparedAnswer(ctx context.Context, a *asked, r feed.Recipe) (answer, error) {
	f := a.view.Frame()
	entry := s.prepared.Entry(feed.Key{Election: f.Election.ID, Area: f.List.At(a.area).Code, Kind: a.kind, View: a.filter.Encode()}, r)
	known := answer{tag: entry.Tag(a.view, a.area, a.now), keep: a.keep, known: a.known}
	if known.isKnown() {
		return known, nil // nothing is built for a client that has it
	}
	ready, err := entry.Answer(ctx, a.view, a.area, a.now)
	if err != nil {
		return answer{}, err
	}
	known.prepared, known.next, known.packed = ready, ready.Next, takesPacked(ctx)
	return known, nil
}

// made is an answer in JSON, with the end of its line.
func made(body encoded, next string, err error) (feed.Made, error) {
	return feed.Made{Body: append(body, '\n'), Next: next}, err
}

type packedKey struct{}

// takesPacked says that the client takes a prepared answer as it is kept.
func takesPacked(ctx context.Context) bool { return ctx.Value(packedKey{}) != nil }

// takesGzip reads Accept-Encoding as RFC 9110, section 12.5.3 has it, as far as it
// concerns gzip.
func takesGzip(accepted string) bool {
	if accepted == "gzip" || accepted == "gzip, deflate, br, zstd" { // nearly everybody
		return true
	}
	takes := false
	for one := range strings.SplitSeq(accepted, ",") {
		coding, weight, _ := strings.Cut(one, ";")
		switch coding = strings.TrimSpace(coding); {
		case strings.EqualFold(coding, "gzip"), strings.EqualFold(coding, "x-gzip"):
			return !refusing(weight)
		case coding == "*":
			takes = !refusing(weight)
		}
	}
	return takes
}

// refusing is a weight of nothing: q=0, q=0.0 and so on.
func refusing(weight string) bool {
	name, value, said := strings.Cut(strings.TrimSpace(weight), "=")
	return said && strings.EqualFold(strings.TrimSpace(name), "q") && strings.Trim(strings.TrimSpace(value), "0.") == ""
}

// packing compresses answers, and leaves alone those that are prepared.
func (s *Server) packing(compress echo.MiddlewareFunc) echo.MiddlewareFunc {
	ready := map[string]bool{}
	for key, o := range s.operations() {
		ready[key] = o.Extensions["x-prepared"] == true
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		compressed := compress(next)
		return func(c echo.Context) error {
			if !ready[operationKey(c)] {
				return compressed(c)
			}
			c.Response().Header().Add("Vary", "Accept-Encoding")
			if r := c.Request(); takesGzip(strings.Join(r.Header.Values("Accept-Encoding"), ",")) {
				c.SetRequest(r.WithContext(context.WithValue(r.Context(), packedKey{}, true)))
			}
			return next(c)
		}
	}
}
