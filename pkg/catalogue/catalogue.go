// Package catalogue knows what can be looked for in one election: its places,
// the milestones of the law and of local plans, its documents and its bodies,
// each under all that it may be called. It is made of a view of the mirror and
// asks nobody else, so an answer is as fresh as that view.
package catalogue

import (
	"strings"
	"sync"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/find"
	"tiendo/pkg/mirror"
	"tiendo/pkg/statute"
	"tiendo/pkg/tracker"
)

// Catalogue is what can be looked for at one revision. It never changes. Places
// are found by their list; the index is of the other kinds, one after another.
type Catalogue struct {
	list    *area.List
	origins []*mirror.Origin // compared by its array: a plan more makes a new one
	papers  *mirror.Papers

	index *find.Index
	items []item
	ends  [kinds + 1]int // by kind: the index after its last item
}

// item is one thing in the index; one of the three is set.
type item struct {
	origin   *mirror.Origin
	document *tracker.Document
	body     *tracker.Body
	areas    []int // where it belongs, by index; none: everywhere
}

// Of makes the catalogue of a view, in some 20 ms for some hundred
// documents and bodies.
func Of(v *mirror.View) *Catalogue {
	c := &Catalogue{list: v.Frame().List, origins: v.Origins(), papers: v.Papers()}
	var entries []find.Entry
	add := func(i item, e find.Entry) {
		e.Parent, e.Order = -1, uint64(len(entries))
		c.items, entries = append(c.items, i), append(entries, e)
	}
	for _, o := range c.origins {
		if gone(o) {
			continue
		}
		add(item{origin: o, areas: c.areasOf(o)}, c.milestone(o))
	}
	c.ends[Milestone] = len(entries)
	names := c.names()
	for k := range c.papers.Documents {
		if d := &c.papers.Documents[k]; d.Public {
			add(item{document: d, areas: c.indexes(d.Area)}, c.document(d, names))
		}
	}
	c.ends[Document] = len(entries)
	for k := range c.papers.Bodies {
		b := &c.papers.Bodies[k]
		add(item{body: b, areas: c.indexes(b.Area)}, c.body(b))
	}
	c.ends[Body] = len(entries)
	c.index = find.New(entries)
	return c
}

// gone says that no place has anything of an origin: a general election has
// nothing of a by-election, and what was withdrawn no longer holds.
func gone(o *mirror.Origin) bool {
	if o.Rule != nil {
		return o.Rule.Occasion == statute.ByElection
	}
	return o.Line.Withdrawn != nil || o.Plan.Withdrawn != nil
}

// holds says that the catalogue is also that of another view: nothing that can be
// found has been added since.
func (c *Catalogue) holds(v *mirror.View) bool {
	origins := v.Origins()
	same := len(origins) == len(c.origins) && (len(origins) == 0 || &origins[0] == &c.origins[0])
	return same && c.list == v.Frame().List && c.papers == v.Papers()
}

// names are those of the bodies, by key.
func (c *Catalogue) names() map[string]fault.Text {
	all := make(map[string]fault.Text, len(c.papers.Bodies))
	for k := range c.papers.Bodies {
		all[c.papers.Bodies[k].Key] = c.papers.Bodies[k].Name
	}
	return all
}

func (c *Catalogue) milestone(o *mirror.Origin) find.Entry {
	e := find.Entry{
		Key: string(o.Key), Names: []string{o.Title.Vi, o.Title.En},
		Words: []string{string(o.Key), inFull(o.Title.Vi), inFull(o.Title.En)},
	}
	if o.Rule == nil {
		e.Context = append(c.around(o.Plan.Area), o.Plan.Title.Vi, o.Plan.Title.En)
		return e
	}
	// An article is what a rule is called by those who know the law.
	if article := o.Rule.Basis.Article; article != "" {
		e.Names = append(e.Names, article, strings.NewReplacer("Điều", "Article", "khoản", "clause", "điểm", "point").Replace(article))
	}
	for _, also := range o.Rule.Also {
		e.Words = append(e.Words, also.Article)
	}
	e.Context = []string{
		o.Rule.Basis.Instrument.Name().Vi, o.Rule.Basis.Instrument.Name().En, o.Rule.Phase.Title.Vi, o.Rule.Family.Title.Vi,
		o.ResponsibleText.Vi, inFull(o.ResponsibleText.Vi),
	}
	return e
}

func (c *Catalogue) document(d *tracker.Document, bodies map[string]fault.Text) find.Entry {
	vi, en := paper(d.Kind)
	e := find.Entry{Key: d.Key, Names: []string{d.Title.Vi, d.Title.En}, Words: []string{vi, en, inFull(d.Title.Vi)}, Context: c.around(d.Area)}
	if d.Number != "" {
		e.Names = append(e.Names, d.Number, vi+" "+d.Number, vi+" số "+d.Number, en+" "+d.Number)
	}
	if issuer, ok := bodies[d.Issuer]; ok {
		e.Context = append(e.Context, issuer.Vi, issuer.En, inFull(issuer.Vi))
	}
	if !d.IssuedOn.IsZero() {
		e.Context = append(e.Context, "ngày", d.IssuedOn.Vietnamese())
	}
	return e
}

func (c *Catalogue) body(b *tracker.Body) find.Entry {
	return find.Entry{
		Key: b.Key, Names: []string{b.Name.Vi, b.Name.En}, Context: c.around(b.Area),
		Words: []string{inFull(b.Name.Vi), organ(b.Kind)},
	}
}

// around are the names of a place and of those it lies in, but for the nation.
func (c *Catalogue) around(code area.Code) (all []string) {
	i, ok := c.list.Index(code)
	for ; ok && i > 0; i = c.list.Parent(i) {
		all = append(all, c.list.At(i).Name)
	}
	return all
}

func (c *Catalogue) areasOf(o *mirror.Origin) []int {
	if o.Line == nil {
		return nil
	}
	return c.indexes(append([]area.Code{o.Plan.Area}, o.Line.Areas...)...)
}

func (c *Catalogue) indexes(codes ...area.Code) (all []int) {
	for _, code := range codes {
		if i, ok := c.list.Index(code); ok {
			all = append(all, i)
		}
	}
	return all
}

// Shelf keeps the newest catalogue of every election, made when it is first asked
// for. The zero Shelf is empty; it may be used by many.
type Shelf struct {
	mu  sync.Mutex
	all map[tracker.ElectionID]*Catalogue
}

// Of is the catalogue of a view. Who asks while another makes it waits for that.
func (s *Shelf) Of(v *mirror.View) *Catalogue {
	s.mu.Lock()
	defer s.mu.Unlock()
	id := v.Frame().Election.ID
	if c := s.all[id]; c != nil && c.holds(v) {
		return c
	}
	c := Of(v)
	if s.all == nil {
		s.all = map[tracker.ElectionID]*Catalogue{}
	}
	s.all[id] = c
	return c
}
