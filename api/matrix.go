package api

import (
	"context"
	"net/url"
	"strconv"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/feed"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
)

// GetMatrix implements GET …/areas/{area}/matrix.
func (s *Server) GetMatrix(ctx context.Context, r GetMatrixRequestObject) (GetMatrixResponseObject, error) {
	v, i, err := s.place(r.Election, r.Area)
	if err != nil {
		return nil, err
	}
	now := s.now()
	o, err := matrixOptions(&r.Params, now.Day)
	if err != nil {
		return nil, err
	}
	open, err := openPhases(v, r.Params.Open)
	if err != nil {
		return nil, err
	}
	o.Open = open.keys
	return s.preparedAnswer(ctx, &asked{
		view: v, area: i, now: now, kind: kindMatrix, filter: matrixAsked(&r.Params, open), keep: keepFor(keepTimeline(v)), known: r.Params.IfNoneMatch,
	}, matrixRecipe{s, o, open})
}

// matrixRecipe is how a matrix is made.
type matrixRecipe struct {
	*Server
	timeline.MatrixOptions
	open opened
}

// Tag implements [feed.Recipe].
func (r matrixRecipe) Tag(v *mirror.View, i int, now civil.Cutoff) string {
	return weak(timeline.MatrixRevision(v, i), compact(now.Day), timeline.MatrixTurn(v, i, now).Minutes(), r.open.tag())
}

// Make implements [feed.Recipe].
func (r matrixRecipe) Make(v *mirror.View, i int, now civil.Cutoff) (feed.Made, error) {
	m, err := timeline.BuildMatrix(v, i, now, r.MatrixOptions)
	if err != nil {
		return feed.Made{}, err
	}
	var follows *string
	if r.AsOf.IsZero() {
		if follows, err = follow(v, i).snapshotToken(m.Revision, now.Day, timeline.MatrixTurn(v, i, now)); err != nil {
			return feed.Made{}, err
		}
	}
	body, err := r.encodeMatrix(v, i, m, follows)
	return made(body, "", err)
}

// matrixAsked is all that the bytes depend on, in one spelling.
func matrixAsked(p *GetMatrixParams, open opened) url.Values {
	asked := url.Values{}
	if p.AsOf != nil {
		asked.Set("as_of", dayAsked(p.AsOf).String())
	}
	if p.Body != nil {
		asked.Set("body", string(*p.Body))
	}
	if p.Serves != nil {
		asked.Set("serves", string(*p.Serves))
	}
	if p.State != nil {
		asked.Set("state", string(*p.State))
	}
	if p.Sort != nil && *p.Sort == MatrixSortLateness {
		asked.Set("sort", string(*p.Sort))
	}
	if open.keys != nil {
		asked.Set("open", open.tag())
	}
	return asked
}

func matrixOptions(p *GetMatrixParams, today civil.Date) (o timeline.MatrixOptions, err error) {
	o.AsOf = dayAsked(p.AsOf)
	if err := notInTheFuture(o.AsOf, today); err != nil {
		return o, err
	}
	if p.Body != nil {
		if o.Body, err = statute.ParseBody(string(*p.Body)); err != nil {
			return o, err
		}
	}
	if p.Serves != nil {
		if o.Serves, err = statute.ParseAssembly(string(*p.Serves)); err != nil {
			return o, err
		}
	}
	if p.State != nil {
		if o.State, err = timeline.ParseMatrixState(string(*p.State)); err != nil {
			return o, err
		}
	}
	o.Lateness = p.Sort != nil && *p.Sort == MatrixSortLateness
	return o, nil
}

// notInTheFuture refuses to look back at a day that is still to come.
func notInTheFuture(asOf, today civil.Date) error {
	if !asOf.After(today) {
		return nil
	}
	return toCome("?as_of", asOf, today)
}

// toCome refuses a day that a parameter names and that has not come.
func toCome(parameter string, day, today civil.Date) error {
	return fault.New(fault.Invalid, "as-of-in-the-future",
		"Ngày xem lại %s chưa đến (hôm nay là %s)", "The day looked at, %s, is in the future; today is %s",
		day.Vietnamese(), today.Vietnamese()).At(parameter)
}

// matrixHead is [Matrix] without its columns.
type matrixHead struct {
	Election         ElectionRef   `json:"election"`
	Area             Area          `json:"area"`
	Today            Day           `json:"today"`
	Day              Day           `json:"day"`
	AsOf             civil.Date    `json:"as_of"`
	Revision         int64         `json:"revision"`
	NextRefreshAfter int           `json:"next_refresh_after"`
	Timings          []Timing      `json:"timings"`
	Phases           []MatrixPhase `json:"phases"`
	Rows             MatrixRows    `json:"rows"`
	Totals           MatrixSums    `json:"totals"`
	Next             *matrixNext   `json:"next"`
	ChangesToken     *string       `json:"changes_token"`
}

// matrixNext is [MatrixNext].
type matrixNext struct {
	On    civil.Date `json:"on"`
	Title Text       `json:"title"`
}

func nextOf(n timeline.MatrixNext) *matrixNext {
	if n.On.IsZero() {
		return nil
	}
	return &matrixNext{On: n.On, Title: both(n.Title)}
}

// The cells of the nation are some 50,000 numbers: columns are appended by hand,
// as timelines are, and the head is left to the encoder.

func (s *Server) encodeMatrix(v *mirror.View, i int, m *timeline.Matrix, follows *string) (encoded, error) {
	f := v.FrameAsOf(m.AsOf, time.Time{})
	head, err := marshal(matrixHead{
		Election: s.electionRef(f), Area: areaOf(v, f, i), Today: m.Today, Day: m.Day, AsOf: m.AsOf,
		Revision: int64(m.Revision), NextRefreshAfter: m.NextRefreshAfter, Timings: timings(),
		Phases: each(m.Phases, phaseOf), Rows: matrixRows(m), Totals: matrixSums(m.Totals), Next: nextOf(m.Next), ChangesToken: follows,
	})
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(head)+len(m.Columns)*(800+25*len(m.Rows)))
	b = append(append(b, head[:len(head)-1]...), `,"columns":[`...)
	for k := range m.Columns {
		if k > 0 {
			b = append(b, ',')
		}
		if b, err = s.appendColumn(b, v, &m.Columns[k]); err != nil {
			return nil, err
		}
	}
	return append(b, "]}"...), nil
}

// timings are those that own of cells points into: all, without the empty one.
func timings() []Timing {
	var all []Timing
	for t := timeline.Upcoming; t <= timeline.SetAside; t++ {
		all = append(all, Timing(t.String()))
	}
	return all
}

func matrixSums(s timeline.Sums) MatrixSums {
	return MatrixSums{
		Total: int(s.Total), Done: int(s.Done), Confirmed: int(s.Confirmed),
		Overdue: int(s.Overdue), BehindPlan: int(s.BehindPlan), DueSoon: int(s.DueSoon),
	}
}

func matrixRows(m *timeline.Matrix) MatrixRows {
	list := m.Frame.List
	sum := func(of func(*timeline.Sums) int32) []int {
		return each(m.RowSums, func(s timeline.Sums) int { return int(of(&s)) })
	}
	text := func(of func(area.Area) string) []string {
		return each(m.Rows, func(i int) string { return of(list.At(i)) })
	}
	return MatrixRows{
		Code: text(func(a area.Area) string { return string(a.Code) }), Name: text(func(a area.Area) string { return a.Name }),
		ShortName: text(area.ShortName), NameEn: text(func(a area.Area) string { return a.NameEn }),
		Level:      each(m.Rows, func(i int) Level { return Level(list.At(i).Level.String()) }),
		Children:   each(m.Rows, func(i int) int { return len(list.Children(i)) }),
		Total:      sum(func(s *timeline.Sums) int32 { return s.Total }),
		Done:       sum(func(s *timeline.Sums) int32 { return s.Done }),
		Confirmed:  sum(func(s *timeline.Sums) int32 { return s.Confirmed }),
		Overdue:    sum(func(s *timeline.Sums) int32 { return s.Overdue }),
		BehindPlan: sum(func(s *timeline.Sums) int32 { return s.BehindPlan }),
		DueSoon:    sum(func(s *timeline.Sums) int32 { return s.DueSoon }),
	}
}

// appendColumn writes a [MatrixColumn].
func (s *Server) appendColumn(b []byte, v *mirror.View, c *timeline.MatrixColumn) ([]byte, error) {
	title, err := s.title(c.Title)
	if err != nil {
		return nil, err
	}
	b = appendText(append(b, '{'), "key", c.Key)
	b = append(appendName(append(b, ','), "title"), title...)
	b = appendText(append(b, ','), "phase", c.Phase)
	b = strconv.AppendBool(appendName(append(b, ','), "local"), c.Local)
	b = strconv.AppendBool(appendName(append(b, ','), "bar"), c.Bar)
	b = appendDay(append(b, ','), "latest_on", c.Latest)
	b = appendSums(appendName(append(b, ','), "sums"), &c.Sums)
	ids := milestoneIDs{v: v}
	b = ids.appendCells(append(b, `,"self":`...), []timeline.MatrixCell{c.Self})
	b = ids.appendCells(append(b, `,"cells":`...), c.Cells)
	b = append(b, `,"ids":[`...)
	for k, name := range ids.names {
		if k > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), name...), '"')
	}
	return append(b, "]}"...), nil
}

// title is the title of a family, encoded. There are few, and they stay.
func (s *Server) title(t fault.Text) ([]byte, error) {
	known, _ := s.titles.Load(t)
	if b, ok := known.([]byte); ok {
		return b, nil
	}
	b, err := marshal(both(t))
	if err != nil {
		return nil, err
	}
	s.titles.Store(t, b)
	return b, nil
}

func appendSums(b []byte, s *timeline.Sums) []byte {
	b = appendNumber(append(b, '{'), "total", int64(s.Total))
	b = appendNumber(append(b, ','), "done", int64(s.Done))
	b = appendNumber(append(b, ','), "confirmed", int64(s.Confirmed))
	b = appendNumber(append(b, ','), "overdue", int64(s.Overdue))
	b = appendNumber(append(b, ','), "behind_plan", int64(s.BehindPlan))
	b = appendNumber(append(b, ','), "due_soon", int64(s.DueSoon))
	return append(b, '}')
}

// milestoneIDs are the ids of the milestones that a column's cells show.
type milestoneIDs struct {
	v     *mirror.View
	names []string
	at    map[milestoneOf]int
}

// milestoneOf is a milestone without its area.
type milestoneOf struct {
	ref        mirror.Ref
	occurrence uint16
}

func (l *milestoneIDs) index(m *mirror.Milestone) int {
	key := milestoneOf{m.Ref, m.Occurrence}
	k, known := l.at[key]
	if !known {
		if l.at == nil {
			l.at = map[milestoneOf]int{}
		}
		k = len(l.names)
		l.at[key] = k
		l.names = append(l.names, l.v.ID(0, m).Name())
	}
	return k
}

// series is one of the arrays in parallel: what a cell has in it, and what is
// said where there is nothing.
type series struct {
	name    string
	nothing string
	of      func(*milestoneIDs, *timeline.MatrixCell) (n int, says bool)
}

var cellSeries = [...]series{
	{"own", "-1", func(_ *milestoneIDs, c *timeline.MatrixCell) (int, bool) { return int(c.Timing) - 1, c.Own != nil }},
	{"own_id", "-1", func(ids *milestoneIDs, c *timeline.MatrixCell) (int, bool) {
		if c.Own == nil {
			return 0, false
		}
		return ids.index(c.Own), true
	}},
	{"own_days", "null", func(_ *milestoneIDs, c *timeline.MatrixCell) (int, bool) { return int(c.DaysLeft), c.HasDaysLeft }},
	{"own_more", "0", func(_ *milestoneIDs, c *timeline.MatrixCell) (int, bool) { return number(int32(c.More)) }},
	{"total", "0", func(_ *milestoneIDs, c *timeline.MatrixCell) (int, bool) { return number(c.Below.Total) }},
	{"done", "0", func(_ *milestoneIDs, c *timeline.MatrixCell) (int, bool) { return number(c.Below.Done) }},
	{"confirmed", "0", func(_ *milestoneIDs, c *timeline.MatrixCell) (int, bool) { return number(c.Below.Confirmed) }},
	{"overdue", "0", func(_ *milestoneIDs, c *timeline.MatrixCell) (int, bool) { return number(c.Below.Overdue) }},
	{"behind_plan", "0", func(_ *milestoneIDs, c *timeline.MatrixCell) (int, bool) { return number(c.Below.BehindPlan) }},
	{"due_soon", "0", func(_ *milestoneIDs, c *timeline.MatrixCell) (int, bool) { return number(c.Below.DueSoon) }},
}

func number(n int32) (int, bool) { return int(n), n != 0 }

// appendCells writes [MatrixCells]: an array in which nothing is said stays empty.
func (l *milestoneIDs) appendCells(b []byte, cells []timeline.MatrixCell) []byte {
	b = append(b, '{')
	for k := range cellSeries {
		x := &cellSeries[k]
		if k > 0 {
			b = append(b, ',')
		}
		b = append(appendName(b, x.name), '[')
		start, some := len(b), false
		for r := range cells {
			if r > 0 {
				b = append(b, ',')
			}
			if n, says := x.of(l, &cells[r]); says {
				b, some = strconv.AppendInt(b, int64(n), 10), true
			} else {
				b = append(b, x.nothing...)
			}
		}
		if !some {
			b = b[:start]
		}
		b = append(b, ']')
	}
	return append(b, '}')
}
