package pglocal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// prepare makes sure that there is a data folder which can be started. Both
// locks are held, so what a killed predecessor left behind is nobody's.
func (h home) prepare(ctx context.Context, o Options, own *ownership) error {
	if err := h.adopt(); err != nil {
		return folderFault(h.dir, err)
	}
	data := h.data()
	if _, err := os.Stat(filepath.Join(data, "PG_VERSION")); err == nil {
		// postgres trusts the number in this file, and a zombie or a stranger
		// may have that number by now; the lock knows better.
		if err := os.Remove(filepath.Join(data, "postmaster.pid")); err != nil && !os.IsNotExist(err) {
			return folderFault(h.dir, err)
		}
		return nil
	}
	return h.create(ctx, o, own)
}

// create makes the data folder beside its place and moves it there when it is
// complete: a program that is killed here leaves nothing that looks finished.
func (h home) create(ctx context.Context, o Options, own *ownership) error {
	fresh := h.data() + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return folderFault(h.dir, err)
	}
	var err error
	if o.Seed != "" {
		err = h.copySeed(home{dir: o.Seed, bin: h.bin}.data(), fresh)
	} else {
		err = h.initdb(ctx, fresh, o.Durable, own)
	}
	if err != nil {
		return err
	}
	if err := os.Rename(fresh, h.data()); err != nil {
		return folderFault(h.dir, err)
	}
	return nil
}

func (h home) initdb(ctx context.Context, data string, durable bool, own *ownership) error {
	if err := h.who.mkdir(data); err != nil {
		return folderFault(h.dir, err)
	}
	args := []string{"-D", data, "-U", superuser, "-A", "trust", "-E", "UTF8", "--locale=" + locale}
	if !durable {
		// Small files of the write-ahead log: a third less to copy and to keep
		// in memory for a cluster that lives for seconds.
		args = append(args, "--no-sync", "--wal-segsize=1")
	}
	cmd := h.who.command(ctx, syscall.SIGKILL, h.dir, []*os.File{own.server}, h.bin.program("initdb"), args...)
	out, err := run(cmd)
	if err != nil {
		return startFault(h.dir, out, fmt.Errorf("initdb: %w", err))
	}
	return nil
}

// copySeed copies the data of a stopped server.
func (h home) copySeed(seed, data string) error {
	if err := os.CopyFS(data, os.DirFS(seed)); err != nil {
		return folderFault(seed, err)
	}
	// postgres insists that nobody else can read it.
	if err := os.Chmod(data, 0o700); err != nil {
		return folderFault(data, err)
	}
	if !h.who.other() {
		return nil
	}
	return filepath.WalkDir(data, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return h.who.give(path)
	})
}

// arguments of postgres. Every setting that matters is given here, so that
// nothing depends on what initdb thought of the machine.
func (h home) arguments(o Options, socket string) []string {
	args := []string{"-D", h.data(), "-h", "", "-k", socket, "-p", port}
	settings := map[string]string{
		"dynamic_shared_memory_type": "mmap", // /dev/shm is tiny in containers
		"unix_socket_permissions":    "0700",
		"timezone":                   "UTC",
		"log_timezone":               "UTC",
		"logging_collector":          "off",
		"log_destination":            "stderr",
		"fsync":                      onOff(o.Durable),
		"full_page_writes":           onOff(o.Durable),
		"synchronous_commit":         "on",
	}
	for name, value := range o.Settings {
		settings[name] = value
	}
	for name, value := range settings {
		args = append(args, "-c", name+"="+value)
	}
	return args
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}
