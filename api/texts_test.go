package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/postgres/pgtest"
)

// hostile are texts that mean something to a database, a shell, a template, a
// page, a spreadsheet, a log or a file system. Here they are words like others.
var hostile = []string{
	`'; DROP TABLE change; --`, `x' OR '1'='1`, `\'; SELECT pg_sleep(9); --`, "$(reboot) `id` && x", `{{7*7}} ${7*7} <%= 7*7 %>`, `%s%n%x%d`,
	`<script>alert(1)</script>`, `<img src=x onerror=alert(1)>`, `" onmouseover="alert(1)`, `javascript:alert(1)`, `</title>]]>&lt;&#60;`,
	`=HYPERLINK("http://evil.example","x")`, `+1+cmd|' /C calc'!A0`, `-2+3`, `@SUM(1+1)`, `＝1+1`,
	`../../../etc/passwd`, `C:\Windows\x`, "x\u202egnp.exe", "e\u0301\u0302\u0303", "👩‍👩‍👧‍👦 𠜎", "null", "-1", "ﷺ",
}

// noText are texts that are none, as they stand in JSON.
var noText = map[string]string{
	"NUL": `"a\u0000b"`, "a bell": `"a\u0007b"`, "escape": `"\u001b[2J"`, "half a letter": `"a\ud800b"`, "the other half": `"a\udc00b"`, "both, turned round": `"\udc00\ud800"`,
	"far too long": `"` + strings.Repeat("x", 10_000) + `"`,
}

// textsOf are the places of a body in which any text may stand.
func textsOf(s *openapi3.Schema, at []string) (all [][]string) {
	under := func(inside *openapi3.SchemaRef, name string) {
		if inside != nil {
			all = append(all, textsOf(inside.Value, append(slices.Clone(at), name))...)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		under(s.Properties[name], name)
	}
	under(s.Items, "0")
	under(s.AdditionalProperties.Schema, "hop")
	if s.Type.Includes("string") && len(s.Enum) == 0 && s.Format == "" && s.Pattern == "" {
		all = append(all, at)
	}
	return all
}

// with is a value with a text in a place, and with what else is needed there.
func with(t *testing.T, s *openapi3.Schema, value any, at []string, text json.RawMessage) any {
	t.Helper()
	if len(at) == 0 {
		return text
	}
	if s.Type.Includes("array") {
		list, _ := value.([]any)
		if len(list) == 0 {
			list = []any{nil}
		}
		list[0] = with(t, s.Items.Value, list[0], at[1:], text)
		return list
	}
	of, there := value.(map[string]any)
	if !there {
		of, _ = sampleOfSchema(t, "", s).(map[string]any)
	}
	inside := s.AdditionalProperties.Schema
	if p := s.Properties[at[0]]; p != nil {
		inside = p
	}
	of[at[0]] = with(t, inside.Value, of[at[0]], at[1:], text)
	return of
}

// say sends a text in a place of a body.
func (s *stage) say(o *operation, at []string, text string, header ...string) *reply {
	s.t.Helper()
	one := *o
	var value any
	require.NoError(s.t, json.Unmarshal([]byte(o.body), &value))
	body := with(s.t, o.schema(), value, at, json.RawMessage(text)).(map[string]any)
	if _, named := body["user"]; named && at[0] != "user" { // another one each time
		s.made++
		body["user"] = fmt.Sprintf("named%d", s.made)
	}
	report := body
	if inside, there := body["report"].(map[string]any); there {
		report = inside
	}
	switch { // what a text is of, where it is only taken beside something else
	case slices.Contains(at, "evidence"):
		report["status"], report["done_on"] = "done", "2021-01-22"
	case at[len(at)-1] == "reason" && report["status"] != nil:
		report["status"] = "blocked"
	}
	one.body = jsonOf(s.t, body)
	return s.ask(&one, header...)
}

// refusesRow says that of what a batch was to do the only row is refused.
func (r *reply) refusesRow() bool { return strings.Contains(r.text(), `"refused":1,`) }

func (o *operation) schema() *openapi3.Schema {
	if !strings.HasSuffix(o.kind, "json") || o.RequestBody == nil {
		return nil
	}
	return o.RequestBody.Value.Content[o.kind].Schema.Value
}

// kept says that a text stands in the log, as it was written.
func (s *stage) kept(text string) bool {
	s.t.Helper()
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	require.NoError(s.t, e.Encode(text))
	needle := strings.TrimSpace(b.String())
	needle = needle[1 : len(needle)-1]
	in := func(sees, table string) bool {
		return pgtest.Value[bool](s.t, s.d.pool, sees, fmt.Sprintf(`SELECT EXISTS (SELECT FROM %q AS c WHERE position($1 IN to_jsonb(c)::text) > 0)`, table), needle)
	}
	return in("log", "change") || in("log", "document") || in("accounts", "access_event") || in("accounts", "api_token")
}

func TestEveryTextIsKeptAsItIsOrRefusedWhereItStands(t *testing.T) {
	t.Parallel()
	s := newStage(t, true)
	s.held = nil                                            // whatever is said has to be in an answer as the contract has it
	cookie := []string{"Cookie", s.signIn("lan." + secret)} // who wrote what is there
	fields := 0
	for _, o := range everyOperation(t, s.places) {
		if o.schema() == nil || !o.writes() {
			continue
		}
		for _, at := range textsOf(o.schema(), nil) {
			fields++
			what := fmt.Sprintf("%s /%s", o.OperationID, strings.Join(at, "/"))
			for _, text := range hostile {
				r := s.say(&o, at, jsonOf(t, text), cookie...)
				require.Less(t, r.status, 500, "%s: %q\n%s", what, text, r.body)
				switch {
				case o.says("x-proves"), r.status == http.StatusConflict, r.status == http.StatusNotFound:
				case r.status >= 400:
					require.NotEmpty(t, r.problem()["errors"], "%s: %q: where? %s", what, text, r.body)
				case at[len(at)-1] != "preview" && !r.refusesRow() && !strings.Contains(r.text(), `"unchanged":1,`):
					require.True(t, s.kept(text), "%s: %q was taken, and is not there\n%s", what, text, r.body)
				}
			}
			for why, text := range noText {
				r := s.say(&o, at, text, cookie...)
				require.True(t, r.status >= 400 || r.refusesRow(), "%s: %s\n%.500s", what, why, r.body)
				require.Less(t, r.status, 500, "%s: %s\n%.500s", what, why, r.body)
				require.Less(t, len(r.body), 25_000, "%s: %s", what, why)
			}
		}
	}
	require.Greater(t, fields, 60)
	s.exportsNoFormula(cookie)
}

// exportsNoFormula downloads what now holds all these texts.
func (s *stage) exportsNoFormula(header []string) {
	s.t.Helper()
	for _, code := range []string{"VN", "06", "058"} {
		said := 0
		for _, row := range s.get(exportOf(code, "csv"), header...).table() {
			for _, cell := range row {
				require.False(s.t, strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") || strings.HasPrefix(cell, "@") || strings.HasPrefix(cell, "-"), "%q", cell)
				if strings.Contains(cell, "HYPERLINK") {
					said++
				}
			}
		}
		require.Positive(s.t, said, "what was said is there")
		book := unpacked(s.get(exportOf(code, "xlsx"), header...).ok())
		require.NotContains(s.t, book, "<f>")
		require.NotContains(s.t, book, "<f ")
		require.NotContains(s.t, book, "<script>")
	}
}

func TestNoTextInAnAddressIsMoreThanAName(t *testing.T) {
	t.Parallel()
	s := newStage(t, true)
	cookie := s.administrator()
	before := s.d.sums()
	for _, o := range everyOperation(t, s.places) {
		for _, p := range o.Parameters {
			if p.Value.In == openapi3.ParameterInHeader || o.writes() && p.Value.In != openapi3.ParameterInPath {
				continue
			}
			for _, text := range append(slices.Clone(hostile), "a\x00b", "\xff\xfe", strings.Repeat("x", 5000), "a\r\nb") {
				one := o
				one.address = o.addressWith(t, s.places, p.Value.Name, text)
				r := s.ask(&one, cookie...)
				require.Less(t, r.status, 500, "%s %s = %q: %s", o.OperationID, p.Value.Name, text, r.body)
				if p.Value.In == openapi3.ParameterInPath {
					require.GreaterOrEqual(t, r.status, 400, "%s %s = %q: %.300s", o.OperationID, p.Value.Name, text, r.body)
				}
			}
		}
	}
	require.Equal(t, before, s.d.sums())
	s.get(v1+"/areas/058", cookie...).ok()
}
