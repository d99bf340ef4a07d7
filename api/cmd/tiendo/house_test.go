package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// The laws of the house: who may know whom, and why. api/docs/house.md tells
// the same as a story; where the two differ, this file is right.

// room is one row of the import law.
type room struct {
	// rooms of this module that it may import, below pkg unless written in full.
	rooms string
	// libs are modules of others that it may import.
	libs string
	// never are packages of the standard library that it does not import.
	never string
	why   string
}

const (
	noHTTP  = "net/http"
	noWorld = "net/http os os/exec database/sql net"
	pgx     = "github.com/jackc/pgx/v5"
)

// law has one row for each room. A room below another (pkg/area/gen) has a row
// of its own or falls under its parent's.
var law = map[string]room{
	"pkg/civil": {
		never: noWorld,
		why:   "a legal date has no clock, no zone and no place where it is kept; database/sql/driver is a pair of interfaces",
	},
	"pkg/fault": {
		never: noWorld,
		why:   "every room says what went wrong in these words, so they cannot know any room, nor HTTP",
	},
	"pkg/find": {
		libs: "golang.org/x/text", never: noWorld,
		why: "compares names and knows nothing of what they name; x/text takes letters apart",
	},
	"pkg/area": {
		rooms: "civil fault find", libs: "golang.org/x/text", never: noWorld,
		why: "a list of places does not know what happens in them; x/text sorts Vietnamese and takes letters apart",
	},
	"pkg/area/gen": {
		rooms: "area civil fault", libs: "golang.org/x/text", never: noHTTP,
		why: "a program that builds the list; it is run by hand and never linked into the server",
	},
	"pkg/statute": {
		rooms: "civil fault area", never: noWorld,
		why: "the law is data and a pure function of it: no work, no store, no clock; rulebooks are embedded",
	},
	"pkg/access": {
		rooms: "civil fault find area", libs: "github.com/alexedwards/argon2id", never: noWorld,
		why: "says who may do what where, without knowing what the work is; store and clock are handed in; argon2id hashes passwords",
	},
	"pkg/audit": {
		rooms: "civil fault", never: noWorld,
		why: "proves any chain of entries, and so knows no log by name",
	},
	"pkg/tracker": {
		rooms: "civil fault find area statute", never: noWorld,
		why: "decides what people may do to an election and keeps nothing itself: the store and the clock are handed in",
	},
	"pkg/dossier": {
		rooms: "civil fault area statute tracker", never: noWorld,
		why: "what is known of an election, read from embedded files and handed over as the commands that staff have too",
	},
	"pkg/mirror": {
		rooms: "civil fault area statute tracker", libs: "github.com/sethvargo/go-retry", never: noWorld,
		why: "follows any log through the source it is given; go-retry spaces its attempts",
	},
	"pkg/mirror/mirrortest": {
		rooms: "civil fault area statute tracker mirror", libs: "github.com/stretchr/testify pgregory.net/rapid",
		why: "a log without a database, to prove the mirror and what is built from it",
	},
	"pkg/catalogue": {
		rooms: "civil fault find area statute tracker mirror", never: noWorld,
		why: "what can be looked for is a function of the mirror, so an answer is as fresh as that; no store, no day",
	},
	"pkg/feed": {
		rooms: "civil fault area statute tracker mirror timeline", libs: "github.com/klauspost/compress", never: noWorld,
		why: "what those who ask again are given is a function of the mirror, of recipes that are handed in and of the log; it knows who waits, not how he is answered; klauspost compresses what is kept",
	},
	"pkg/timeline": {
		rooms: "civil fault area statute tracker mirror", never: noWorld,
		why: "a projection is a function of the mirror and a day: no pixels, no colours, no language",
	},
	"pkg/notify": {
		rooms: "civil fault area access tracker mirror timeline", never: noHTTP + " database/sql os os/exec",
		why: "what is to be said to whom is a function of the mirror, of who is responsible and of what was said before",
	},
	"pkg/notify/mail": {
		rooms: "civil fault access mirror notify", libs: "github.com/riverqueue/river github.com/wneessen/go-mail", never: noHTTP + " database/sql os os/exec",
		why: "hands messages to a mail server, so it knows the network; go-mail speaks SMTP, river says when; where they are kept it does not know",
	},
	"pkg/sheet": {
		rooms: "civil fault find tracker", never: noWorld,
		why: "what goes out as a table and what comes in as one have the same columns and words; it reads and writes no files",
	},
	"pkg/export": {
		rooms: "civil fault area statute tracker mirror timeline sheet",
		libs:  "github.com/xuri/excelize codeberg.org/go-pdf/fpdf codeberg.org/go-fonts/liberation github.com/arran4/golang-ical", never: noWorld,
		why: "files are a function of the mirror and a moment, written to whoever takes them; excelize writes .xlsx, fpdf .pdf in Liberation's letters, golang-ical folds and escapes .ics",
	},
	"pkg/intake": {
		rooms: "civil fault find area access tracker mirror sheet",
		libs:  "github.com/xuri/excelize", never: noWorld,
		why: "what comes in as a file is handed on row by row to those who decide: it reads bytes and the mirror, and keeps nothing; excelize reads .xlsx",
	},
	"pkg/notify/webhook": {
		rooms: "civil fault area access tracker mirror notify",
		libs:  "github.com/riverqueue/river github.com/standard-webhooks/standard-webhooks code.dny.dev/ssrf",
		why:   "sends messages to endpoints of others, so it knows HTTP as a client; ssrf refuses addresses inside, standard-webhooks signs, river says when; where they are kept it does not know",
	},
	"pkg/postgres": {
		rooms: "civil fault area statute access audit tracker mirror notify notify/mail notify/webhook postgres/rows postgres/jobs",
		libs:  pgx + " github.com/jackc/puddle/v2 github.com/riverqueue/river", never: noHTTP,
		why: "keeps what the domain decides; migrations are run by the program, never by a store",
	},
	"pkg/postgres/jobs": {
		rooms: "fault", libs: pgx + " github.com/riverqueue/river", never: noHTTP,
		why: "River's schema and its clients on a pool; apart from the store, because a test's database has the schema without the store",
	},
	"pkg/postgres/rows": {
		rooms: "civil", libs: pgx, never: noHTTP,
		why: "generated from the schema and the queries; nothing but the store reads it",
	},
	"pkg/postgres/pgtest": {
		rooms: "pglocal migrations postgres/jobs", libs: pgx + " github.com/pressly/goose/v3", never: noHTTP,
		why: "a migrated database for a test: it needs the schema, River's too, and must not need the store it is there to test",
	},
	"pkg/pglocal": {
		rooms: "fault", libs: pgx, never: noHTTP,
		why: "runs a PostgreSQL and knows nothing of what is in it; fault, because its failures are read by people",
	},
	"migrations": {
		never: noWorld,
		why:   "the schema's history is files",
	},
	"frontend": {
		never: noWorld,
		why:   "the built page is files",
	},
	"api": {
		rooms: "civil fault find area statute access tracker mirror feed catalogue timeline sheet export intake notify/mail notify/webhook api/docs frontend",
		libs: "github.com/tmaxmax/go-sse github.com/labstack/echo github.com/alexedwards/scs github.com/oapi-codegen github.com/getkin/kin-openapi golang.org/x/text " +
			"github.com/prometheus github.com/labstack/echo-contrib github.com/yuin/goldmark golang.org/x/sync",
		never: "database/sql os os/exec",
		why:   "HTTP and nothing else: it asks the use cases and the mirror, and counts no days; goldmark shows the papers of api/docs, go-sse writes events",
	},
	"api/docs": {
		never: noWorld,
		why:   "the papers are files",
	},
	"api/cmd": {
		rooms: "*", libs: "*",
		why: "the only place that knows everything, because it wires it together; it decides nothing about elections",
	},
	"api/bench": {
		rooms: "*", libs: "*",
		why: "load and measurement, outside the product",
	},
	"api/examples": {
		why: "a client knows nothing but the API: it is copied out of here and goes on working",
	},
}

// proving are the modules that only tests may import.
const proving = "github.com/emersion/go-smtp github.com/stretchr/testify pgregory.net/rapid go.uber.org/goleak github.com/google/go-cmp go.yaml.in/yaml github.com/emersion/go-ical github.com/apognu/gocal"

// reading are modules that the program has in a room of their own, and by which
// any test may read what came out of it.
const reading = "github.com/xuri/excelize github.com/standard-webhooks/standard-webhooks golang.org/x/net/dns/dnsmessage"

// bare rooms prove themselves without a database, in tests too.
const bare = "pkg/civil pkg/fault pkg/find pkg/area pkg/statute pkg/access pkg/dossier pkg/tracker pkg/catalogue pkg/timeline pkg/sheet pkg/export pkg/intake"

// clockless rooms are told what day it is.
const clockless = "pkg/civil pkg/fault pkg/find pkg/area pkg/statute pkg/access pkg/tracker pkg/dossier pkg/mirror pkg/catalogue pkg/timeline pkg/sheet pkg/export pkg/intake"

type goPackage struct {
	ImportPath, Dir, Name, Doc         string
	GoFiles, TestGoFiles, XTestGoFiles []string
	Imports, TestImports, XTestImports []string
	Standard                           bool
}

// room is the path of the package below the module.
func (p *goPackage) room() string { return strings.TrimPrefix(p.ImportPath, "tiendo/") }

func (p *goPackage) files() []string {
	return slices.Concat(p.GoFiles, p.TestGoFiles, p.XTestGoFiles)
}

var root = sync.OnceValue(func() string {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		panic(err)
	}
	return filepath.Dir(strings.TrimSpace(string(out)))
})

var packages = sync.OnceValues(func() ([]*goPackage, error) {
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Name,Doc,GoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports", "./...")
	cmd.Dir = root()
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	var all []*goPackage
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		p := new(goPackage)
		if err := dec.Decode(p); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
})

func ourPackages(t *testing.T) []*goPackage {
	t.Helper()
	all, err := packages()
	require.NoError(t, err)
	require.NotEmpty(t, all)
	return all
}

// lawOf finds the row that a package falls under: its own, or the nearest above.
func lawOf(path string) (room, bool) {
	for ; path != "."; path = filepath.Dir(path) {
		if row, ok := law[path]; ok {
			return row, true
		}
	}
	return room{}, false
}

func within(path, prefixes string) bool {
	return slices.ContainsFunc(strings.Fields(prefixes), func(p string) bool {
		return p == "*" || path == p || strings.HasPrefix(path, p+"/")
	})
}

// inFull writes the rooms of a row as import paths below the module.
func inFull(rooms string) string {
	words := strings.Fields(rooms)
	for i, w := range words {
		if _, top := law[w]; !top && w != "*" {
			words[i] = "pkg/" + w
		}
	}
	return strings.Join(words, " ")
}

// breach says how an import breaks a row, or nothing.
func breach(row room, imported string) string {
	first, _, _ := strings.Cut(imported, "/")
	switch ours, found := strings.CutPrefix(imported, "tiendo/"); {
	case found && row.rooms != "*" && !slices.Contains(strings.Fields(inFull(row.rooms)), ours):
		return "another room"
	case found:
		return ""
	case strings.Contains(first, "."):
		if !within(imported, row.libs) {
			return "a library that is not this room's"
		}
	case slices.Contains(strings.Fields(row.never), imported):
		return "a part of the standard library that this room does without"
	}
	return ""
}

func TestEveryRoomImportsOnlyWhatItMay(t *testing.T) {
	t.Parallel()
	for _, p := range ourPackages(t) {
		row, ok := lawOf(p.room())
		if !ok {
			t.Errorf("%s is a room without a row in the import law: say what it may import, and why", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			if how := breach(row, imported); how != "" {
				t.Errorf("%s imports %s, %s.\n%s: %s", p.ImportPath, imported, how, p.room(), row.why)
			}
		}
	}
}

func TestEveryRowOfTheImportLawHasItsReason(t *testing.T) {
	t.Parallel()
	for name, row := range law {
		require.NotEmpty(t, row.why, name)
		require.False(t, strings.HasSuffix(row.why, "."), "%s: one reason, no full stop", name)
		for _, r := range strings.Fields(inFull(row.rooms)) {
			_, known := law[r]
			require.True(t, known || r == "*", "%s may import %s, which is no room", name, r)
		}
	}
}

func TestOnlyRoomsThatExistHaveARow(t *testing.T) {
	t.Parallel()
	exists := map[string]bool{"api/cmd": true}
	for _, p := range ourPackages(t) {
		exists[p.room()] = true
	}
	for name := range law {
		require.True(t, exists[name], "%s has a row and does not exist", name)
	}
	for _, name := range strings.Fields(bare + " " + clockless) {
		require.True(t, exists[name], "%s does not exist", name)
	}
}

func TestTestsImportOnlyKnownHelpers(t *testing.T) {
	t.Parallel()
	for _, p := range ourPackages(t) {
		row, _ := lawOf(p.room())
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			first, _, _ := strings.Cut(imported, "/")
			ours := strings.HasPrefix(imported, "tiendo/")
			if !ours && strings.Contains(first, ".") && !within(imported, row.libs) && !within(imported, proving+" "+reading) && !within(imported, pgx) {
				t.Errorf("a test of %s imports %s: add it to the row's libraries or to those for proving", p.ImportPath, imported)
			}
		}
	}
}

func TestTheCoreIsProvedWithoutADatabase(t *testing.T) {
	t.Parallel()
	for _, p := range ourPackages(t) {
		if !within(p.room(), bare) {
			continue
		}
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			if within(imported, pgx+" tiendo/pkg/postgres tiendo/pkg/pglocal database/sql") {
				t.Errorf("a test of %s imports %s: what this room decides shows without a database", p.ImportPath, imported)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, p := range ourPackages(t) {
		if len(p.GoFiles) > 0 && strings.TrimSpace(p.Doc) == "" && !isGenerated(t, p) {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
	}
}

func TestTheCoreReadsNoClock(t *testing.T) {
	t.Parallel()
	for _, p := range ourPackages(t) {
		if !within(p.room(), clockless) || strings.HasSuffix(p.room(), "/gen") || strings.HasSuffix(p.room(), "test") {
			continue // programs and helpers of tests are no part of the core
		}
		for _, name := range p.GoFiles {
			file, fset := parse(t, filepath.Join(p.Dir, name))
			ast.Inspect(file, func(n ast.Node) bool {
				sel, ok := n.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				pkg, ok := sel.X.(*ast.Ident)
				if ok && pkg.Name == "time" && slices.Contains([]string{"Now", "Since", "Until", "Local", "LoadLocation"}, sel.Sel.Name) {
					t.Errorf("%s: time.%s: this room is told what time it is", fset.Position(n.Pos()), sel.Sel.Name)
				}
				return true
			})
		}
	}
}

func TestNoTestHelperIsLinkedIntoTheProgram(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("go", "list", "-deps", "./api/cmd/tiendo")
	cmd.Dir = root()
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	for _, dep := range strings.Fields(string(out)) {
		if within(dep, proving) || strings.HasSuffix(dep, "test") && strings.HasPrefix(dep, "tiendo/") {
			t.Errorf("%s is linked into the program", dep)
		}
	}
}

func TestOnlyTheFourFoldersStandAtTheTop(t *testing.T) {
	t.Parallel()
	for _, name := range tracked(t) {
		top, _, deeper := strings.Cut(name, "/")
		if deeper && !strings.HasPrefix(top, ".") && !slices.Contains([]string{"migrations", "pkg", "api", "frontend"}, top) {
			t.Errorf("%s: a fifth folder at the top", name)
		}
	}
}

func TestNoFolderIsNamedForNothing(t *testing.T) {
	t.Parallel()
	for _, name := range tracked(t) {
		for part := range strings.SplitSeq(filepath.Dir(name), "/") {
			if slices.Contains([]string{"util", "utils", "common", "models", "types", "helpers"}, part) {
				t.Errorf("%s: %q says nothing of what is in it", name, part)
			}
		}
	}
}

func TestALongFunctionSaysWhyItIsLong(t *testing.T) {
	t.Parallel()
	const most = 80
	for _, p := range ourPackages(t) {
		for _, name := range p.files() {
			file, fset := parse(t, filepath.Join(p.Dir, name))
			if ast.IsGenerated(file) {
				continue
			}
			for _, decl := range file.Decls {
				f, ok := decl.(*ast.FuncDecl)
				if !ok || strings.Contains(f.Doc.Text(), "Long because ") {
					continue
				}
				if n := fset.Position(f.End()).Line - fset.Position(f.Pos()).Line + 1; n > most {
					t.Errorf("%s: %s has %d lines; cut it, or say in its comment \"Long because …\"", fset.Position(f.Pos()), f.Name.Name, n)
				}
			}
		}
	}
}

func TestNothingNamesAPackageRegistry(t *testing.T) {
	t.Parallel()
	// Written in two halves, so that this file does not name them.
	var hosts []string
	for _, h := range [][2]string{
		{"registry.np", "mjs.org"},
		{"registry.np", "mmirror.com"},
		{"registry.yarn", "pkg.com"},
		{"proxy.gol", "ang.org"},
		{"sum.gol", "ang.org"},
		{"goproxy.", "io"},
		{"goproxy.", "cn"},
		{"pypi.", "org"},
		{"deb.deb", "ian.org"},
		{"docker.", "io/"},
		{"gcr.", "io/"},
		{"ghcr.", "io/"},
		{"quay.", "io/"},
		{"mcr.micro", "soft.com"},
		{"\"resol", "ved\": \"http"},
	} {
		hosts = append(hosts, h[0]+h[1])
	}
	for _, name := range tracked(t) {
		text, err := os.ReadFile(filepath.Join(root(), name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		require.NoError(t, err)
		for _, h := range hosts {
			if bytes.Contains(text, []byte(h)) {
				t.Errorf("%s names %q: where packages come from is decided by whoever builds", name, h)
			}
		}
	}
}

// tracked lists the files of the repository: what is committed, and what is new
// and not ignored.
func tracked(t *testing.T) []string {
	t.Helper()
	names, err := trackedFiles()
	require.NoError(t, err)
	require.NotEmpty(t, names)
	return names
}

var trackedFiles = sync.OnceValues(func() ([]string, error) {
	// A checkout may belong to another user than the one who tests it.
	cmd := exec.Command("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	cmd.Dir = root()
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("the laws of the house are held in a git checkout: %w", err)
	}
	return slices.DeleteFunc(strings.Split(string(out), "\x00"), func(s string) bool { return s == "" }), nil
})

func parse(t *testing.T, name string) (*ast.File, *token.FileSet) {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
	require.NoError(t, err)
	return file, fset
}

func isGenerated(t *testing.T, p *goPackage) bool {
	t.Helper()
	return !slices.ContainsFunc(p.GoFiles, func(name string) bool {
		file, _ := parse(t, filepath.Join(p.Dir, name))
		return !ast.IsGenerated(file)
	})
}
