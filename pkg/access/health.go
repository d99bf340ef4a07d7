package access

import (
	"context"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
)

// A client is stale that has not asked for so many of its own intervals, but not
// before a while has passed: servers tell each other what they have counted only
// every few seconds.
const (
	StaleAfter   = 3
	StaleAtLeast = time.Minute
	// CountedFor is how far back it is counted what clients asked for.
	CountedFor = 24 * time.Hour
)

// Health is what is known of a token as a client, over all servers. Its counts are
// of the last day, by whole hours.
type Health struct {
	Refreshed time.Time     // when it last got what it asked for, or that this had not changed; zero: never
	Interval  time.Duration // between asking for the same thing twice; 0: not known yet
	Revision  int64         // in the change token that it last went on from; 0: in none
	Failed    time.Time     // zero: never
	Failure   int           // the status of that answer
	Count     Counts
}

// Stale says that the client has stopped asking. Of one whose interval is not
// known nobody can say that.
func (h *Health) Stale(now time.Time) bool {
	return h.Interval > 0 && now.Sub(h.Refreshed) > max(StaleAfter*h.Interval, StaleAtLeast)
}

// Asked is how many requests there were.
func (h *Health) Asked() int64 {
	return h.Count.Whole + h.Count.Unchanged + h.Count.Written + h.Count.Refused + h.Count.Broken
}

// Unchanged is the share of what was read that had not changed; false where nothing
// was read.
func (h *Health) Unchanged() (share float64, known bool) {
	read := h.Count.Whole + h.Count.Unchanged
	if read == 0 {
		return 0, false
	}
	return float64(h.Count.Unchanged) / float64(read), true
}

// OwnedToken is a token with the name of its owner and where he works.
type OwnedToken struct {
	Token
	Owner, Unit string
	Health      Health
}

// ClientMark is where a page of clients ended; the zero mark is before the first.
type ClientMark struct {
	User  UserID
	Token string
}

// Mark is where a page ends that ends with the token.
func (t *OwnedToken) Mark() ClientMark { return ClientMark{t.User, t.ID} }

// ClientQuery asks for the tokens that can be used on a day and are limited to some
// places, or to one of those above while their owner holds a role in the places.
type ClientQuery struct {
	Edition string
	Places  area.Territory
	Above   []area.Code
	Today   civil.Date
	After   ClientMark
	Limit   int
}

// Clients are the tokens that belong to an area and what lies below it, as far as
// it is the caller's, with their health; more than the limit tells that there is
// more.
func (s *Service) Clients(ctx context.Context, list *area.List, i int, rights Rights, after ClientMark, limit int) ([]OwnedToken, error) {
	if err := s.Flush(ctx); err != nil {
		return nil, err
	}
	q := ClientQuery{Edition: list.Edition(), Today: s.today(), After: after, Limit: limit}
	_, end := list.Descendants(i)
	for _, stretch := range rights.Territory(Viewer).Stretches() {
		q.Places = q.Places.With(max(i, stretch.First), min(end, stretch.End))
	}
	for _, above := range list.Ancestors(i) {
		q.Above = append(q.Above, list.At(above).Code)
	}
	found, err := s.store.Clients(ctx, q)
	if err != nil {
		return nil, err
	}
	health, err := s.health(ctx, found)
	for n := range found {
		found[n].Health = health[found[n].ID]
	}
	return found, err
}

func (s *Service) health(ctx context.Context, of []OwnedToken) (map[string]Health, error) {
	ids := make([]string, len(of))
	for i := range of {
		ids[i] = of[i].ID
	}
	return s.Health(ctx, ids)
}

// Health is what is known of tokens as clients, by their ids.
func (s *Service) Health(ctx context.Context, tokens []string) (map[string]Health, error) {
	return s.store.Health(ctx, tokens, s.now().Add(-CountedFor))
}

// Stale says how many clients had stopped asking when that was last looked at, as
// [Service.Run] does.
func (s *Service) Stale() int { return int(s.clients.stale.Load()) }

// StaleAt says whether a client has stopped asking by now.
func (s *Service) StaleAt(h *Health) bool { return h.Stale(s.now()) }
