package main_test

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// No container engine is needed to test, so the compose file is read here with
// the questions an operator would otherwise put to it by starting it.

type composeFile struct {
	Services map[string]composeService `yaml:"services"`
	Volumes  map[string]any            `yaml:"volumes"`
}

type composeService struct {
	Image string `yaml:"image"`
	Build struct {
		Context    string `yaml:"context"`
		Dockerfile string `yaml:"dockerfile"`
	} `yaml:"build"`
	Environment map[string]string `yaml:"environment"`
	Ports       []string          `yaml:"ports"`
	Volumes     []string          `yaml:"volumes"`
	Healthcheck struct {
		Test []string `yaml:"test"`
	} `yaml:"healthcheck"`
	DependsOn map[string]struct {
		Condition string `yaml:"condition"`
	} `yaml:"depends_on"`
}

func compose(t *testing.T) (composeFile, string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root(), "docker-compose.yml"))
	require.NoError(t, err)
	var file composeFile
	require.NoError(t, yaml.Unmarshal(text, &file))
	require.Contains(t, file.Services, "database")
	require.Contains(t, file.Services, "server")
	return file, string(text)
}

func TestComposeSetsOnlyVariablesThatTheConfigurationHas(t *testing.T) {
	t.Parallel()
	file, _ := compose(t)
	known := configured(t)
	for name := range file.Services["server"].Environment {
		if name != "PGPASSWORD" { // read by the driver itself
			require.Contains(t, known, name)
		}
	}
	require.Contains(t, file.Services["server"].Environment, "DATABASE_URL")
}

func TestComposeNamesOnlyPathsThatExist(t *testing.T) {
	t.Parallel()
	file, _ := compose(t)
	for name, s := range file.Services {
		require.True(t, s.Image != "" || s.Build.Context != "", "%s has neither an image nor a build", name)
		if s.Build.Context != "" {
			require.FileExists(t, filepath.Join(root(), s.Build.Context, s.Build.Dockerfile))
		}
		for _, v := range s.Volumes {
			source, _, _ := strings.Cut(v, ":")
			if strings.HasPrefix(source, ".") || strings.HasPrefix(source, "/") {
				require.FileExists(t, filepath.Join(root(), source))
				continue
			}
			require.Contains(t, file.Volumes, source, "a named volume is declared")
		}
	}
}

func TestComposePublishesNothingBeyondThisMachine(t *testing.T) {
	t.Parallel()
	file, _ := compose(t)
	require.Empty(t, file.Services["database"].Ports)
	require.NotEmpty(t, file.Services["server"].Ports)
	for _, p := range file.Services["server"].Ports {
		require.True(t, strings.HasPrefix(p, "127.0.0.1:"), p)
	}
}

func TestComposeGivesPostgresALocaleThatKnowsVietnameseLetters(t *testing.T) {
	t.Parallel()
	file, _ := compose(t)
	db := file.Services["database"]
	require.Contains(t, db.Environment["POSTGRES_INITDB_ARGS"], "--locale=C.UTF-8")
	major := regexp.MustCompile(`^postgres:(\d+)`).FindStringSubmatch(db.Image)
	require.NotNil(t, major)
	require.GreaterOrEqual(t, major[1], "15")
}

func TestComposeKeepsTheDataInANamedVolume(t *testing.T) {
	t.Parallel()
	file, _ := compose(t)
	require.True(t, slices.ContainsFunc(file.Services["database"].Volumes, func(v string) bool {
		return strings.HasSuffix(v, ":/var/lib/postgresql/data") && !strings.HasPrefix(v, ".") && !strings.HasPrefix(v, "/")
	}))
}

func TestComposeMakesTheProgramARoleThatIsNoSuperuser(t *testing.T) {
	t.Parallel()
	file, _ := compose(t)
	db := file.Services["database"]
	// Whoever these name is made a superuser by the image.
	require.NotContains(t, db.Environment, "POSTGRES_USER")
	require.NotContains(t, db.Environment, "POSTGRES_DB")
	require.Contains(t, db.Volumes, "./docker-database.sh:/docker-entrypoint-initdb.d/tiendo.sh:ro")
	script, err := os.ReadFile(filepath.Join(root(), "docker-database.sh"))
	require.NoError(t, err)
	_, statements, _ := strings.Cut(string(script), "<<'SQL'\n")
	statements, _, found := strings.Cut(statements, "SQL\n")
	require.True(t, found)
	require.Regexp(t, `(?m)^CREATE ROLE tiendo LOGIN PASSWORD :'password';$`, statements)
	require.Regexp(t, `(?m)^CREATE DATABASE tiendo OWNER tiendo;$`, statements)
	require.NotContains(t, strings.ToUpper(statements), "SUPERUSER")
	require.True(t, strings.HasPrefix(file.Services["server"].Environment["DATABASE_URL"], "postgres://tiendo@database:5432/tiendo?"))
}

func TestComposeAsksEveryServiceForItsHealth(t *testing.T) {
	t.Parallel()
	file, _ := compose(t)
	for name, s := range file.Services {
		require.NotEmpty(t, s.Healthcheck.Test, name)
		require.NotEqual(t, "NONE", s.Healthcheck.Test[0], name)
	}
	// A slim image has no shell: the program asks itself.
	require.Equal(t, []string{"CMD", "/tiendo", "doctor", "--ready"}, file.Services["server"].Healthcheck.Test)
	require.Equal(t, "service_healthy", file.Services["server"].DependsOn["database"].Condition)
}

func TestComposeHasNoPasswordOfItsOwn(t *testing.T) {
	t.Parallel()
	file, text := compose(t)
	for name, s := range file.Services {
		for variable, value := range s.Environment {
			if strings.Contains(variable, "PASSWORD") {
				require.Regexp(t, `^\$\{POSTGRES_PASSWORD:\?.+\}$`, value, "%s of %s", variable, name)
			}
		}
	}
	require.NotRegexp(t, `://[^/\s@]*:[^@\s]*@`, text, "an address with a password in it")
	require.NotContains(t, text, "POSTGRES_HOST_AUTH_METHOD")
}

// configured lists the environment variables of the Config struct.
func configured(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, p := range ourPackages(t) {
		if p.room() != "api/cmd/tiendo" {
			continue
		}
		for _, name := range p.GoFiles {
			text, err := os.ReadFile(filepath.Join(p.Dir, name))
			require.NoError(t, err)
			for _, tag := range regexp.MustCompile("`[^`]*`").FindAllString(string(text), -1) {
				if env, ok := reflect.StructTag(strings.Trim(tag, "`")).Lookup("env"); ok {
					names = append(names, strings.Split(env, ",")...)
				}
			}
		}
	}
	return names
}
