package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/mirror"
	"tiendo/pkg/tracker"
)

// Two views: everybody reads milestones, dates, states and published documents.
// Who holds a role in a place also reads what staff wrote for themselves: notes,
// reasons, the names of who did what, documents that were not published and what
// names them. What is copied field by field into an answer is shown; what is
// internal passes through a sight.

// sight is what a caller sees of one place, or of all.
type sight struct {
	inside    bool
	addresses map[string]string // of the election's sources
	hidden    map[string]bool   // documents that were not published
}

// sight is what the caller sees of the area at index i.
func (s *Server) sight(ctx context.Context, v *mirror.View, i int) (sight, error) {
	addresses, err := s.addresses(ctx, v.Frame().Election.ID)
	return s.sightBy(v, s.reads(ctx, v, i), addresses), err
}

// sightIn is [Server.sight] for an area by its code.
func (s *Server) sightIn(ctx context.Context, v *mirror.View, code area.Code) (sight, error) {
	i, ok := v.Frame().List.Index(code)
	if !ok {
		_, err := v.Frame().List.Get(code)
		return sight{}, err
	}
	return s.sight(ctx, v, i)
}

func (s *Server) sightBy(v *mirror.View, inside bool, addresses map[string]string) sight {
	out := sight{inside: inside, addresses: addresses}
	if inside {
		return out
	}
	for _, d := range v.Papers().Documents {
		if !d.Public {
			if out.hidden == nil {
				out.hidden = map[string]bool{}
			}
			out.hidden[d.Key] = true
		}
	}
	return out
}

// reader is for whom the store reads. Who sees what is internal gets what the
// database gives him for what he holds; what is shown to everybody the program
// reads itself, and shows the public part.
func (s *Server) reader(ctx context.Context, v *mirror.View, x sight) tracker.Reader {
	if !x.inside {
		return tracker.Itself
	}
	return tracker.ReaderIn(callerOf(ctx).Rights(v.Frame().List).Territory(access.Viewer))
}

// words is a text that is internal.
func (x sight) words(text string) nullable.Nullable[string] {
	return orNone(text, x.inside && text != "")
}

// note is public where it came with a published source, else staff wrote it for
// themselves.
func (x sight) note(text, source string) nullable.Nullable[string] {
	return orNone(text, text != "" && (x.inside || source != ""))
}

// document is the key of a document, unless it was not published.
func (x sight) document(key string) nullable.Nullable[string] {
	return orNone(key, key != "" && !x.hidden[key])
}

// documents are those keys of several that may be named.
func (x sight) documents(keys []string) []string {
	out := []string{}
	for _, key := range keys {
		if !x.hidden[key] {
			out = append(out, key)
		}
	}
	return out
}

// tells says whether a task is told of. One that staff set themselves is theirs;
// one of the record of the election came with a published source.
func (x sight) tells(t *tracker.Task) bool { return x.inside || !t.Own || t.Source != "" }

// tasks are the keys of those that are told of.
func (x sight) tasks(all []tracker.Task) map[tracker.TaskKey]bool {
	told := map[tracker.TaskKey]bool{}
	for i := range all {
		if x.tells(&all[i]) {
			told[all[i].Key] = true
		}
	}
	return told
}

// evidence names a document too: by its number, and by where it lies.
func (x sight) evidence(t *tracker.Task) nullable.Nullable[Evidence] {
	e := t.Evidence
	if x.hidden[t.Document] {
		e = tracker.Evidence{}
	}
	return orNone(Evidence{Number: words(e.Number), IssuedOn: day(e.On), Link: words(e.Link)}, e != tracker.Evidence{})
}

func (x sight) withdrawal(w tracker.Withdrawal) Withdrawal {
	return Withdrawal{On: w.On, Reason: x.words(w.Reason), Document: x.document(w.Document)}
}

func (x sight) withdrawn(w *tracker.Withdrawal) nullable.Nullable[Withdrawal] {
	if w == nil {
		return nullable.NewNullNullable[Withdrawal]()
	}
	return nullable.NewNullableWithValue(x.withdrawal(*w))
}

// tag is the strong tag of what is seen at a revision: the public form of a
// resource is another one than that with what is internal.
func (x sight) tag(r tracker.Revision) string {
	if x.inside {
		return strong(r)
	}
	return fmt.Sprintf(`"r%d%s"`, r, publicForm)
}

// publicForm marks the tag of what is shown without what is internal.
const publicForm = "-public"

// form is part of the tags of lists over many places: what of them is internal
// depends on all that the caller holds. Empty for who sees the public form.
func (s *Server) form(ctx context.Context) string {
	c := callerOf(ctx)
	if !c.somewhere(access.Read) {
		return ""
	}
	sum := sha256.New()
	fmt.Fprintln(sum, c.Grants, c.Scope)
	if c.Scope != nil {
		fmt.Fprintln(sum, *c.Scope)
	}
	return "inside-" + hex.EncodeToString(sum.Sum(nil)[:6])
}

// keepForm is how long a list may be kept: its public form by everybody.
func keepForm(form string, seconds int) string {
	if form != "" {
		return revalidated
	}
	return keepFor(seconds)
}

// state is what is seen of a state in the log. Nothing is in the public form that
// is not named here.
func (x sight) state(s tracker.State) tracker.State {
	if x.inside {
		return s
	}
	out := tracker.State{Election: s.Election, Milestone: s.Milestone, Amendment: s.Amendment}
	if s.Task != nil {
		out.Task = x.task(s.Task)
	}
	for i := range s.Tasks {
		out.Tasks = append(out.Tasks, *x.task(&s.Tasks[i]))
	}
	if s.Withdrawal != nil {
		out.Withdrawal = x.bare(s.Withdrawal)
	}
	if d := s.Document; d != nil && d.Public {
		out.Document = d
	}
	if b := s.VotingDay; b != nil {
		out.VotingDay = &tracker.VotingDay{
			Area: b.Area, Day: b.Day, Opens: b.Opens, InForce: b.InForce, Confidence: b.Confidence, Source: b.Source, Document: x.key(b.Document),
		}
	}
	return out
}

func (x sight) key(document string) string {
	if x.hidden[document] {
		return ""
	}
	return document
}

func (x sight) bare(w *tracker.Withdrawal) *tracker.Withdrawal {
	return &tracker.Withdrawal{On: w.On, Document: x.key(w.Document)}
}

func (x sight) task(t *tracker.TaskState) *tracker.TaskState {
	out := &tracker.TaskState{
		Key: t.Key, Position: t.Position, Title: t.Title, Status: t.Status, DoneOn: t.DoneOn, DoneBy: t.DoneBy,
		Bodies: t.Bodies, Source: t.Source, Document: x.key(t.Document),
	}
	if !x.hidden[t.Document] {
		out.Number, out.On, out.Link = t.Number, t.On, t.Link
	}
	if t.Source != "" {
		out.Note = t.Note
	}
	return out
}
