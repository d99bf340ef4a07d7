package api_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/stretchr/testify/require"
)

const promised = "testdata/promise.golden.txt"

// TestA28_WithinAVersionNothingIsTakenAwayAndNothingMoreIsAsked holds the contract
// against all that it ever said: what is given may only become more, what is asked
// only less. -update writes down what is new, and never drops a line.
func TestA28_WithinAVersionNothingIsTakenAwayAndNothingMoreIsAsked(t *testing.T) {
	t.Parallel()
	now := promises(theContract(t))
	text, err := os.ReadFile(promised)
	if *update && os.IsNotExist(err) {
		err = nil
	}
	require.NoError(t, err)
	then := strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
	// An operation that is new may ask what it likes.
	known := map[string]bool{}
	for _, line := range then {
		operation, _, _ := strings.Cut(line, ": ")
		known[operation] = true
	}
	var unsaid []string
	for _, line := range now {
		operation, what, _ := strings.Cut(line, ": ")
		if slices.Contains(then, line) {
			continue
		}
		require.False(t, known[operation] && strings.HasPrefix(what, "asks "), "this would break clients: %s", line)
		unsaid = append(unsaid, line)
	}
	for _, line := range then {
		require.True(t, slices.Contains(now, line) || strings.Contains(line, ": asks "), "this was promised and is gone: %s", line)
	}
	if *update {
		all := slices.Concat(then, unsaid)
		slices.Sort(all)
		require.NoError(t, os.WriteFile(promised, []byte(strings.Join(all, "\n")+"\n"), 0o644))
		return
	}
	require.Empty(t, unsaid, "new in the contract; -update makes it a promise")
}

// promises are what the contract says a client gets and has to send, a line each.
func promises(doc *openapi3.T) []string {
	said := pledges{}
	for path, item := range doc.Paths.Map() {
		for method, o := range item.Operations() {
			name := method + " " + path
			said.say(name, "exists")
			for _, p := range slices.Concat(item.Parameters, o.Parameters) {
				what := p.Value.In + " " + p.Value.Name
				said.say(name, "takes "+what)
				if p.Value.Required && p.Value.In != openapi3.ParameterInPath {
					said.say(name, "asks "+what)
				}
			}
			if o.RequestBody != nil {
				said.contents(name, "takes", "body", o.RequestBody.Value.Content)
			}
			for status, r := range o.Responses.Map() {
				for header := range r.Value.Headers {
					said.say(name, "gives "+status+" "+header)
				}
				said.contents(name, "gives", status, r.Value.Content)
			}
		}
	}
	return slices.Sorted(maps.Keys(said))
}

type pledges map[string]bool

func (said pledges) say(subject, what string) { said[subject+": "+what] = true }

func (said pledges) contents(subject, way, at string, contents openapi3.Content) {
	for kind, m := range contents {
		said.schema(subject, way, at+" "+kind, m.Schema)
	}
}

// schema says what a schema is and what is in it. One that has a name is told of
// under it, once for what is given and once for what is taken.
func (said pledges) schema(subject, way, at string, ref *openapi3.SchemaRef) {
	if ref == nil || ref.Value == nil {
		return
	}
	s := ref.Value
	if name, named := strings.CutPrefix(ref.Ref, "#/components/schemas/"); named {
		said.say(subject, way+" "+at+" "+name)
		if subject = name + " (" + way + ")"; said[subject+": exists"] {
			return
		}
		said.say(subject, "exists")
		at = ""
	}
	kind := "anything"
	if s.Type != nil {
		kind = strings.Join(s.Type.Slice(), " or ")
	}
	said.say(subject, strings.TrimSpace(way+" "+at+" "+kind))
	for _, name := range s.Required {
		if way == "takes" {
			said.say(subject, "asks "+at+"."+name)
		} else {
			said.say(subject, "gives "+at+"."+name+" always")
		}
	}
	for name, p := range s.Properties {
		said.schema(subject, way, at+"."+name, p)
	}
	said.schema(subject, way, at+"[]", s.Items)
	said.schema(subject, way, at+".*", s.AdditionalProperties.Schema)
	for _, parts := range []openapi3.SchemaRefs{s.AllOf, s.AnyOf, s.OneOf} {
		for _, part := range parts {
			said.schema(subject, way, at, part)
		}
	}
}
