package statute_test

import (
	"encoding/csv"
	"os"
	"os/exec"
	"strings"
	"testing"
	_ "time/tzdata" // the zones below, also where the system has none

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/statute"
)

// rows reads a CSV file with a header.
func rows(t *testing.T, file string) []map[string]string {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var all []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, field := range record {
			row[records[0][i]] = field
		}
		all = append(all, row)
	}
	return all
}

// publishedPlace is where a published row is looked for: duties of communes
// are published for districts too, where those have no communes.
func publishedPlace(t *testing.T, r *statute.Rule, level string) []statute.Place {
	t.Helper()
	l, err := area.ParseLevel(level)
	require.NoError(t, err)
	if c, _ := r.ConditionAt(l); c == statute.NoCommune {
		return []statute.Place{bachLongVi(), haiPhong, nation}
	}
	return chains()[l]
}

// The one day that is published for something that has yet to happen: a
// complaint on the last day on which one is possible.
func lastPossible(t *testing.T, b *statute.Rulebook, r *statute.Rule, chain []statute.Place) map[string]civil.Date {
	t.Helper()
	if r.Key != "voter_list_complaint_reply" {
		return nil
	}
	right, err := b.Deadline("voter_list_complaint", in2021, chain, nil, nil)
	require.NoError(t, err)
	return map[string]civil.Date{"voter_list_complaint_received": right.Latest.Day}
}

func TestEveryPublishedDayOf2021ComesOutOfTheRules(t *testing.T) {
	t.Parallel()
	b := load(t, "2015")
	published := map[statute.RuleKey]map[string]bool{}
	for _, row := range rows(t, "testdata/published-2021.csv") {
		if row["nature"] == "local" {
			require.Empty(t, row["rule"])
			require.NotEmpty(t, row["reason"], "what is no rule says why: %s", row["source_row"])
			continue
		}
		r, err := b.Rule(statute.RuleKey(row["rule"]))
		require.NoError(t, err)
		if published[r.Key] == nil {
			published[r.Key] = map[string]bool{}
		}
		published[r.Key][row["level"]] = true
		require.Equal(t, row["nature"], r.Nature.String(), r.Key)
		chain := publishedPlace(t, r, row["level"])
		d, err := b.Deadline(r.Key, in2021, chain, nil, lastPossible(t, b, r, chain))
		require.NoError(t, err)
		if !strings.HasPrefix(row["reason"], "start not published") && r.Key != "voter_list_complaint_reply" {
			require.Equal(t, row["start"], d.NotBefore.Day.String(), "%s starts", r.Key)
			require.Equal(t, row["start_time"], d.NotBefore.Clock.String(), "%s starts", r.Key)
		}
		require.Equal(t, row["end"], d.Latest.Day.String(), "%s ends", r.Key)
		require.Equal(t, row["end_time"], d.Latest.Clock.String(), "%s ends", r.Key)

		all, err := b.Scheduled(in2021, chain)
		require.NoError(t, err)
		found, scheduled := byKey(all)[r.Key]
		require.Equal(t, row["scheduled"] == "yes", scheduled, "%s at %s", r.Key, row["level"])
		if scheduled {
			require.Equal(t, d, found)
		} else {
			require.NotEmpty(t, row["reason"], "what is not scheduled says why: %s", r.Key)
		}
	}
	for _, r := range b.Rules() {
		require.Len(t, published[r.Key], len(r.Where), "%s is in the table at each of its levels", r.Key)
	}
}

func TestTheWholeSuiteOfDatesHoldsInAnyZone(t *testing.T) {
	t.Parallel()
	for _, zone := range []string{"UTC", "America/New_York", "Asia/Ho_Chi_Minh"} {
		run := exec.Command(os.Args[0], "-test.run", "Published|Explanations|CountFromElectionDay|SideBySide")
		run.Env = append(os.Environ(), "TZ="+zone)
		out, err := run.CombinedOutput()
		require.NoError(t, err, "TZ=%s\n%s", zone, out)
	}
}

func TestDaysOf2021CountFromElectionDayAsPublished(t *testing.T) {
	t.Parallel()
	for n, day := range map[int]string{
		-115: "2021-01-28", -105: "2021-02-07", -95: "2021-02-17", -90: "2021-02-22", -85: "2021-02-27",
		-80: "2021-03-04", -70: "2021-03-14", -65: "2021-03-19", -55: "2021-03-29", -50: "2021-04-03",
		-40: "2021-04-13", -35: "2021-04-18", -30: "2021-04-23", -25: "2021-04-28", -20: "2021-05-03",
		-15: "2021-05-08", -10: "2021-05-13", -5: "2021-05-18", 3: "2021-05-26", 5: "2021-05-28",
		7: "2021-05-30", 10: "2021-06-02", 15: "2021-06-07", 20: "2021-06-12", 45: "2021-07-07", 60: "2021-07-22",
	} {
		require.Equal(t, day, in2021.Day.Add(n).String(), "T%+d", n)
		require.True(t, usedOffset(load(t, "2015"), n), "a rule counts T%+d", n)
	}
}

// usedOffset says that a rule counts this number of days from election day.
func usedOffset(b *statute.Rulebook, n int) bool {
	for _, r := range b.Rules() {
		for _, a := range []*statute.Anchor{r.Start, r.End} {
			if a != nil && a.Kind == statute.OnElectionDay && a.Days == n {
				return true
			}
		}
	}
	return false
}

func TestByElectionAndTriggeredRulesAreNotScheduled(t *testing.T) {
	t.Parallel()
	for id, e := range map[string]statute.Election{"2015": in2021, "2025": in2026} {
		b := load(t, id)
		for _, l := range b.Levels() {
			all, err := b.Scheduled(e, within(b, chains()[l]))
			require.NoError(t, err)
			require.NotEmpty(t, all)
			for _, d := range all {
				require.Equal(t, statute.General, d.Rule.Occasion, d.Rule.Key)
				require.NotEqual(t, statute.OnOccurrence, d.Rule.Nature, d.Rule.Key)
			}
		}
	}
}

func TestDatedDocumentsBelongToTheirElectionOnly(t *testing.T) {
	t.Parallel()
	b := load(t, "2015")
	other := statute.Election{ID: "2016", Day: civil.Must("2016-05-22")}
	all, err := b.Scheduled(other, []statute.Place{nation})
	require.NoError(t, err)
	for _, d := range all {
		require.Empty(t, d.Rule.OnlyFor, d.Rule.Key)
	}
	_, err = b.Deadline("nec_plan_42", other, []statute.Place{nation}, nil, nil)
	require.ErrorContains(t, err, "rule-not-here")
}

// within leaves out the places whose level the rulebook does not have.
func within(b *statute.Rulebook, chain []statute.Place) []statute.Place {
	var kept []statute.Place
	for _, p := range chain {
		for _, l := range b.Levels() {
			if p.Level == l {
				kept = append(kept, p)
			}
		}
	}
	return kept
}
