package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/fault"
)

// waits is one who waits in a queue.
type waits struct {
	leave chan func()
	err   chan error
}

// line puts one into a queue and returns when he has a place or waits for it.
func (q *queue) join(t require.TestingT, c *client) waits {
	w := waits{make(chan func(), 1), make(chan error, 1)}
	before := q.size()
	go func() {
		leave, err := q.enter(context.Background(), c)
		if err != nil {
			w.err <- err
			return
		}
		w.leave <- leave
	}()
	for q.size() == before {
		select {
		case err := <-w.err: // at once
			w.err <- err
			return w
		case <-time.After(time.Microsecond):
		}
	}
	return w
}

func (q *queue) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := q.busy
	for _, l := range q.lines {
		n += len(l.waiting)
	}
	return n
}

func TestA7_PlacesGoRoundAmongClientsAndNotAmongRequests(t *testing.T) {
	t.Parallel()
	q := newQueue(1, 1, 100, time.Hour)
	greedy, modest, third := &client{}, &client{}, &client{}
	first := q.join(t, greedy)
	var many []waits
	for range 50 {
		many = append(many, q.join(t, greedy))
	}
	one, other := q.join(t, modest), q.join(t, third)
	(<-first.leave)()
	(<-many[0].leave)() // whose turn it was before the others came
	(<-one.leave)()
	(<-other.leave)()
	for _, w := range many[1:] {
		(<-w.leave)()
	}
	require.Zero(t, q.size())
	require.Empty(t, q.lines)
	require.Empty(t, q.turns)
}

func TestA7_OneClientDoesNotTakeAllPlaces(t *testing.T) {
	t.Parallel()
	q := newQueue(4, 2, 3, time.Hour)
	greedy, modest := &client{}, &client{}
	a, b := q.join(t, greedy), q.join(t, greedy)
	leaveA, leaveB := <-a.leave, <-b.leave
	for range 3 {
		q.join(t, greedy)
	}
	refused := q.join(t, greedy)
	err := <-refused.err
	require.True(t, fault.Is(err, "too-much-at-once"), "%v", err)
	(<-q.join(t, modest).leave)()
	(<-q.join(t, modest).leave)()
	leaveA()
	leaveB()
}

func TestA7_WhoeverGivesUpWaitingHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	q := newQueue(1, 1, 10, time.Millisecond)
	here, gone := &client{}, &client{}
	leave, err := q.enter(t.Context(), here)
	require.NoError(t, err)
	_, err = q.enter(t.Context(), gone)
	require.ErrorIs(t, err, errCrowded)
	left, cancel := context.WithCancel(t.Context())
	cancel()
	q.patient = time.Hour
	_, err = q.enter(left, gone)
	require.ErrorIs(t, err, context.Canceled)
	leave()
	require.Empty(t, q.lines)
	leave, err = q.enter(t.Context(), gone)
	require.NoError(t, err)
	leave()
}

func TestA7_NoPlaceIsLostOrGivenTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		places := rapid.IntRange(1, 4).Draw(t, "places")
		q := newQueue(places, rapid.IntRange(1, places).Draw(t, "each"), 1000, time.Hour)
		clients := make([]client, rapid.IntRange(1, 5).Draw(t, "clients"))
		var all sync.WaitGroup
		var mu sync.Mutex
		at, most := 0, 0
		for i := range 60 {
			all.Go(func() {
				ctx, cancel := context.WithCancel(context.Background())
				defer cancel()
				if i%7 == 0 {
					go cancel()
				}
				leave, err := q.enter(ctx, &clients[i%len(clients)])
				if err != nil {
					return
				}
				mu.Lock()
				at++
				most = max(most, at)
				mu.Unlock()
				mu.Lock()
				at--
				mu.Unlock()
				leave()
			})
		}
		all.Wait()
		require.LessOrEqual(t, most, places)
		require.Zero(t, q.busy)
		require.Empty(t, q.lines)
		require.Empty(t, q.turns)
	})
}

// A stream that breaks off is cut, never ended: nobody takes half a file for a whole
// one.
func TestAFileThatBreaksOffIsCut(t *testing.T) {
	t.Parallel()
	for what, size := range map[string]int{"halfway": 1 << 20, "before the first byte": 0} {
		d := &download{form: plain, tag: `W/"x"`, name: "x.csv", title: "x.csv", writing: newQueue(1, 1, 1, time.Hour), pace: DefaultPace}
		d.write = func(to io.Writer) error {
			if size > 0 {
				if _, err := to.Write(make([]byte, size)); err != nil {
					return err
				}
			}
			return errors.New("broken off")
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if err := d.send(w); err != nil {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}))
		got, err := http.Get(server.URL)
		require.NoError(t, err, what)
		read, err := io.ReadAll(got.Body)
		require.NoError(t, got.Body.Close())
		if size > 0 {
			require.Equal(t, http.StatusOK, got.StatusCode)
			require.ErrorIs(t, err, io.ErrUnexpectedEOF, what)
			require.LessOrEqual(t, len(read), size)
		} else {
			require.NoError(t, err)
			require.Equal(t, http.StatusInternalServerError, got.StatusCode)
			require.Empty(t, got.Header.Get("Content-Disposition"))
		}
		require.Empty(t, d.writing.lines, "its place is free again")
		server.Close()
	}
}
