package statute

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Comparison says what one version of a rulebook has that another has not.
// Rules are named by their keys, in alphabetical order.
type Comparison struct {
	Added, Removed []RuleKey
	// Dates are rules whose start or end is another; Places those that exist
	// elsewhere, at other times or with other steps; Texts those of which only
	// words, articles, sources or bodies differ. A rule stands in each list that
	// it belongs in.
	Dates, Places, Texts []RuleKey
	// Lists are parts of the file beside the rules that differ: "phases".
	Lists []string
}

// Same says that nothing differs but the version.
func (c *Comparison) Same() bool {
	return len(c.Added)+len(c.Removed)+len(c.Dates)+len(c.Places)+len(c.Texts)+len(c.Lists) == 0
}

// fieldsOf says what a difference in a field of a rule is; other fields are texts.
var fieldsOf = map[string]func(*Comparison) *[]RuleKey{
	"start": datesIn, "end": datesIn,
	"levels": placesIn, "only_for": placesIn, "occasion": placesIn, "nature": placesIn, "trigger": placesIn, "tasks": placesIn,
}

func datesIn(c *Comparison) *[]RuleKey  { return &c.Dates }
func placesIn(c *Comparison) *[]RuleKey { return &c.Places }
func textsIn(c *Comparison) *[]RuleKey  { return &c.Texts }

// Compare says what changes from one version of a rulebook to the next. It
// compares the files as they were read.
func Compare(was, next *Rulebook) Comparison {
	var c Comparison
	before, after := loose(was), loose(next)
	rulesBefore, rulesAfter := rulesOf(before), rulesOf(after)
	for _, key := range slices.Sorted(maps.Keys(joined(rulesBefore, rulesAfter))) {
		a, had := rulesBefore[key]
		b, has := rulesAfter[key]
		switch {
		case !had:
			c.Added = append(c.Added, RuleKey(key))
		case !has:
			c.Removed = append(c.Removed, RuleKey(key))
		default:
			c.rule(RuleKey(key), a, b)
		}
	}
	for _, field := range slices.Sorted(maps.Keys(joined(before, after))) {
		if field != "rules" && field != "version" && !reflect.DeepEqual(before[field], after[field]) {
			c.Lists = append(c.Lists, field)
		}
	}
	return c
}

func (c *Comparison) rule(key RuleKey, a, b map[string]any) {
	for field := range joined(a, b) {
		if reflect.DeepEqual(a[field], b[field]) {
			continue
		}
		in := fieldsOf[field]
		if in == nil {
			in = textsIn
		}
		if list := in(c); !slices.Contains(*list, key) {
			*list = append(*list, key)
		}
	}
}

// loose reads the rulebook's file again, which was read strictly before.
func loose(b *Rulebook) map[string]any {
	var all map[string]any
	_ = json.Unmarshal(b.text, &all)
	return all
}

func rulesOf(file map[string]any) map[string]map[string]any {
	rules := map[string]map[string]any{}
	list, _ := file["rules"].([]any)
	for _, r := range list {
		if rule, ok := r.(map[string]any); ok {
			key, _ := rule["key"].(string)
			rules[key] = rule
		}
	}
	return rules
}

func joined[V any](a, b map[string]V) map[string]V {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// Newer says that version a of a rulebook came after version b: "2015.10" after
// "2015.9". Versions of different rulebooks do not follow on each other.
func Newer(a, b string) bool {
	bookA, numberA := numberOf(a)
	bookB, numberB := numberOf(b)
	return bookA == bookB && numberA > numberB
}

func numberOf(version string) (book string, number int) {
	book, text, _ := strings.Cut(version, ".")
	number, _ = strconv.Atoi(text)
	return book, number
}
