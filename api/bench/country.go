package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/dossier"
	"tiendo/pkg/mirror"
	"tiendo/pkg/postgres"
	"tiendo/pkg/statute"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// country is an election of some size.
type country struct {
	name    string
	opening func() (*tracker.Opening, error)
}

// countries are 2021 as it was, and about ten times as many milestones: a
// made-up edition in which every commune has eleven polling areas, which have
// what the law asks of a commune.
var countries = []country{
	{"2021", asItWas},
	{"ten times 2021", tenfold},
}

func asItWas() (*tracker.Opening, error) {
	known, err := dossier.Load("2021")
	if err != nil {
		return nil, err
	}
	return known.Opening(area.Edition2021())
}

// growth remembers what each thing took in the countries so far.
type growth map[string][]time.Duration

// scale measures, in a country as it is and in one ten times as large, what
// depends on its size: opening, loading, memory, and reading with nothing
// prepared, beside the best that SQL does for the same counts.
func (b *bench) scale(ctx context.Context) error {
	grown := growth{}
	for k, c := range countries {
		if err := b.country(ctx, k, c, grown); err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		if err := b.table.Flush(); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) country(ctx context.Context, k int, c country, grown growth) error {
	url, err := b.fresh(ctx, fmt.Sprintf("country_%d", k))
	if err != nil {
		return err
	}
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	o, err := c.opening()
	if err != nil {
		return err
	}
	begun := time.Now()
	if _, err := tracker.NewService(postgres.New(pool), trialDay, zone, nil).Open(ctx, o, tracker.Actor{ID: "local", Name: "bench"}); err != nil {
		return err
	}
	b.grow(grown, c.name+": open", "", time.Since(begun), "")
	if err := prepareSQL(ctx, pool, o.Frame); err != nil {
		return err
	}
	b.url = url
	before, began := held(), time.Now()
	p, err := b.start(ctx)
	if err != nil {
		return err
	}
	loaded := time.Since(began)
	defer p.pool.Close()
	defer p.stop()
	v, err := p.country.View("2021")
	if err != nil {
		return err
	}
	b.grow(grown, c.name+": load the mirror", "", loaded, fmt.Sprintf("%d milestones in %d areas, %d MB held", v.Len(), o.Frame.List.Len(), (held()-before)>>20))
	if err := b.matrices(ctx, c, p, o.Frame.List, grown); err != nil {
		return err
	}
	before = held()
	reports, err := work(ctx, p, v)
	if err != nil {
		return err
	}
	fmt.Fprintf(b.table, "%s: %d reports later\t\t\t\t\t%d MB more held\n", c.name, reports, (held()-before)>>20)
	return b.reads(c, p, grown)
}

// work reports on every third milestone that has tasks, on days all over
// January, as far as the mirror is concerned: the database is not told.
func work(ctx context.Context, p *product, v *mirror.View) (int, error) {
	chance := rand.New(rand.NewPCG(1, 2))
	var all []tracker.Change
	for i := range v.Frame().List.Len() {
		for _, m := range v.Board(i).Milestones() {
			origin := v.Origin(&m)
			if m.TasksTotal == 0 || origin.Rule == nil || chance.IntN(3) > 0 {
				continue
			}
			day := civil.New(2021, 1, 1).Add(chance.IntN(24))
			all = append(all, tracker.Change{
				Election: "2021", Revision: v.Revision() + tracker.Revision(len(all)) + 1, Kind: tracker.TaskUpdated,
				Milestone: v.ID(i, &m), Task: tracker.TaskKey(origin.Rule.Steps()[0].Key), Happened: day, Recorded: trialDay(),
				After: tracker.State{
					Task: &tracker.TaskState{Key: tracker.TaskKey(origin.Rule.Steps()[0].Key), Status: tracker.Done, DoneOn: day},
					Milestone: &tracker.MilestoneState{
						NotBefore: m.NotBefore, Latest: m.Latest, NotBeforeFrom: m.NotBeforeFrom, LatestFrom: m.LatestFrom,
						Work: tracker.Done, DoneOn: day, Standing: tracker.Reported,
					},
				},
			})
		}
	}
	return len(all), p.country.Apply(ctx, all)
}

// held is what is still in use after a collection, in bytes.
func held() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// grow prints one line, with the ratio to the same thing in the country before.
func (b *bench) grow(grown growth, what, beside string, took time.Duration, more string) {
	_, thing, _ := strings.Cut(what, ": ")
	if earlier := grown[thing]; len(earlier) > 0 {
		more = strings.TrimPrefix(fmt.Sprintf("%s, grows %.1f times", more, float64(took)/float64(earlier[len(earlier)-1])), ", ")
	}
	grown[thing] = append(grown[thing], took)
	fmt.Fprintf(b.table, "%s\t%s\t%s\t\t\t%s\n", what, short(took), beside, more)
}

// matrices asks for three matrices, each built and encoded anew, beside the
// faster of two SQL forms. Sums that differ void the run.
func (b *bench) matrices(ctx context.Context, c country, p *product, l *area.List, grown growth) error {
	province, _ := l.Index("06")
	district, _ := l.Index("058")
	for _, m := range []struct {
		name string
		code area.Code
		sql  sqlMatrix
	}{
		{"nation", area.Nation, sqlMatrix{rows: "province"}},
		{"province", "06", sqlMatrix{of: "province", at: province, rows: "district"}},
		{"district", "058", sqlMatrix{of: "district", at: district, rows: "commune"}},
	} {
		path := "/api/v1/elections/2021/areas/" + string(m.code) + "/matrix"
		ours, body, err := b.served(p.handler, path)
		if err != nil {
			return err
		}
		theirs, form, err := b.best(ctx, p.pool, m.sql, body)
		if err != nil {
			return fmt.Errorf("matrix of the %s: %w", m.name, err)
		}
		thing := "matrix of the " + m.name + ", nothing prepared"
		more := fmt.Sprintf("%.0f times faster, %d kB", float64(theirs)/float64(ours), len(body)>>10)
		if earlier := grown[thing]; len(earlier) > 0 {
			more += fmt.Sprintf(", grows %.1f times", float64(ours)/float64(earlier[len(earlier)-1]))
		}
		grown[thing] = append(grown[thing], ours)
		b.row(c.name+": "+thing, short(ours), "best SQL form ("+form+")", short(theirs), float64(ours)/float64(theirs), more)
	}
	return nil
}

// served is the median time in which the handler builds and encodes an answer,
// without a network, and one of the answers.
func (b *bench) served(h http.Handler, path string) (time.Duration, []byte, error) {
	var all []time.Duration
	var body []byte
	for range 4 * b.rounds {
		answer := httptest.NewRecorder()
		r := local(path, "")
		begun := time.Now()
		h.ServeHTTP(answer, r)
		all = append(all, time.Since(begun))
		if answer.Code != http.StatusOK {
			return 0, nil, fmt.Errorf("%s: status %d: %s", path, answer.Code, answer.Body)
		}
		body = answer.Body.Bytes()
	}
	return median(all), body, nil
}

// best runs both SQL forms and gives the faster one's median.
func (b *bench) best(ctx context.Context, pool *pgxpool.Pool, m sqlMatrix, answer []byte) (time.Duration, string, error) {
	var product struct {
		Totals map[string]int32 `json:"totals"`
	}
	if err := json.Unmarshal(answer, &product); err != nil {
		return 0, "", err
	}
	var fastest time.Duration
	var name string
	for _, form := range []struct{ name, sql string }{{"joined", m.joined()}, {"wide", m.wide()}} {
		var all []time.Duration
		for range b.rounds {
			took, sums, err := answerOf(ctx, pool, form.sql, trialDay())
			if err != nil {
				return 0, "", err
			}
			if err := same(product.Totals, sums); err != nil {
				return 0, "", fmt.Errorf("%s: %w", form.name, err)
			}
			all = append(all, took)
		}
		if took := median(all); fastest == 0 || took < fastest {
			fastest, name = took, form.name
		}
	}
	return fastest, name, nil
}

func same(product map[string]int32, sql timeline.Sums) error {
	for name, n := range map[string]int32{
		"total": sql.Total, "done": sql.Done, "confirmed": sql.Confirmed,
		"overdue": sql.Overdue, "behind_plan": sql.BehindPlan, "due_soon": sql.DueSoon,
	} {
		if product[name] != n {
			return fmt.Errorf("%s: the product counts %d, SQL %d", name, product[name], n)
		}
	}
	return nil
}

// reads asks for what else goes through a whole branch.
func (b *bench) reads(c country, p *product, grown growth) error {
	const nation = "/api/v1/elections/2021/areas/VN"
	for _, r := range []struct{ name, path string }{
		{"matrix of the nation, at work", nation + "/matrix"},
		{"the same as of a past day", nation + "/matrix?as_of=2021-01-12"},
		{"list of the nation by date, first page of 100", nation + "/deadlines?limit=100"},
		{"list of what is open, by lateness", nation + "/deadlines?limit=100&state=open&sort=lateness"},
		{"list of a province", "/api/v1/elections/2021/areas/06/deadlines?limit=100"},
		{"what changed in the nation between two days", nation + "/comparison?from=2021-01-05&to=2021-01-12&limit=100"},
		{"search: phuong 1", "/api/v1/elections/2021/search?q=phuong+1"},
		{"search: bac kann, misspelt", "/api/v1/elections/2021/search?q=bac+kann"},
	} {
		took, body, err := b.served(p.handler, r.path)
		if err != nil {
			return err
		}
		b.grow(grown, c.name+": "+r.name, "", took, fmt.Sprintf("%d kB", len(body)>>10))
	}
	return nil
}

// pollingAreas is how many a commune of the made-up edition has.
const pollingAreas = 11

// tenfold is the election of 2021 in an edition and under a rulebook that know
// a fifth level. Both are made up, for this measurement only.
func tenfold() (*tracker.Opening, error) {
	known, err := asItWas()
	if err != nil {
		return nil, err
	}
	list, err := fiveLevels(known.Frame.List)
	if err != nil {
		return nil, err
	}
	book, err := fiveLevelRules(known.Frame.Rulebook)
	if err != nil {
		return nil, err
	}
	return tracker.NewOpening(known.Frame.Election, book, list, known.Exceptions, known.Sources)
}

func fiveLevels(l *area.List) (*area.List, error) {
	var file strings.Builder
	file.WriteString("code,parent_code,level,type,name,name_en\n")
	for i := 1; i < l.Len(); i++ {
		a := l.At(i)
		parent := a.Parent
		if parent == area.Nation {
			parent = ""
		}
		fmt.Fprintf(&file, "%s,%s,%s,%s,%q,%q\n", a.Code, parent, a.Level, a.Type, a.Name, a.NameEn)
		for n := 1; a.Level == area.LevelCommune && n <= pollingAreas; n++ {
			fmt.Fprintf(&file, "%s-%d,%s,polling_area,khu vực bỏ phiếu,Khu vực bỏ phiếu số %d,\n", a.Code, n, a.Code, n)
		}
	}
	return area.Read("five-levels", strings.NewReader(file.String()))
}

// fiveLevelRules asks of a polling area what a law asks of a commune, but for
// the rules that name others by their own level.
func fiveLevelRules(law *statute.Rulebook) (*statute.Rulebook, error) {
	var book map[string]any
	if err := json.Unmarshal(law.Text(), &book); err != nil {
		return nil, err
	}
	const level = "polling_area"
	book["version"] = law.ID() + ".5"
	book["levels"] = append(book["levels"].([]any), level)
	for _, one := range book["rules"].([]any) {
		rule := one.(map[string]any)
		levels := rule["levels"].(map[string]any)
		if levels["commune"] != nil && !perLevel(rule) {
			levels[level] = "always"
		}
	}
	text, err := json.Marshal(book)
	if err != nil {
		return nil, err
	}
	return statute.Parse("five levels", text)
}

// perLevel says that a rule names others by its own level: a made-up level has
// none.
func perLevel(rule map[string]any) bool {
	text, err := json.Marshal(rule)
	return err != nil || bytes.Contains(text, []byte("{level}"))
}
