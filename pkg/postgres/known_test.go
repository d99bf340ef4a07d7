package postgres

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
)

// another server on the same database, whose statements are counted.
func (o *office) another() (*access.Service, *statements, *pgxpool.Pool) {
	o.t.Helper()
	n := &statements{}
	config := o.store.pool.Config().Copy()
	config.ConnConfig.Tracer = n
	pool, err := pgxpool.NewWithConfig(o.t.Context(), config)
	require.NoError(o.t, err)
	o.t.Cleanup(pool.Close)
	other, err := access.NewService(New(pool), func() time.Time { return o.now }, time.UTC, o.hashes)
	require.NoError(o.t, err)
	return other, n, pool
}

// statements counts what is asked.
type statements struct{ n int }

func (c *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryStartData) context.Context {
	c.n++
	return ctx
}

func (*statements) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func TestACallerThatIsKnownAsksTheDatabaseNothing(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	_, secret := o.token("lan", "read", "058")
	other, asked, _ := o.another()
	for range 3 {
		_, err := other.TokenCaller(t.Context(), secret)
		require.NoError(t, err)
		_, err = other.Caller(t.Context(), "lan")
		require.NoError(t, err)
	}
	before := asked.n
	for range 100 {
		_, err := other.TokenCaller(t.Context(), secret)
		require.NoError(t, err)
		_, err = other.Caller(t.Context(), "lan")
		require.NoError(t, err)
	}
	require.Equal(t, before, asked.n)

	bad := access.NewSecret(access.ForToken)
	_, err := other.TokenCaller(t.Context(), bad)
	refused(t, "token-unknown", err)
	before = asked.n
	_, err = other.TokenCaller(t.Context(), bad)
	refused(t, "token-unknown", err)
	require.Equal(t, before, asked.n, "what is none is not looked up again")
	require.True(t, other.Refuses(bad))
}

func TestWhichTokensAreGoodIsAskedOnceForAllOfThem(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	lan := o.has("lan", access.Lead, "06")
	made, secret := o.token("lan", "read", "058")
	other, asked, _ := o.another()
	good := func(s access.Secret) bool {
		yes, err := other.MayBeGood(t.Context(), s)
		require.NoError(t, err)
		return yes
	}
	require.True(t, good(secret))
	before := asked.n
	for range 100 {
		require.False(t, good(access.NewSecret(access.ForToken)))
	}
	require.True(t, good(secret))
	require.Equal(t, before, asked.n)

	_, second := o.token("lan", "read", "058")
	require.NoError(t, o.RevokeToken(t.Context(), lan, "lan", made.ID))
	o.now = o.now.Add(access.Bound + time.Microsecond)
	require.True(t, good(second), "made elsewhere, known within the bound")
	require.False(t, good(secret))
	_, err := o.Disable(t.Context(), operator, "lan", access.AnyRevision)
	require.NoError(t, err)
	o.now = o.now.Add(access.Bound + time.Microsecond)
	require.False(t, good(second), "the account is not to be used")
}

func TestWhatEndsSomewhereIsOverHereAtOnceAndElsewhereWithinTheBound(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	lan := o.has("lan", access.Lead, "06")
	for what, end := range map[string]func(id string){
		"revoked": func(id string) { require.NoError(t, o.RevokeToken(t.Context(), lan, "lan", id)) },
		"disabled": func(string) {
			_, err := o.Disable(t.Context(), operator, "lan", access.AnyRevision)
			require.NoError(t, err)
		},
	} {
		_, err := o.Enable(t.Context(), operator, "lan", access.AnyRevision)
		require.NoError(t, err)
		made, secret := o.token("lan", "read", "058")
		other, _, _ := o.another()
		for _, server := range []*access.Service{o.Service, other} {
			_, err := server.TokenCaller(t.Context(), secret)
			require.NoError(t, err, what)
		}
		end(made.ID)
		_, err = o.TokenCaller(t.Context(), secret)
		refused(t, "token-unknown", err, what)
		o.now = o.now.Add(access.Bound + time.Microsecond)
		_, err = other.TokenCaller(t.Context(), secret)
		refused(t, "token-unknown", err, what)
		if what == "disabled" {
			_, err = other.Caller(t.Context(), "lan")
			refused(t, "sign-in-needed", err)
		}
	}
}

func TestARoleThatIsTakenIsGoneHereAtOnceAndElsewhereWithinTheBound(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	_, secret := o.token("lan", "write", area.Nation)
	other, _, _ := o.another()
	grants := func(s *access.Service) int {
		c, err := s.TokenCaller(t.Context(), secret)
		require.NoError(t, err)
		return len(c.Grants)
	}
	require.Equal(t, 1, grants(o.Service))
	require.Equal(t, 1, grants(other))
	require.NoError(t, o.Take(t.Context(), operator, "lan", "small", "06", access.AnyRevision))
	require.Zero(t, grants(o.Service))
	o.now = o.now.Add(access.Bound + time.Microsecond)
	require.Zero(t, grants(other))
}

func TestATokenThatIsKnownEndsWithItsLastDay(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	_, secret := o.token("lan", "read", "058")
	y, m, d := o.now.AddDate(0, 0, 11).Date()
	o.now = time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Add(-time.Microsecond)
	_, err := o.TokenCaller(t.Context(), secret)
	require.NoError(t, err)
	o.now = o.now.Add(time.Microsecond)
	_, err = o.TokenCaller(t.Context(), secret)
	refused(t, "token-unknown", err)
}

func TestNothingIsBelievedForLongerThanTheBoundWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	_, secret := o.token("lan", "read", "058")
	other, _, pool := o.another()
	_, err := other.TokenCaller(t.Context(), secret)
	require.NoError(t, err)
	pool.Close()
	o.now = o.now.Add(access.Bound)
	_, err = other.TokenCaller(t.Context(), secret)
	require.NoError(t, err, "as long as it is believed")
	o.now = o.now.Add(time.Microsecond)
	_, err = other.TokenCaller(t.Context(), secret)
	refused(t, "callers-not-known", err)
	_, err = other.Caller(t.Context(), "lan")
	refused(t, "callers-not-known", err)
	_, met := other.Recognise(secret)
	require.True(t, met, "it is counted all the same")
}

func TestAnActThatChangesNothingLeavesWhatIsKnown(t *testing.T) {
	t.Parallel()
	o := anOffice(t)
	o.has("lan", access.Lead, "06")
	_, secret := o.token("lan", "read", "058")
	other, asked, _ := o.another()
	_, err := other.TokenCaller(t.Context(), secret)
	require.NoError(t, err)
	_, _, err = other.Managed(t.Context(), operator, "lan")
	require.NoError(t, err)
	before := asked.n
	_, err = other.TokenCaller(t.Context(), secret)
	require.NoError(t, err)
	require.Equal(t, before, asked.n)
}
