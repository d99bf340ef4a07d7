package postgres

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"
)

func TestWhatWasRefusedIsKnownInEveryLanguageOfTheServer(t *testing.T) {
	t.Parallel()
	for _, said := range []string{"ERROR", "LỖI", "FEHLER"} {
		require.True(t, isUndone(&pgconn.PgError{Severity: said, SeverityUnlocalized: "ERROR", Code: "23514"}), said)
	}
	require.False(t, isUndone(&pgconn.PgError{Severity: "ERROR", SeverityUnlocalized: "FATAL", Code: "53300"}))
	require.False(t, isUndone(errors.New("the connection was lost")))
}

func TestAnOutcomeThatWasToldStandsWhateverBecomesOfTheGroup(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	for name, then := range map[string]func(*joint){
		"the group is tried again":                 (*joint).apart,
		"the connection was lost at the commit":    func(j *joint) { j.fail(errors.New("lost")) },
		"somebody panicked while it was written":   func(j *joint) { j.panic("lost") },
		"the group was committed without this one": (*joint).end,
	} {
		j := &joint{ctx: t.Context(), done: make(chan struct{})}
		j.fail(refused)
		then(j)
		<-j.done
		require.ErrorIs(t, j.err, refused, name)
		require.False(t, j.alone, name)
		require.Nil(t, j.panicked, name)
	}
}
