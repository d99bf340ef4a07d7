package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"

	"tiendo/pkg/area"
)

// corpus is one projection of every area as the product answered it: files for
// nginx and the bare handler, lists of addresses with their tags for wrk.
type corpus struct {
	root  string
	paths []string
	size  float64 // bytes of a body on average, compressed
}

// collect asks the product for all of them.
func (g *goals) collect(ctx context.Context, i *instance, projection string) (*corpus, []string, error) {
	list := area.Edition2021()
	c := &corpus{root: filepath.Join(g.dir, "files"), paths: make([]string, list.Len())}
	tags, sizes := make([]string, list.Len()), make([]int, list.Len())
	const askers = 4
	failures := make(chan error, askers)
	var all sync.WaitGroup
	for k := range askers {
		all.Go(func() {
			l, err := dial(i.listens)
			if err != nil {
				failures <- err
				return
			}
			defer l.close()
			for n := k; n < list.Len() && ctx.Err() == nil; n += askers {
				path := "/api/v1/elections/2021/areas/" + string(list.At(n).Code) + "/" + projection
				r, err := l.ask(request("GET", i.listens, path, nil, "Accept-Encoding: gzip", "Authorization: Bearer "+g.reading))
				if err == nil && r.status != 200 {
					err = fmt.Errorf("%s: status %d: %s", path, r.status, r.body)
				}
				if err == nil {
					err = keep(filepath.Join(c.root, path), r.body)
				}
				if err != nil {
					failures <- err
					return
				}
				c.paths[n], tags[n], sizes[n] = path, string(r.tag), len(r.body)
			}
		})
	}
	all.Wait()
	select {
	case err := <-failures:
		return nil, nil, err
	default:
	}
	sum := 0
	for _, n := range sizes {
		sum += n
	}
	c.size = float64(sum) / float64(len(sizes))
	return c, tags, ctx.Err()
}

// keep writes a body where nginx looks for it: beside its name with .gz when it
// is compressed.
func keep(path string, body []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		path += ".gz"
	}
	return os.WriteFile(path, body, 0o600)
}

// list writes what wrk asks for: with the tags of clients that have the answers,
// or without (nil).
func (c *corpus) list(path string, tags []string) error {
	var b bytes.Buffer
	for n, p := range c.paths {
		tag := ""
		if tags != nil {
			tag = tags[n]
		}
		fmt.Fprintf(&b, "%s\t%s\n", p, tag)
	}
	return os.WriteFile(path, b.Bytes(), 0o600)
}

// tagsOf are those that another server gives to the same bodies.
func (c *corpus) tagsOf(ctx context.Context, address string) ([]string, error) {
	l, err := dial(address)
	if err != nil {
		return nil, err
	}
	defer l.close()
	tags := make([]string, len(c.paths))
	for n, path := range c.paths {
		r, err := l.ask(request("GET", address, path, nil, "Accept-Encoding: gzip"))
		if err != nil {
			return nil, err
		}
		if r.status != 200 || len(r.tag) == 0 {
			return nil, fmt.Errorf("%s%s: status %d, tag %q", address, path, r.status, r.tag)
		}
		tags[n] = string(r.tag)
	}
	return tags, ctx.Err()
}

// readList is what a list holds.
func readList(path string) (paths, tags []string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		p, tag, _ := bytes.Cut(lines.Bytes(), []byte("\t"))
		paths, tags = append(paths, string(p)), append(tags, string(tag))
	}
	return paths, tags, lines.Err()
}
