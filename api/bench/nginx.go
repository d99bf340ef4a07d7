package main

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"text/template"
)

//go:embed nginx.conf
var nginxConf string

// program is a server that is no product: nginx, or the bare echo handler.
type program struct {
	*process
	listens string
}

func (p *program) pid() int        { return p.cmd.Process.Pid }
func (p *program) address() string { return p.listens }

// allocations: nobody counts them here.
func (p *program) allocations(context.Context) (float64, error) { return 0, nil }

// nginx serves a folder, as a process of its own: no service of the machine is
// touched.
func (g *goals) nginx(ctx context.Context, root string) (*program, error) {
	dir := filepath.Join(g.dir, "nginx")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	conf, err := os.Create(filepath.Join(dir, "nginx.conf"))
	if err != nil {
		return nil, err
	}
	defer conf.Close()
	words := map[string]string{"Dir": dir, "Root": root, "Address": address}
	if err := template.Must(template.New("nginx").Parse(nginxConf)).Execute(conf, words); err != nil {
		return nil, err
	}
	p, err := begin("nginx", pinned(ctx, serverCore, nginxProgram(), "-p", dir, "-c", conf.Name()))
	if err != nil {
		return nil, err
	}
	n := &program{process: p, listens: address}
	err = p.await(ctx, func() error { return answers(address) })
	return n, err
}

// nginxProgram is where nginx lies; Debian's folder is not on everybody's way.
func nginxProgram() string {
	if path, err := exec.LookPath("nginx"); err == nil {
		return path
	}
	return "/usr/sbin/nginx"
}

// answers says whether somebody listens.
func answers(address string) error {
	l, err := dial(address)
	if err != nil {
		return fmt.Errorf("not there yet: %w", err)
	}
	l.close()
	return nil
}
