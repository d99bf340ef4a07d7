package pgtest

import (
	"net/url"
	"strings"
)

// remote is the server that DATABASE_URL_TEST names.
type remote string

// URL replaces the database in the address, whichever of the two forms it has.
func (r remote) URL(database string) string {
	u, err := url.Parse(string(r))
	if err != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return string(r) + " dbname=" + database // the last one counts
	}
	u.Path = "/" + database
	return u.String()
}

// Keep needs to do nothing: the server stays.
func (r remote) Keep(string) string { return "it is on the server of " + urlVariable }
