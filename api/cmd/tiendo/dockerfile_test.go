package main_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The steps of the Dockerfile are run here without a container: every stage is
// a folder, COPY copies, RUN runs. What comes out must be the program.
func TestTheDockerfileBuildsTheProgramWithThePageInside(t *testing.T) {
	t.Parallel()
	stages := readDockerfile(t)
	require.Len(t, stages, 3)
	// The last stage is empty but for the program: nothing in it can run here.
	run := stages[len(stages)-1]
	require.Equal(t, "scratch", run.from)
	require.Contains(t, run.steps, step{"ENTRYPOINT", `["/tiendo"]`})
	require.Contains(t, run.steps, step{"COPY", "--from=build /src/tiendo /tiendo"})
	user := run.last("USER")
	require.NotEmpty(t, user)
	require.False(t, strings.HasPrefix(user, "0") || user == "root", "the server is not root")

	b := builder{t: t, context: buildContext(t), top: t.TempDir(), roots: map[string]string{}}
	for _, s := range stages[:len(stages)-1] {
		b.build(s)
	}
	binary := filepath.Join(b.roots["build"], "src", "tiendo")

	out, err := exec.Command(binary, "version").CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "v0-of-the-dockerfile")

	page, err := os.ReadFile(filepath.Join(b.roots["page"], "src", "frontend", "dist", "index.html"))
	require.NoError(t, err)
	program, err := os.ReadFile(binary)
	require.NoError(t, err)
	require.True(t, bytes.Contains(program, page), "the page is not in the program")
	require.True(t, bytes.Contains(program, []byte("America/Argentina/Ushuaia")), "the time zones are not in the program")
}

type step struct{ verb, rest string }

type stage struct {
	from, name string
	steps      []step
}

func (s stage) last(verb string) string {
	var rest string
	for _, st := range s.steps {
		if st.verb == verb {
			rest = st.rest
		}
	}
	return rest
}

// readDockerfile reads the little of the format that ours uses.
func readDockerfile(t *testing.T) []stage {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(), "Dockerfile"))
	require.NoError(t, err)
	var stages []stage
	for line := range strings.Lines(strings.ReplaceAll(string(text), "\\\n", " ")) {
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		switch {
		case verb == "" || strings.HasPrefix(verb, "#"):
		case verb == "FROM":
			from, name, _ := strings.Cut(rest, " AS ")
			stages = append(stages, stage{from: from, name: name})
		default:
			require.NotEmpty(t, stages)
			s := &stages[len(stages)-1]
			s.steps = append(s.steps, step{verb, strings.TrimSpace(rest)})
		}
	}
	return stages
}

// buildContext is what the engine would be sent: the files of the repository.
func buildContext(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range tracked(t) {
		text, err := os.ReadFile(filepath.Join(root(), name))
		if os.IsNotExist(err) {
			continue // deleted, and not committed yet
		}
		require.NoError(t, err)
		to := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
		require.NoError(t, os.WriteFile(to, text, 0o644))
	}
	return dir
}

type builder struct {
	t       *testing.T
	context string
	top     string
	roots   map[string]string // folder of each stage
}

func (b *builder) build(s stage) {
	stageRoot := filepath.Join(b.top, s.name)
	b.roots[s.name] = stageRoot
	dir := stageRoot
	args := []string{"VERSION=v0-of-the-dockerfile"}
	for _, st := range s.steps {
		switch st.verb {
		case "WORKDIR":
			dir = filepath.Join(stageRoot, st.rest)
			require.NoError(b.t, os.MkdirAll(dir, 0o755))
		case "ARG":
			name, _, _ := strings.Cut(st.rest, "=")
			require.Equal(b.t, "VERSION", name, "the test passes one argument")
		case "COPY":
			b.copy(stageRoot, dir, st.rest)
		case "RUN":
			cmd := exec.CommandContext(b.t.Context(), "sh", "-ec", st.rest)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), args...)
			out, err := cmd.CombinedOutput()
			require.NoError(b.t, err, "RUN %s\n%s", st.rest, out)
		default:
			require.Fail(b.t, "this step cannot be run by the test", st.verb)
		}
	}
}

func (b *builder) copy(stageRoot, dir, rest string) {
	words := strings.Fields(rest)
	from := b.context
	if name, ok := strings.CutPrefix(words[0], "--from="); ok {
		from, words = b.roots[name], words[1:]
		require.NotEmpty(b.t, from, "COPY --from=%s: no such stage before", name)
	}
	sources, target := words[:len(words)-1], words[len(words)-1]
	to := filepath.Join(dir, target)
	if path.IsAbs(target) {
		to = filepath.Join(stageRoot, target)
	}
	for _, source := range sources {
		source = filepath.Join(from, source)
		info, err := os.Stat(source)
		require.NoError(b.t, err, "COPY %s", rest)
		if info.IsDir() {
			b.copyTree(source, to)
			continue
		}
		require.True(b.t, strings.HasSuffix(target, "/"), "COPY of a file names a folder with a slash: %s", rest)
		b.copyFile(source, filepath.Join(to, filepath.Base(source)))
	}
}

func (b *builder) copyTree(from, to string) {
	require.NoError(b.t, filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		below, err := filepath.Rel(from, name)
		if err == nil {
			b.copyFile(name, filepath.Join(to, below))
		}
		return err
	}))
}

func (b *builder) copyFile(from, to string) {
	text, err := os.ReadFile(from)
	require.NoError(b.t, err)
	require.NoError(b.t, os.MkdirAll(filepath.Dir(to), 0o755))
	require.NoError(b.t, os.WriteFile(to, text, 0o644))
}
