package main_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The papers say what is true: what they name exists.

func TestEveryLineOfTheBehaviourListSaysWhereItStands(t *testing.T) {
	t.Parallel()
	text := paper(t, "api/docs/behaviour.md")
	for letter, last := range map[string]int{"A": 36, "U": 17} {
		for n := 1; n <= last; n++ {
			line := regexp.MustCompile(fmt.Sprintf(`(?m)^\*\*%s%d\.\*\* .+\n(\*(?:Now|Partly|Later):\* .+)$`, letter, n)).FindStringSubmatch(text)
			require.NotNil(t, line, "%s%d", letter, n)
		}
	}
}

func TestEveryTestThatThePapersNameExists(t *testing.T) {
	t.Parallel()
	inGo := written(t, regexp.MustCompile(`_test\.go$`), regexp.MustCompile(`(?m)^func (Test\w+)\(`))
	inPage := written(t, regexp.MustCompile(`\.test\.tsx?$`), regexp.MustCompile(`(?:\bit\(|\]\)\()\s*(?:'([^']+)'|"([^"]+)")`))
	for _, name := range papers(t) {
		text := paper(t, name)
		for _, m := range regexp.MustCompile("`(Test\\w+)`").FindAllStringSubmatch(text, -1) {
			if !inGo[m[1]] {
				t.Errorf("%s names %s, which is no test", name, m[1])
			}
		}
		// Tests of the page have sentences for names: they stand in these quotes.
		for _, m := range regexp.MustCompile(`“([^”]+)”`).FindAllStringSubmatch(text, -1) {
			if !inPage[m[1]] {
				t.Errorf("%s names the page's test %q, which is none", name, m[1])
			}
		}
	}
}

// written collects what a pattern finds in the files of the repository.
func written(t *testing.T, file, pattern *regexp.Regexp) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	for _, name := range tracked(t) {
		if !file.MatchString(name) {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root(), name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		require.NoError(t, err)
		for _, m := range pattern.FindAllStringSubmatch(string(text), -1) {
			found[strings.Join(m[1:], "")] = true // one of the groups took part
		}
	}
	return found
}

func TestEveryFileThatThePapersNameExists(t *testing.T) {
	t.Parallel()
	files := tracked(t)
	exists := func(name string) bool {
		name = strings.TrimSuffix(filepath.Clean(name), "/")
		return slices.ContainsFunc(files, func(f string) bool { return f == name || strings.HasPrefix(f, name+"/") })
	}
	for _, name := range papers(t) {
		text := paper(t, name)
		for _, m := range regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`).FindAllStringSubmatch(text, -1) {
			if !exists(filepath.Join(filepath.Dir(name), m[1])) {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
		for _, m := range regexp.MustCompile("`((?:pkg|api|frontend|migrations)/[\\w./-]*[\\w/])`").FindAllStringSubmatch(text, -1) {
			if !exists(m[1]) && !ignored(m[1]) {
				t.Errorf("%s names %s, which is not there", name, m[1])
			}
		}
	}
}

// ignored are places that building makes.
func ignored(name string) bool { return strings.HasPrefix(name, "frontend/node_modules") }

func TestThePapersNameOnlyCommandsThatExist(t *testing.T) {
	t.Parallel()
	makefile := paper(t, "Makefile")
	for _, name := range papers(t) {
		// In code only: prose may make things too.
		for _, m := range regexp.MustCompile("(?m)(?:`|^)make ([a-z-]+)").FindAllStringSubmatch(paper(t, name), -1) {
			require.Regexp(t, `(?m)^`+m[1]+`:`, makefile, "%s tells to make %s", name, m[1])
		}
	}
}

func papers(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, name := range tracked(t) {
		if strings.HasSuffix(name, ".md") && (!strings.Contains(name, "/") || strings.HasPrefix(name, "api/docs/")) {
			names = append(names, name)
		}
	}
	require.Contains(t, names, "README.md")
	return names
}

func paper(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(), name))
	require.NoError(t, err)
	return string(text)
}
