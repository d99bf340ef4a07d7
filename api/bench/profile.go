package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// profiling has the product say, while it is under load, what its core is busy
// with: a file NAME.cpu in the folder that was asked for. The round in which it
// is taken does not count.
func (g *goals) profiling(ctx context.Context, name, list string) error {
	if g.profile == "" {
		return nil
	}
	if err := os.MkdirAll(g.profile, 0o755); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- g.takeProfile(ctx, filepath.Join(g.profile, name+".cpu")) }()
	_, err := g.wrk(ctx, g.product.listens, list, g.reading)
	if failed := <-done; failed != nil {
		return failed
	}
	return err
}

func (g *goals) takeProfile(ctx context.Context, path string) error {
	address := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%d", g.profiled, max(1, g.seconds-1))
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return err
	}
	time.Sleep(200 * time.Millisecond) // wrk prepares its requests
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("profile: %s", answer.Status)
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(f, answer.Body)
	return err
}
