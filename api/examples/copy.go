// Command copy keeps a copy of what a place and everything below it has to keep to.
//
//	copy [-once] https://HOST/api/v1/elections/2021/areas/058 FILE
//
// FILE is a line with the change token, then a line for each milestone: its key
// (AREA/MILESTONE), a tab, and its row as the API's list of deadlines has it. It
// is replaced as a whole, so that whoever reads it sees one state, and a copy that
// was stopped goes on where it was. With -once it is brought up to date once; else
// it follows the changes until it is ended. An API token may stand in TOKEN.
package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	wait     = 50 // seconds that the server may hold an empty answer back; 60 at most
	patience = (wait + 40) * time.Second
	longest  = time.Minute // between two attempts
)

func main() {
	once := flag.Bool("once", false, "bring the copy up to date and end")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "copy [-once] https://HOST/api/v1/elections/ELECTION/areas/AREA FILE")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := copier{base: strings.TrimSuffix(flag.Arg(0), "/"), file: flag.Arg(1), token: os.Getenv("TOKEN")}
	if err := c.follow(ctx, *once); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "copy:", err)
		stop()
		os.Exit(1)
	}
}

// copier keeps one copy.
type copier struct {
	base, file, token string

	client http.Client
	known  string            // change token; "": a snapshot is needed
	rows   map[string]string // by AREA/MILESTONE
}

var errGone = errors.New("what was begun cannot be gone on with: take a fresh list") // 410

// notNow is a server that cannot answer now.
type notNow struct {
	why   error
	after time.Duration // what it says itself; 0: nothing
}

func (n notNow) Error() string { return "not now: " + n.why.Error() }

// follow keeps the copy up to date until ctx ends, or once.
func (c *copier) follow(ctx context.Context, once bool) error {
	if err := c.load(); err != nil {
		return err
	}
	for pause := time.Second; ; {
		more, err := c.refresh(ctx, once)
		var later notNow
		switch {
		case err == nil && once && !more:
			return nil
		case err == nil:
			pause = time.Second
		case errors.Is(err, errGone):
			c.known = "" // what is in the file stays until there is better
		case errors.As(err, &later) && !once:
			// Not all at once, and less often the longer it takes.
			select {
			case <-time.After(cmp.Or(later.after, pause/2+rand.N(pause))): //nolint:gosec // no secret
			case <-ctx.Done():
			}
			pause = min(2*pause, longest)
		default:
			return err
		}
	}
}

// row is what is read of a row of the list; the rest is kept as it is.
type row struct {
	Area      struct{ Code string }
	Milestone struct{ ID string }
}

// change is what is read of an entry of the feed.
type change struct {
	Revision  int64
	Kind      string
	Area      string
	Milestone *string
	Above     bool
	Item      json.RawMessage
}

type page[T any] struct {
	Token   string `json:"changes_token"`
	Items   []T
	HasMore bool `json:"has_more"`
	Next    string
}

// refresh takes the next page of changes, after a snapshot where one is needed,
// and says whether there is more.
func (c *copier) refresh(ctx context.Context, once bool) (bool, error) {
	if c.known == "" {
		if err := c.snapshot(ctx); err != nil {
			return false, err
		}
	}
	asked := url.Values{"limit": {"1000"}, "after": {c.known}}
	if !once {
		asked.Set("wait", strconv.Itoa(wait))
	}
	var p page[change]
	if err := c.get(ctx, c.base+"/changes?"+asked.Encode(), &p); err != nil {
		return false, err
	}
	for _, x := range p.Items {
		c.apply(&x)
	}
	if p.Token == c.known {
		return p.HasMore, nil
	}
	c.known = p.Token
	return p.HasMore, c.save()
}

// apply puts in its place what comes with an item, and drops what comes without.
func (c *copier) apply(x *change) {
	if x.Milestone == nil || x.Above {
		return // no row of the list: a document, the election, a milestone from above
	}
	key := x.Area + "/" + *x.Milestone
	fmt.Println(x.Revision, x.Kind, key)
	if len(x.Item) == 0 || bytes.Equal(x.Item, []byte("null")) {
		delete(c.rows, key)
		return
	}
	c.rows[key] = string(x.Item)
}

// snapshot takes all rows afresh: every page shows the moment of the first.
func (c *copier) snapshot(ctx context.Context) error {
	address, err := url.Parse(c.base + "/deadlines?limit=200")
	if err != nil {
		return err
	}
	var token string
	rows := map[string]string{}
	for {
		var p page[json.RawMessage]
		if err := c.get(ctx, address.String(), &p); err != nil {
			return err
		}
		token = cmp.Or(token, p.Token)
		for _, item := range p.Items {
			var r row
			if err := json.Unmarshal(item, &r); err != nil {
				return err
			}
			rows[r.Area.Code+"/"+r.Milestone.ID] = string(item)
		}
		if !p.HasMore {
			break
		}
		if address, err = address.Parse(p.Next); err != nil {
			return err
		}
	}
	c.known, c.rows = token, rows
	fmt.Println("snapshot", len(rows))
	return c.save()
}

// get reads an answer. A 410 is errGone, what may pass by itself a notNow.
func (c *copier) get(ctx context.Context, address string, into any) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	r.Header.Set("User-Agent", "tiendo-copy-go/1")
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := c.client.Do(r)
	if err != nil {
		return notNow{why: err}
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	switch status := answer.StatusCode; {
	case err != nil:
		return notNow{why: err}
	case status == http.StatusGone:
		return errGone
	case status == http.StatusTooManyRequests || status >= 500:
		seconds, _ := strconv.Atoi(answer.Header.Get("Retry-After"))
		return notNow{why: errors.New(answer.Status), after: time.Duration(seconds) * time.Second}
	case status != http.StatusOK:
		return fmt.Errorf("%s: %s: %s", address, answer.Status, body)
	}
	return json.Unmarshal(body, into)
}

// load reads the copy; one that is not there is empty.
func (c *copier) load() error {
	c.rows = map[string]string{}
	text, err := os.ReadFile(c.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	token, rest, _ := strings.Cut(string(text), "\n")
	for line := range strings.Lines(rest) {
		key, row, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		c.rows[key] = row
	}
	c.known = token
	return err
}

// save replaces the copy as a whole.
func (c *copier) save() error {
	f, err := os.Create(c.file + ".new")
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, c.known)
	for _, key := range slices.Sorted(maps.Keys(c.rows)) {
		fmt.Fprintf(w, "%s\t%s\n", key, c.rows[key])
	}
	if err := errors.Join(w.Flush(), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(c.file+".new", c.file)
}
