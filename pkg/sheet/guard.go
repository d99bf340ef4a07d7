package sheet

import "strings"

// formulaic are the beginnings that a spreadsheet takes for a formula when it
// opens a .csv.
const formulaic = "=+-@\t\r\n＝＋－＠"

func needsGuard(s string) bool {
	for _, r := range strings.TrimLeft(s, "'") {
		return strings.ContainsRune(formulaic, r)
	}
	return false
}

// Guard puts an apostrophe before what a spreadsheet would run as a formula.
// Only .csv needs it: a text in .xlsx is a text.
func Guard(s string) string {
	if needsGuard(s) {
		return "'" + s
	}
	return s
}

// Unguard takes off what [Guard] put there, and nothing else: of any text,
// Unguard(Guard(s)) is s.
func Unguard(s string) string {
	if strings.HasPrefix(s, "'") && needsGuard(s) {
		return s[1:]
	}
	return s
}
