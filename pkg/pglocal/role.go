package pglocal

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// The roles of a server; who reaches the socket is either.
const (
	// superuser made the cluster and nothing else. No rule of a database holds for
	// it, row-level security least of all.
	superuser = "postgres"
	// program is who connects: the owner of the databases, and no superuser.
	program = "tiendo"
)

// admit makes the program's role, and gives it the databases that are there from
// when everything was the superuser's.
func (s *Server) admit(ctx context.Context, conn *pgx.Conn) error {
	var there bool
	err := conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)", program).Scan(&there)
	if err == nil && !there {
		_, err = conn.Exec(ctx, "CREATE ROLE "+program+" LOGIN CREATEDB")
	}
	if err != nil {
		return fmt.Errorf("role %s: %w", program, err)
	}
	found, err := conn.Query(ctx, `
		SELECT datname FROM pg_database
		WHERE datdba = (SELECT oid FROM pg_roles WHERE rolname = $1) AND NOT datistemplate AND datallowconn AND datname <> 'postgres'`, superuser)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(found, pgx.RowTo[string])
	for _, name := range names {
		err = errors.Join(err, s.handOver(ctx, name))
	}
	return err
}

// handOver gives a database and what is in it to the program's role.
func (s *Server) handOver(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, s.url(superuser, name))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, "BEGIN;"+ownEverything+"; ALTER DATABASE "+pgx.Identifier{name}.Sanitize()+" OWNER TO "+program+"; COMMIT")
	if err != nil {
		return fmt.Errorf("database %s: %w", name, err)
	}
	return nil
}

// ownEverything is what REASSIGN OWNED does, which the first superuser is refused.
// Sequences of columns go with their tables.
const ownEverything = `
DO $$
DECLARE statement text;
BEGIN
	FOR statement IN
		WITH mine AS (
			SELECT n.oid, n.nspname, n.nspowner = r.oid AS own, r.oid AS owner
			FROM pg_namespace n, pg_roles r
			WHERE r.rolname = '` + superuser + `' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
		)
		SELECT format('ALTER SCHEMA %I OWNER TO ` + program + `', nspname) FROM mine WHERE own
		UNION ALL
		SELECT format('ALTER TABLE %s OWNER TO ` + program + `', c.oid::regclass)
		FROM pg_class c JOIN mine ON c.relnamespace = mine.oid AND c.relowner = mine.owner
		WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
			AND NOT EXISTS (SELECT FROM pg_depend d WHERE c.relkind = 'S' AND d.objid = c.oid AND d.deptype IN ('a', 'i'))
		UNION ALL
		SELECT format('ALTER ROUTINE %s OWNER TO ` + program + `', p.oid::regprocedure)
		FROM pg_proc p JOIN mine ON p.pronamespace = mine.oid AND p.proowner = mine.owner
		UNION ALL
		SELECT format('ALTER TYPE %s OWNER TO ` + program + `', t.oid::regtype)
		FROM pg_type t JOIN mine ON t.typnamespace = mine.oid AND t.typowner = mine.owner
		WHERE t.typtype IN ('e', 'd')
	LOOP
		EXECUTE statement;
	END LOOP;
END
$$`
