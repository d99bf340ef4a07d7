package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/postgres/rows"
)

// asks has a client ask for one thing several times, in its interval, and says when
// it last did.
func (o *office) asks(s *access.Service, secret access.Secret, times int, every time.Duration, status int) time.Time {
	o.t.Helper()
	_, err := s.TokenCaller(o.t.Context(), secret)
	require.NoError(o.t, err)
	c, met := s.Recognise(secret)
	require.True(o.t, met)
	last := o.now
	for range times {
		last = o.now
		c.Note(last, access.Asked{Address: 1, Status: status})
		o.now = o.now.Add(every)
	}
	return last
}

func TestWhatTwoServersCountOfAClientAddsUpAndOutlivesThem(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	made, secret := o.token("lan", "read", "058")
	other, _, _ := o.another()
	o.asks(o.Service, secret, 6, time.Minute, 304)
	last := o.asks(other, secret, 3, time.Minute, 200)
	c, _ := other.Recognise(secret)
	c.Reached(17)
	failed := o.asks(other, secret, 2, time.Second, 503)
	require.NoError(t, o.Flush(t.Context()))
	require.NoError(t, other.Flush(t.Context()))
	require.NoError(t, other.Flush(t.Context()), "what was written down is not counted twice")

	third, _, _ := o.another() // after both have ended
	health, err := third.Health(t.Context(), []string{made.ID, "none"})
	require.NoError(t, err)
	require.Equal(t, map[string]access.Health{made.ID: {
		Refreshed: last, Interval: time.Minute, Revision: 17, Failed: failed, Failure: 503,
		Count: access.Counts{Whole: 3, Unchanged: 6, Broken: 2},
	}}, health)
	h := health[made.ID]
	share, known := h.Unchanged()
	require.True(t, known)
	require.InDelta(t, 6.0/9, share, 1e-9)
	require.EqualValues(t, 11, h.Asked())
}

func TestAClientIsCountedForADay(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	made, secret := o.token("lan", "read", "058")
	count := func() int64 {
		require.NoError(t, o.Flush(t.Context()))
		h, err := o.Health(t.Context(), []string{made.ID})
		require.NoError(t, err)
		return h[made.ID].Count.Whole
	}
	o.asks(o.Service, secret, 5, 0, 200)
	require.EqualValues(t, 5, count())
	o.now = o.now.Add(12 * time.Hour)
	o.asks(o.Service, secret, 2, 0, 200)
	require.EqualValues(t, 7, count())
	o.now = o.now.Add(13 * time.Hour)
	require.EqualValues(t, 2, count())
	o.asks(o.Service, secret, 1, 0, 200)
	require.EqualValues(t, 3, count())
	var hours int
	require.NoError(t, o.store.in(t.Context(), readingPeople, countOf("client_hour", &hours)))
	require.Equal(t, 2, hours, "older ones are gone")
}

func TestWhatCannotBeWrittenDownIsKeptForTheNextTime(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	made, secret := o.token("lan", "read", "058")
	o.asks(o.Service, secret, 3, time.Minute, 304)
	other, _, pool := o.another()
	o.asks(other, secret, 3, time.Minute, 304)
	pool.Close()
	require.Error(t, other.Flush(t.Context()))
	c, _ := other.Recognise(secret)
	require.NotNil(t, c)
	require.NoError(t, o.Flush(t.Context()))
	h, err := o.Health(t.Context(), []string{made.ID})
	require.NoError(t, err)
	require.EqualValues(t, 3, h[made.ID].Count.Unchanged)
}

func TestThoseWhoHaveStoppedAskingAreCounted(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	lan := o.has("lan", access.Lead, "06")
	a, first := o.token("lan", "read", "058")
	_, second := o.token("lan", "read", "060")
	_, third := o.token("lan", "read", "06")
	o.asks(o.Service, first, 6, time.Minute, 304)
	o.asks(o.Service, second, 6, time.Hour, 304)
	o.asks(o.Service, third, 3, time.Minute, 304) // nobody knows its interval
	require.NoError(t, o.Flush(t.Context()))
	stale := func() int {
		n, err := o.store.CountStale(t.Context(), o.now, at(o.now))
		require.NoError(t, err)
		return n
	}
	require.Equal(t, 1, stale())
	o.now = o.now.Add(4 * time.Hour)
	require.Equal(t, 2, stale())
	require.NoError(t, o.RevokeToken(t.Context(), lan, "lan", a.ID))
	require.Equal(t, 1, stale())
}

func TestTheClientsOfABranchAreThoseThatReadInIt(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	o.has("mai", access.Viewer, "01840")
	o.has("chi", access.Lead, "31")
	named := map[string]string{}
	for _, x := range []struct {
		user access.UserID
		at   area.Code
	}{{"lan", "058"}, {"lan", "06"}, {"lan", "VN"}, {"mai", "01840"}, {"mai", "VN"}, {"chi", "VN"}, {"chi", "318"}, {"chi", "058"}} {
		made, _ := o.token(x.user, "read", x.at)
		named[made.ID] = string(x.user) + " " + string(x.at)
	}
	gone, _ := o.token("lan", "read", "058")
	require.NoError(t, o.RevokeToken(t.Context(), access.Actor{User: "lan"}, "lan", gone.ID))
	list, err := o.store.List(t.Context(), "small")
	require.NoError(t, err)
	of := func(code area.Code, grants ...access.Grant) []string {
		t.Helper()
		i, there := list.Index(code)
		require.True(t, there)
		all := []string{}
		for after := (access.ClientMark{}); ; {
			page, err := o.Clients(t.Context(), list, i, access.NewRights(list, grants), after, 2)
			require.NoError(t, err)
			for n := range page {
				all = append(all, named[page[n].ID])
			}
			if len(page) < 2 {
				return all
			}
			after = page[1].Mark()
		}
	}
	nation := access.Grant{Area: area.Nation, Role: access.Administrator}
	require.ElementsMatch(t, []string{"lan 058", "mai 01840", "mai VN", "chi 058"}, of("058", nation))
	require.ElementsMatch(t, []string{"lan 058", "lan 06", "lan VN", "mai 01840", "mai VN", "chi 058"}, of("06", nation))
	require.ElementsMatch(t, []string{"mai 01840", "mai VN"}, of("01840", nation))
	require.ElementsMatch(t, []string{"chi VN", "chi 318"}, of("31", nation))
	require.Len(t, of("VN", nation), len(named))
	require.ElementsMatch(t, []string{"lan 06", "lan VN"}, of("06",
		access.Grant{Edition: "small", Area: "06", Role: access.Lead}, access.Grant{Edition: "small", Area: "058", Role: access.None}),
		"what was taken out of the branch is not told")
}

func at(now time.Time) civil.Date { return civil.Of(now, time.UTC) }

// countOf counts the rows of a table.
func countOf(table string, into *int) func(*rows.Queries, pgx.Tx) error {
	return func(_ *rows.Queries, tx pgx.Tx) error {
		return tx.QueryRow(context.Background(), "SELECT count(*) FROM "+table).Scan(into)
	}
}
