package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/labstack/echo/v4"
)

// bareMode is the hidden mode in which this program is a bare echo handler: the
// framework that the product is written with, the same bytes, and nothing else.
const bareMode = "bare-server"

// bareOrders is what it is told.
type bareOrders struct {
	Address, Root, List string
}

// bare starts it as a process of its own.
func (g *goals) bare(ctx context.Context, root, list string) (*program, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	cmd := pinned(ctx, serverCore, self, bareMode)
	cmd.Stdin = strings.NewReader(fmt.Sprintf(`{"Address":%q,"Root":%q,"List":%q}`, address, root, list))
	cmd.Stderr = os.Stderr
	p, err := begin("bare echo", cmd)
	if err != nil {
		return nil, err
	}
	return &program{process: p, listens: address}, p.await(ctx, func() error { return answers(address) })
}

// prepared is an answer as the product gave it.
type prepared struct {
	tag    string
	packed bool
	body   []byte
}

// serveBare serves what a list names, until the program is ended.
func serveBare(ctx context.Context, o bareOrders) error {
	all, err := readPrepared(o.Root, o.List)
	if err != nil {
		return err
	}
	server := &http.Server{Addr: o.Address, Handler: bareAnswers(all), ReadHeaderTimeout: 5 * time.Second}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		return err
	}
	return nil
}

func readPrepared(root, list string) (map[string]prepared, error) {
	f, err := os.Open(list)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all := map[string]prepared{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		path, tag, _ := strings.Cut(lines.Text(), "\t")
		p := prepared{tag: tag, packed: true}
		if p.body, err = os.ReadFile(filepath.Join(root, path+".gz")); os.IsNotExist(err) {
			p.packed = false
			p.body, err = os.ReadFile(filepath.Join(root, path))
		}
		if err != nil {
			return nil, err
		}
		all[path] = p
	}
	return all, nil
}

func bareAnswers(all map[string]prepared) *echo.Echo {
	e := echo.New()
	answer := func(c echo.Context) error {
		p, found := all[c.Request().URL.Path]
		if !found {
			return echo.ErrNotFound
		}
		h := c.Response().Header()
		h.Set("ETag", p.tag)
		h.Set("Cache-Control", "public, max-age=60, stale-if-error=86400")
		h.Set("Vary", "Accept-Encoding")
		if c.Request().Header.Get("If-None-Match") == p.tag {
			return c.NoContent(http.StatusNotModified)
		}
		if p.packed {
			h.Set("Content-Encoding", "gzip")
		}
		return c.Blob(http.StatusOK, "application/json; charset=utf-8", p.body)
	}
	e.GET("/api/v1/elections/:election/areas/:area/timeline", answer)
	return e
}
