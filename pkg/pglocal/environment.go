package pglocal

import "strings"

// cleanEnv is env without what would steer PostgreSQL from outside: every PG*
// setting and every locale. Messages come in English, so that a log can be
// searched for.
func cleanEnv(env []string) []string {
	clean := make([]string, 0, len(env)+1)
	for _, e := range env {
		name, _, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, "PG") || strings.HasPrefix(name, "LC_") ||
			name == "LANG" || name == "LANGUAGE" || name == "TZ" {
			continue
		}
		clean = append(clean, e)
	}
	return append(clean, "LANG=C")
}
