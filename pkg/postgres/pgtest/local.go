package pgtest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"tiendo/pkg/pglocal"
)

// local is the private server of this process. Nobody stops it: pglocal ends
// it when the process is gone, and only TestMain could know when that is.
type local struct {
	*pglocal.Server
}

// settings for a server that lives for seconds and serves many small databases.
var settings = map[string]string{
	"max_connections":    "200",
	"autovacuum":         "off",
	"jit":                "off",
	"checkpoint_timeout": "1h",
}

// startLocal starts a server that has the template already: copied from the
// seed, which the first process with these migrations makes.
func startLocal(ctx context.Context, s schema, sum string) (server, error) {
	g, err := openGround()
	if err != nil {
		return nil, err
	}
	return g.start(ctx, s, sum)
}

func (g ground) start(ctx context.Context, s schema, sum string) (*local, error) {
	release, err := g.lock()
	if err != nil {
		return nil, err
	}
	defer release()
	npm := npmDir()
	_, major, err := pglocal.Find("", npm)
	if err != nil {
		return nil, err
	}
	seed := filepath.Join(g.dir, fmt.Sprintf("%s%d-%s", seedPrefix, major, sum))
	if err := g.sow(ctx, seed, npm, s, sum); err != nil {
		return nil, err
	}
	if err := g.sweep(); err != nil {
		return nil, err
	}
	run, err := os.MkdirTemp(g.dir, runPrefix)
	if err != nil {
		return nil, err
	}
	running, err := pglocal.Start(ctx, pglocal.Options{Dir: run, NPMDir: npm, Seed: seed, Settings: settings})
	if err != nil {
		return nil, err
	}
	return &local{running}, nil
}

// sow makes the seed unless it is there: a stopped server with the template.
// It gets its name when it is complete.
func (g ground) sow(ctx context.Context, seed, npm string, s schema, sum string) error {
	if _, err := os.Stat(seed); err == nil {
		return g.touch(seed)
	}
	fresh := seed + newSuffix
	if _, err := pglocal.Remove(fresh); err != nil {
		return err
	}
	running, err := pglocal.Start(ctx, pglocal.Options{Dir: fresh, NPMDir: npm, Settings: settings})
	if err != nil {
		return err
	}
	_, err = ensureTemplate(ctx, &local{running}, s, sum)
	if stopped := running.Stop(); err == nil {
		err = stopped
	}
	if err != nil {
		return err
	}
	return os.Rename(fresh, seed)
}

// Keep marks the folder for the sweep and says how to start the server again.
func (l *local) Keep(database string) string {
	if err := os.WriteFile(filepath.Join(l.Dir(), keptMark), []byte(database+"\n"), 0o600); err != nil {
		return "not for long: " + err.Error()
	}
	asRoot := ""
	if os.Geteuid() == 0 {
		asRoot = "unshare --user --map-user=65534 "
	}
	return fmt.Sprintf("start its server with %s%s/postgres -D %s -h '' -k %s and look at it with psql -h %s -U postgres %s",
		asRoot, l.BinDir(), l.DataDir(), l.Dir(), l.Dir(), database)
}

// npmDir is frontend/node_modules of the module that the test belongs to.
func npmDir() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "frontend", "node_modules")
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}
