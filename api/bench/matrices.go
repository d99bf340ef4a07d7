package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"tiendo/pkg/area"
	"tiendo/pkg/dossier"
)

// matrices is P8: the table of a province's places as fast as one place's
// timeline, the nation's without anything prepared, and both right after many
// changes.
func (g *goals) matrices(ctx context.Context) error {
	r, err := g.refreshers(ctx)
	if err != nil {
		return err
	}
	provinces := &corpus{}
	list := area.Edition2021()
	for i := range list.Len() {
		if list.At(i).Level == area.LevelProvince {
			provinces.paths = append(provinces.paths, "/api/v1/elections/2021/areas/"+string(list.At(i).Code)+"/matrix")
		}
	}
	path := filepath.Join(g.dir, "provinces")
	if err := provinces.list(path, nil); err != nil {
		return err
	}
	got, err := compare(g.rounds,
		contestant{"matrix", func(int) (sampled, error) { return g.hammer(ctx, g.product, path, 100, 1e6) }},
		contestant{"timeline", func(int) (sampled, error) {
			return g.hammer(ctx, g.product, r.unknown, 0.9*g.files.size, 1.1*g.files.size+aside)
		}})
	if err != nil {
		return err
	}
	g.add(got.result("P8", "matrix of a random province, 200 compressed", "/s", "timeline of a random area, 200", 0, 1, rate, atLeast(0.95)))
	if err := g.nation(ctx); err != nil {
		return err
	}
	return g.counted(ctx)
}

// nation asks for the nation's matrix where nothing is prepared.
func (g *goals) nation(ctx context.Context) error {
	plain, err := g.serve(ctx, "unprepared", serverCore, withoutPrepared)
	if err != nil {
		return err
	}
	defer plain.end()
	l, err := dial(plain.listens)
	if err != nil {
		return err
	}
	defer l.close()
	text := request("GET", plain.listens, "/api/v1/elections/2021/areas/VN/matrix?open=none", nil, "Authorization: Bearer "+g.reading)
	var all []time.Duration
	size := 0
	for range 20 * g.rounds {
		begun := time.Now()
		r, err := l.ask(text)
		if err != nil {
			return err
		}
		if r.status != 200 {
			return fmt.Errorf("matrix: status %d: %s", r.status, r.body)
		}
		all, size = append(all, time.Since(begun)), len(r.body)
	}
	g.add(&result{
		Goal: "P8", What: "matrix of the nation, nothing prepared", Unit: " ms", Median: float64(median(all)) / float64(time.Millisecond),
		Target: atMost(3), Rounds: g.rounds, Cost: cost{Bytes: float64(size)}, Note: "round trip of one client",
	})
	return nil
}

// counted changes many milestones at random and has SQL count them all.
func (g *goals) counted(ctx context.Context) error {
	wanted := 100_000
	if g.smoke {
		wanted = 2000
	}
	g.changed = true
	chance := rand.New(rand.NewPCG(8, 100_000))
	changed := 0
	for tries := 0; changed < wanted && tries < 40; tries++ {
		b, err := g.bulk(g.product.listens, randomReports(chance, min(10_000, wanted)))
		if err != nil {
			return err
		}
		changed += b.Changed
	}
	pool, err := pgxpool.New(ctx, g.url)
	if err != nil {
		return err
	}
	defer pool.Close()
	known, err := dossier.Load("2021")
	if err != nil {
		return err
	}
	o, err := known.Opening(area.Edition2021())
	if err != nil {
		return err
	}
	if err := prepareSQL(ctx, pool, o.Frame); err != nil {
		return err
	}
	// What local plans ask for is counted, too; the rulebook does not know of it.
	if _, err := pool.Exec(ctx, `INSERT INTO bench_rule SELECT key, plan FROM plan_line WHERE nature IN ('duty', 'event', 'on_occurrence') ON CONFLICT DO NOTHING`); err != nil {
		return err
	}
	wrong, err := g.differences(ctx, pool)
	if err != nil {
		return err
	}
	g.add(&result{
		Goal: "P8", What: "counts of the nation that differ from SQL's", Median: float64(wrong), Target: atMost(0), Rounds: 1,
		Note: fmt.Sprintf("after %d changes at random", changed),
	})
	return nil
}

// differences holds the nation's sums against GROUP BY.
func (g *goals) differences(ctx context.Context, pool *pgxpool.Pool) (int, error) {
	r, err := g.product.get("/api/v1/elections/2021/areas/VN/matrix", "Authorization: Bearer "+g.reading)
	if err != nil {
		return 0, err
	}
	var answer struct {
		Totals map[string]int32 `json:"totals"`
	}
	if err := json.Unmarshal(r.body, &answer); err != nil {
		return 0, err
	}
	now := time.Now().In(zone)
	y, m, d := trialDay().Date()
	now = time.Date(y, m, d, now.Hour(), now.Minute(), 0, 0, zone)
	_, sums, err := answerOf(ctx, pool, sqlMatrix{rows: "province"}.joined(), now)
	if err != nil {
		return 0, err
	}
	if err := same(answer.Totals, sums); err != nil {
		g.say("P8: %s", err)
		return 1, nil
	}
	return 0, nil
}

// randomReports is a bulk change of milestones here and there: some begun, some
// done, some as if nothing had been.
func randomReports(chance *rand.Rand, rows int) []byte {
	type row struct {
		Area      string `json:"area"`
		Milestone string `json:"milestone"`
	}
	codes := communeCodes()
	keys := []string{"voter_notice", "residence_voter_meetings", "team_minutes"}
	taken := map[row]bool{}
	var all []row
	for len(all) < rows {
		one := row{codes[chance.IntN(len(codes))], keys[chance.IntN(len(keys))]}
		if !taken[one] {
			taken[one] = true
			all = append(all, one)
		}
	}
	report := []map[string]any{
		{"status": "in_progress"}, {"status": "not_started"}, {"status": "done", "done_on": "2021-01-22"},
	}[chance.IntN(3)]
	report["task"], report["correct"] = "duty", true
	body, err := json.Marshal(map[string]any{"rows": all, "report": report, "partial": true})
	if err != nil {
		panic(err) // texts and flags
	}
	return body
}
