package catalogue

import (
	"cmp"
	"slices"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/find"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// Query is what somebody looks for; see [find.Query] for the text.
type Query struct {
	Text string
	// Kind keeps to one kind; zero is all.
	Kind Kind
	// Under keeps to what belongs to this place or to one below it; rules of the
	// law belong everywhere. Empty is the whole country.
	Under area.Code
	// Near says which milestones are near at hand: among equals they come first.
	// Nil is none.
	Near func(*mirror.Origin) bool
	// Limit is the most wanted of each kind (20).
	Limit int
}

// Group is what was found of one kind, the best first.
type Group struct {
	Kind Kind
	Hits []Hit
	// More: the limit kept some back.
	More bool
}

// Hit is one thing found: of its kind, one of Area, Origin, Document and Body.
type Hit struct {
	Area     int // index of the place
	Origin   *mirror.Origin
	Document *tracker.Document
	Body     *tracker.Body

	Rank       find.Rank
	Similarity float64
}

const defaultHits = 20

// Search finds what the text names, by kinds. The kind with the best match comes
// first, among equals in the order of the kinds; kinds of which nothing was found
// are left out. What was misspelt is looked for only where no kind has anything
// ([find.Index.Similar]): then only what is likest, slips before the similar.
//
// A text without letters and digits is fault.Invalid, "search-empty"; a place
// that the list does not have fault.NotFound, "area-not-found".
func (c *Catalogue) Search(q Query) ([]Group, error) {
	if strings.TrimSpace(find.Fold(q.Text)) == "" {
		return nil, Empty()
	}
	if q.Under != "" {
		if _, err := c.list.Get(q.Under); err != nil {
			return nil, err
		}
	}
	if q.Limit <= 0 {
		q.Limit = defaultHits
	}
	groups := c.groups(q, c.list.Search, c.index.Search)
	if len(groups) == 0 {
		groups = likest(c.groups(q, c.list.Similar, c.index.Similar))
	}
	return groups, nil
}

// Empty says that there is nothing to look for: fault.Invalid, "search-empty".
func Empty() *fault.Error {
	return fault.New(fault.Invalid, "search-empty",
		"Chưa có gì để tìm: q phải có ít nhất một chữ cái hoặc chữ số", "There is nothing to look for: q needs a letter or a digit at least").At("?q")
}

func (c *Catalogue) groups(q Query, places func(area.Query) []area.Hit, others func(find.Query) []find.Hit) []Group {
	var all []Group
	add := func(k Kind, hits []Hit) {
		if len(hits) > 0 {
			all = append(all, Group{Kind: k, More: len(hits) > q.Limit, Hits: hits[:min(q.Limit, len(hits))]})
		}
	}
	for k := Area; int(k) <= kinds; k++ {
		switch {
		case q.Kind != 0 && q.Kind != k:
		case k == Area:
			add(k, c.placed(places(area.Query{Text: q.Text, Under: q.Under, Limit: q.Limit + 1})))
		default:
			add(k, c.taken(others(find.Query{
				Text: q.Text, From: c.ends[k-1], To: c.ends[k], Keep: c.below(q.Under), First: c.near(q.Near), Limit: q.Limit + 1,
			})))
		}
	}
	slices.SortStableFunc(all, func(a, b Group) int {
		x, y := a.Hits[0], b.Hits[0]
		return cmp.Or(cmp.Compare(x.Rank, y.Rank), cmp.Compare(y.Similarity, x.Similarity))
	})
	return all
}

// nearlyAs is how similar the others must be, as a part of the most similar.
const nearlyAs = 0.8

// likest leaves out what is less like the text than the best of all kinds is.
func likest(groups []Group) []Group {
	var all []Group
	for _, g := range groups {
		best := groups[0].Hits[0]
		n := len(g.Hits)
		g.Hits = slices.DeleteFunc(g.Hits, func(h Hit) bool {
			return h.Rank > best.Rank || best.Rank == find.IsSimilar && h.Similarity < nearlyAs*best.Similarity
		})
		if g.More = g.More && len(g.Hits) == n; len(g.Hits) > 0 {
			all = append(all, g)
		}
	}
	return all
}

func (c *Catalogue) placed(found []area.Hit) []Hit {
	hits := make([]Hit, len(found))
	for i, h := range found {
		hits[i] = Hit{Area: h.Index, Rank: h.Rank, Similarity: h.Similarity}
	}
	return hits
}

func (c *Catalogue) taken(found []find.Hit) []Hit {
	hits := make([]Hit, len(found))
	for i, h := range found {
		it := &c.items[h.Index]
		hits[i] = Hit{Origin: it.origin, Document: it.document, Body: it.body, Rank: h.Rank, Similarity: h.Similarity}
	}
	return hits
}

// below says of items whether they belong to a place or to one below it.
func (c *Catalogue) below(code area.Code) func(int) bool {
	top, ok := c.list.Index(code)
	if !ok || top == 0 {
		return nil
	}
	return func(i int) bool {
		areas := c.items[i].areas
		return areas == nil && c.items[i].origin != nil ||
			slices.ContainsFunc(areas, func(at int) bool { return at == top || c.list.Under(at, top) })
	}
}

// near says of items whether they are milestones near at hand.
func (c *Catalogue) near(is func(*mirror.Origin) bool) func(int) bool {
	if is == nil {
		return nil
	}
	return func(i int) bool {
		o := c.items[i].origin
		return o != nil && is(o)
	}
}
