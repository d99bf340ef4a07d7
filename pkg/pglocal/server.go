package pglocal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Options of a server. Only Dir is needed.
type Options struct {
	// Dir is the folder of this server and of nothing else; it is made when it
	// is missing. Where root cannot use it another is taken, see [Server.Dir].
	Dir string
	// OnlyHere: Dir and no other; where it cannot be used that is a fault.
	OnlyHere bool
	// BinDir is a folder with initdb and postgres to use instead of searching.
	BinDir string
	// NPMDir is a node_modules folder to search last, see [Find].
	NPMDir string
	// Durable data survives a power cut. Without it nothing is flushed to the
	// disk: for tests.
	Durable bool
	// Log receives what PostgreSQL writes; nil drops it.
	Log io.Writer
	// Settings of postgresql.conf that win over those of this package.
	Settings map[string]string
	// Seed is the folder of a stopped server whose data is copied when Dir has
	// none; quicker than making a new cluster.
	Seed string
}

// Server is a running PostgreSQL. Its methods may be called concurrently.
type Server struct {
	home            home
	owner           *ownership
	socket          string
	temporarySocket bool
	process         *os.Process
	log             *tail

	ended    chan struct{} // closed when the process is gone
	err      error         // how it went, once ended is closed
	stopping chan struct{} // closed when Stop was called
	stop     sync.Once
}

// Start starts the server of a folder and returns when it takes connections;
// ctx limits only that. The first start makes the data folder (half a second),
// later ones take some hundredths. Every failure is a fault of kind
// Unavailable with one of the codes of this package.
func Start(ctx context.Context, o Options) (*Server, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, folderFault(o.Dir, err)
	}
	found, err := findBinaries(ctx, o.BinDir, o.NPMDir)
	if err != nil {
		return nil, err
	}
	h, err := findHome(ctx, dir, found, o)
	if err != nil {
		return nil, err
	}
	return h.start(ctx, o)
}

func (h home) start(ctx context.Context, o Options) (*Server, error) {
	owner, err := own(ctx, h)
	if err != nil {
		return nil, err
	}
	s := &Server{
		home: h, owner: owner, log: &tail{next: o.Log},
		ended: make(chan struct{}), stopping: make(chan struct{}),
	}
	if err := s.begin(ctx, o); err != nil {
		owner.release()
		s.removeSocket()
		return nil, err
	}
	if err := s.awaitReady(ctx); err != nil {
		_ = s.Stop() // the first error is the one to tell
		return nil, err
	}
	return s, nil
}

// begin launches the process and the goroutine that sees it end.
func (s *Server) begin(ctx context.Context, o Options) error {
	if err := s.home.prepare(ctx, o, s.owner); err != nil {
		return err
	}
	var err error
	if s.socket, s.temporarySocket, err = s.home.socketFolder(); err != nil {
		return folderFault(s.home.dir, err)
	}
	cmd := s.command(o)
	ended, err := launch(cmd)
	if err != nil {
		return startFault(s.home.dir, s.log.String(), err)
	}
	s.process = cmd.Process
	go func() {
		s.finish(<-ended)
	}()
	return nil
}

// command of the server. SIGINT is its "fast shutdown": end the sessions, keep
// everything committed; it is also what the server gets when its program dies.
func (s *Server) command(o Options) *exec.Cmd {
	cmd := s.home.who.command(context.Background(), syscall.SIGINT, s.home.dir,
		[]*os.File{s.owner.server}, s.home.bin.program("postgres"), s.home.arguments(o, s.socket)...)
	cmd.Stdout, cmd.Stderr = s.log, s.log
	return cmd
}

// finish records the end of the process and gives the folder back.
func (s *Server) finish(err error) {
	select {
	case <-s.stopping:
	default:
		if err == nil {
			err = errors.New("it was stopped from outside")
		}
	}
	if err != nil {
		s.err = startFault(s.home.dir, s.log.String(), err)
	}
	s.removeSocket()
	s.owner.release()
	close(s.ended)
}

func (s *Server) removeSocket() {
	if s.temporarySocket {
		_ = os.RemoveAll(s.socket)
		_ = os.Remove(filepath.Join(s.home.dir, "socket"))
	}
}

// awaitReady connects until the server lets it in, and sees to the roles.
func (s *Server) awaitReady(ctx context.Context) error {
	for {
		conn, err := pgx.Connect(ctx, s.url(superuser, "postgres"))
		if err == nil {
			if err := errors.Join(s.admit(ctx, conn), conn.Close(ctx)); err != nil {
				return startFault(s.home.dir, s.log.String(), err)
			}
			return nil
		}
		if refused := new(pgconn.PgError); errors.As(err, &refused) && refused.Code != "57P03" { // cannot_connect_now
			return startFault(s.home.dir, s.log.String(), err)
		}
		if broken := new(pgconn.ParseConfigError); errors.As(err, &broken) {
			return startFault(s.home.dir, s.log.String(), err)
		}
		select {
		case <-s.ended:
			return s.err
		case <-ctx.Done():
			return startFault(s.home.dir, s.log.String(), errors.Join(ctx.Err(), err))
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// URL is the address of a database for pgx, for a role that owns it and is no
// superuser. It says everything that pgx would otherwise take from the environment
// (but for PGSERVICE, which no address can overrule). For psql: -h [Server.Socket]
// -U postgres, which is the superuser.
func (s *Server) URL(database string) string { return s.url(program, database) }

func (s *Server) url(role, database string) string {
	q := url.Values{
		"host": {s.socket}, "port": {port}, "sslmode": {"disable"}, "sslcertmode": {"disable"},
		"sslnegotiation": {"postgres"}, "sslrootcert": {""}, "connect_timeout": {"10"},
		"target_session_attrs": {"any"}, "timezone": {"UTC"}, "options": {""},
		"min_protocol_version": {"3.0"}, "max_protocol_version": {"3.0"},
		"channel_binding": {"disable"}, "require_auth": {""},
	}
	u := url.URL{Scheme: "postgres", User: url.User(role), Path: "/" + database, RawQuery: q.Encode()}
	return u.String()
}

// CreateDatabase makes a database; one that exists is left as it is.
func (s *Server) CreateDatabase(ctx context.Context, name string) error {
	conn, err := pgx.Connect(ctx, s.URL("postgres"))
	if err != nil {
		return startFault(s.home.dir, s.log.String(), err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists)
	if err == nil && !exists {
		_, err = conn.Exec(ctx, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize())
	}
	if lost := new(pgconn.PgError); errors.As(err, &lost) && (lost.Code == "42P04" || lost.Code == "23505") {
		return nil // somebody else made it in between
	}
	if err != nil {
		return startFault(s.home.dir, s.log.String(), fmt.Errorf("create database %s: %w", name, err))
	}
	return nil
}

// How long a server that is asked to end may take before it is told to drop
// everything (it then recovers at the next start).
const stopPatience = 60 * time.Second

// Stop ends the server: its sessions are cut, what is committed stays. It
// returns when the process is gone. Further calls wait for the same end.
func (s *Server) Stop() error {
	s.stop.Do(func() {
		close(s.stopping)
		_ = s.process.Signal(syscall.SIGINT) // gone already is fine
	})
	select {
	case <-s.ended:
	case <-time.After(stopPatience):
		_ = s.process.Signal(syscall.SIGQUIT)
		<-s.ended
	}
	return s.err
}

// Done is closed when the server has ended, by Stop or by itself; Stop then
// returns at once and says how it ended.
func (s *Server) Done() <-chan struct{} { return s.ended }

// Dir is the folder in use, as an absolute path. It differs from the one asked
// for when the program is root and the user that runs the server cannot reach
// that one.
func (s *Server) Dir() string { return s.home.dir }

// DataDir is the data folder of PostgreSQL below Dir.
func (s *Server) DataDir() string { return s.home.data() }

// Socket is the folder of the server's socket.
func (s *Server) Socket() string { return s.socket }

// BinDir is the folder of the programs in use.
func (s *Server) BinDir() string { return s.home.bin.dir }

// Version is PostgreSQL's own, such as "15.18".
func (s *Server) Version() string { return s.home.bin.version }

// RunsAs says in English which user runs the server.
func (s *Server) RunsAs() string { return s.home.who.String() }
