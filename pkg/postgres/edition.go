package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/postgres/rows"
	"tiendo/pkg/tracker"
)

// Edition is what is kept of a list of places, but for the places.
type Edition struct {
	ID, Source string
	Recorded   time.Time
	Areas      int                  // the nation not counted
	Elections  []tracker.ElectionID // those that are held over it
}

// Editions lists all editions, the one brought last first.
func (s *Store) Editions(ctx context.Context) ([]Edition, error) {
	found, err := s.queries().Editions(ctx)
	if err != nil {
		return nil, mapped(err)
	}
	all := make([]Edition, len(found))
	for i, e := range found {
		all[i] = Edition{ID: e.ID, Source: e.Source, Recorded: e.RecordedAt.UTC(), Areas: int(e.Areas), Elections: elections(e.Elections)}
	}
	return all, nil
}

func elections(ids []string) []tracker.ElectionID {
	all := make([]tracker.ElectionID, len(ids))
	for i, id := range ids {
		all[i] = tracker.ElectionID(id)
	}
	return all
}

// List reads an edition's places; fault.NotFound "edition-not-found".
func (s *Store) List(ctx context.Context, id string) (*area.List, error) {
	return s.edition(ctx, s.queries(), id)
}

func (s *Store) edition(ctx context.Context, q *rows.Queries, id string) (*area.List, error) {
	e, err := q.Edition(ctx, id)
	if err != nil {
		return nil, one(err, editionNotFound(id))
	}
	return s.list(ctx, q, id, [sha256.Size]byte(e.Sum))
}

func editionNotFound(id string) error {
	return fault.New(fault.NotFound, "edition-not-found",
		"Chưa có danh mục địa phương %q trong cơ sở dữ liệu; hãy nhập bằng: tiendo area import TỆP.csv --edition %[1]s --commit (xem những danh mục đã có: tiendo area list)",
		"There is no edition %q of the list of areas in the database; bring one: tiendo area import FILE.csv --edition %[1]s --commit (those that are there: tiendo area list)", id)
}

// listKey is an edition as it was when it was read: one that no election is
// held over can be brought anew.
type listKey struct {
	id  string
	sum [sha256.Size]byte
}

// list is the edition with this sum: the one compiled in when that says the
// same, one that was read before, else read from the database, where it has to
// be what its sum says.
func (s *Store) list(ctx context.Context, q *rows.Queries, id string, sum [sha256.Size]byte) (*area.List, error) {
	if known := area.Edition2021(); id == known.Edition() && sum == known.Sum() {
		return known, nil
	}
	key := listKey{id, sum}
	if known := s.known(key, nil); known != nil {
		return known, nil
	}
	l, err := readList(ctx, q, id)
	if err != nil {
		return nil, err
	}
	if l.Sum() != sum {
		return nil, fault.New(fault.Internal, "edition-damaged",
			"Danh mục địa phương %q trong cơ sở dữ liệu không còn như lúc được nhập; hãy khôi phục từ bản sao lưu",
			"Edition %q of the list of areas is not as it was brought any more; restore it from a backup", id)
	}
	return s.known(key, l), nil
}

// known is the list kept under a key; where there is none yet, the one given is
// kept, if it is one.
func (s *Store) known(key listKey, l *area.List) *area.List {
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.lists[key]; first != nil {
		return first
	}
	if l != nil {
		s.lists[key] = l
	}
	return l
}

// readList reads a list of places by way of the form in which lists are read
// and checked anywhere.
func readList(ctx context.Context, q *rows.Queries, id string) (*area.List, error) {
	found, err := q.Areas(ctx, id)
	if err != nil {
		return nil, mapped(err)
	}
	areas := make([]area.Area, len(found))
	for i, a := range found {
		areas[i] = area.Area{Code: area.Code(a.Code), Parent: area.Code(a.ParentCode), Type: a.Type, Name: a.Name, NameEn: a.NameEn}
		if areas[i].Level, err = area.ParseLevel(a.Level); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	if err := area.WriteAreas(&b, areas); err != nil {
		return nil, err
	}
	return area.Read(id, &b)
}

// needEdition has the list of an election that is opened in the database, and
// no other one under its name.
func needEdition(ctx context.Context, q *rows.Queries, l *area.List, now time.Time) error {
	e, err := q.Edition(ctx, l.Edition())
	switch sum := l.Sum(); {
	case errors.Is(err, pgx.ErrNoRows):
		return insertEdition(ctx, q, l, "General Statistics Office of Viet Nam", now)
	case err != nil:
		return err
	case !bytes.Equal(e.Sum, sum[:]):
		return fault.New(fault.Conflict, "edition-differs",
			"Danh mục địa phương %q trong cơ sở dữ liệu khác danh mục đang dùng để mở cuộc bầu cử; hãy mở lại với danh mục ấy, hoặc nhập danh mục này với mã khác",
			"Edition %q in the database is not the list that the election is to be opened over; open it over that one, or bring this list under another id", l.Edition())
	}
	return nil
}

func insertEdition(ctx context.Context, q *rows.Queries, l *area.List, source string, now time.Time) error {
	sum := l.Sum()
	if err := q.InsertEdition(ctx, rows.InsertEditionParams{ID: l.Edition(), Source: source, RecordedAt: now, Sum: sum[:]}); err != nil {
		return err
	}
	all := make([]rows.InsertAreasParams, l.Len())
	for i := range all {
		a := l.At(i)
		all[i] = rows.InsertAreasParams{
			Edition: l.Edition(), Code: string(a.Code), Position: int32(i), ParentCode: text(string(a.Parent)),
			Level: a.Level.String(), Type: a.Type, Name: a.Name, NameEn: a.NameEn,
		}
	}
	_, err := q.InsertAreas(ctx, all)
	return err
}

// Import keeps a list as an edition, in one transaction. One that says the same
// is left as it is, and false comes back; one that says something else is
// replaced, unless an election is held over it (fault.Conflict "edition-in-use")
// or the program has it compiled in ("edition-built-in").
func (s *Store) Import(ctx context.Context, l *area.List, source string, now time.Time) (bool, error) {
	written := false
	err := s.in(ctx, plain, func(q *rows.Queries, tx pgx.Tx) error {
		// An election must not be opened over a list that is being replaced.
		if _, err := tx.Exec(ctx, "SELECT pg_advisory_xact_lock($1)", openingLock); err != nil {
			return err
		}
		e, err := q.Edition(ctx, l.Edition())
		there := err == nil
		if !there && !errors.Is(err, pgx.ErrNoRows) {
			return err
		}
		sum := l.Sum()
		if there && bytes.Equal(e.Sum, sum[:]) {
			return nil
		}
		if err := Replaceable(l, elections(e.Elections)); err != nil {
			return err
		}
		written = true
		// Checking every parent for children that may be left takes minutes.
		return unchecked(ctx, tx, []string{"area"}, func() error {
			if there {
				if err := errors.Join(q.DeleteAreas(ctx, l.Edition()), q.DeleteEdition(ctx, l.Edition())); err != nil {
					return err
				}
			}
			if err := insertEdition(ctx, q, l, source, now); err != nil {
				return err
			}
			// Of the places where somebody holds a role none may be gone.
			_, err := tx.Exec(ctx, "SET CONSTRAINTS ALL IMMEDIATE")
			return err
		})
	})
	return written && err == nil, err
}

// Replaceable says whether a list can take the place of another one of its
// name, which these elections are held over.
func Replaceable(l *area.List, users []tracker.ElectionID) error {
	if known := area.Edition2021(); l.Edition() == known.Edition() && l.Sum() != known.Sum() {
		return fault.New(fault.Conflict, "edition-built-in",
			"Danh mục %q đi kèm chương trình và không thể thay; hãy nhập với mã khác, ví dụ --edition %[1]s-2",
			"Edition %q comes with the program and cannot be replaced; bring the list under another id, such as --edition %[1]s-2", l.Edition())
	}
	if len(users) > 0 {
		return fault.New(fault.Conflict, "edition-in-use",
			"Danh mục %q đang được dùng cho cuộc bầu cử %q nên không thể sửa; hãy nhập với mã khác, ví dụ --edition %[1]s-2",
			"Edition %q is used by election %q and cannot be changed; bring the list under another id, such as --edition %[1]s-2", l.Edition(), users)
	}
	return nil
}
