package api

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"tiendo/pkg/fault"
)

// queue lets only so much dear work be done at once, and of one client only a part
// of that. Places go round among the clients that wait, not among requests: who
// sends a hundred waits for his own, and another's one request for one of his at
// most.
type queue struct {
	places  int           // at once
	each    int           // of them for one client
	waiting int           // that one client may have waiting
	patient time.Duration // how long one waits

	mu    sync.Mutex
	busy  int
	lines map[*client]*line
	turns []*line // those in which somebody waits, who is next first
}

// line is what one client has under way and waiting.
type line struct {
	of      *client
	busy    int
	waiting []chan struct{}
}

func newQueue(places, each, waiting int, patient time.Duration) *queue {
	return &queue{places: places, each: each, waiting: waiting, patient: patient, lines: map[*client]*line{}}
}

// Dear work that is no file: half of the cores for one client, at least one.
const (
	dearWaiting = 64
	dearCosts   = 20 // requests that one whole answer counts as
	dearPatient = 10 * time.Second
)

func newDear() *queue {
	cores := max(2, runtime.GOMAXPROCS(0))
	return newQueue(cores, cores/2, dearWaiting, dearPatient)
}

// enter waits for a place; whoever has it gives it back with leave. fault.Limited
// "too-much-at-once" where the client has too many waiting already; errCrowded where
// it took too long.
func (q *queue) enter(ctx context.Context, c *client) (leave func(), err error) {
	q.mu.Lock()
	l := q.lines[c]
	if l == nil {
		l = &line{of: c}
		q.lines[c] = l
	}
	leave = func() { q.leave(l) }
	if q.busy < q.places && l.busy < q.each {
		q.take(l)
		q.mu.Unlock()
		return leave, nil
	}
	if len(l.waiting) >= q.waiting {
		q.mu.Unlock()
		return nil, tooMuchAtOnce()
	}
	turn := make(chan struct{})
	if l.waiting = append(l.waiting, turn); len(l.waiting) == 1 {
		q.turns = append(q.turns, l)
	}
	q.mu.Unlock()
	late := time.NewTimer(q.patient)
	defer late.Stop()
	select {
	case <-turn:
		return leave, nil
	case <-ctx.Done():
		err = ctx.Err()
	case <-late.C:
		err = errCrowded
	}
	q.give(l, turn)
	return nil, err
}

func tooMuchAtOnce() error {
	f := fault.New(fault.Limited, "too-much-at-once",
		"Đang có quá nhiều yêu cầu nặng của cùng một bên chờ; đợi các yêu cầu trước xong rồi gửi tiếp",
		"Too many dear requests of this client are waiting; send the next when those before are answered")
	f.Wait = time.Second
	return f
}

// errCrowded: others were served all the time.
var errCrowded = fault.New(fault.Unavailable, "crowded",
	"Máy chủ đang bận; thử lại sau vài giây", "The server is busy; try again in a few seconds")

// take and those below are called with the queue locked.
func (q *queue) take(l *line) {
	q.busy++
	l.busy++
}

// give gives up waiting, and the place if it came just then.
func (q *queue) give(l *line, turn chan struct{}) {
	q.mu.Lock()
	i := slices.Index(l.waiting, turn)
	if i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
		q.tidy(l)
	}
	q.mu.Unlock()
	if i < 0 {
		q.leave(l)
	}
}

// tidy forgets a line in which nobody waits, and a client that has nothing under
// way either.
func (q *queue) tidy(l *line) {
	if len(l.waiting) > 0 {
		return
	}
	q.turns = slices.DeleteFunc(q.turns, func(other *line) bool { return other == l })
	if l.busy == 0 {
		delete(q.lines, l.of)
	}
}

// leave gives a place back, and it to the next whose turn it is.
func (q *queue) leave(l *line) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.busy--
	l.busy--
	for q.busy < q.places {
		i := slices.IndexFunc(q.turns, func(other *line) bool { return other.busy < q.each })
		if i < 0 {
			break
		}
		next := q.turns[i]
		q.turns = append(slices.Delete(q.turns, i, i+1), next) // to the end
		q.take(next)
		close(next.waiting[0])
		next.waiting = next.waiting[1:]
		q.tidy(next)
	}
	q.tidy(l)
}

// dear makes operations that are marked x-dear in the contract, and looks back at
// other days, wait for a place.
func (s *Server) dearWork() echo.MiddlewareFunc {
	known := s.operations()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			o := known[operationKey(c)]
			if o == nil || o.Extensions["x-dear"] != true && c.QueryParam("as_of") == "" && c.QueryParam("known_at") == "" {
				return next(c)
			}
			m, _ := meterIn(c.Response())
			leave, err := s.dear.enter(c.Request().Context(), m.client())
			if err != nil {
				return err
			}
			defer leave()
			err = next(c)
			if c.Response().Status == http.StatusOK && c.Response().Committed {
				s.counted.owes(m.client(), dearCosts-1, s.real())
			}
			return err
		}
	}
}
