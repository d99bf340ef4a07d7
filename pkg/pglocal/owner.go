package pglocal

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// The two locks of a folder. That of the program is held by the program alone
// and says who owns the folder. That of the server is inherited by postgres
// and by every backend, so it is free only when the last of them is gone.
// Between the two lies the case of a program that was killed: its lock is
// free, the server's is not yet.
const (
	programLock = "program.lock"
	serverLock  = "server.lock"
)

// orphanPatience is how long a server is waited for whose program died: it
// writes a last checkpoint, which takes a moment on a slow disk.
const orphanPatience = 60 * time.Second

// ownership of a folder: both locks.
type ownership struct {
	program, server *os.File
}

var errLocked = errors.New("locked")

// own takes the folder for this program. It fails at once with CodeOwned when
// another program has it, and with CodeBusy when a server without a program
// does not end.
func own(ctx context.Context, h home) (*ownership, error) {
	program, err := lock(filepath.Join(h.dir, programLock), h.who)
	if errors.Is(err, errLocked) {
		return nil, ownedFault(h.dir)
	}
	if err != nil {
		return nil, folderFault(h.dir, err)
	}
	server, err := awaitServerLock(ctx, h)
	if err != nil {
		_ = program.Close()
		return nil, err
	}
	o := &ownership{program: program, server: server}
	if err := o.sign(); err != nil {
		o.release()
		return nil, folderFault(h.dir, err)
	}
	return o, nil
}

func awaitServerLock(ctx context.Context, h home) (*os.File, error) {
	ctx, cancel := context.WithTimeout(ctx, orphanPatience)
	defer cancel()
	for asked := false; ; {
		server, err := lock(filepath.Join(h.dir, serverLock), h.who)
		if err == nil {
			return server, nil
		}
		if !errors.Is(err, errLocked) {
			return nil, folderFault(h.dir, err)
		}
		if !asked {
			endOrphan(h.data())
			asked = true
		}
		select {
		case <-ctx.Done():
			return nil, unavailable(CodeBusy,
				"Máy chủ PostgreSQL cũ của thư mục %s vẫn chưa dừng; hãy chờ hoặc dừng nó rồi chạy lại.",
				"The former PostgreSQL server of the folder %s has not ended; wait, or end it, and start again.",
				h.dir).Because(ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// sign writes who owns the folder, for the program that comes second.
func (o *ownership) sign() error {
	host, err := os.Hostname()
	if err != nil {
		host = "?"
	}
	text := fmt.Sprintf("%s, pid %d, host %s\n", filepath.Base(os.Args[0]), os.Getpid(), host)
	if err := o.program.Truncate(0); err != nil {
		return err
	}
	_, err = o.program.WriteAt([]byte(text), 0)
	return err
}

// release gives the folder back. The server's lock goes first: nobody may see
// the program gone and the server still there after an orderly stop.
func (o *ownership) release() {
	_ = o.server.Close()
	_ = o.program.Close()
}

func ownedFault(dir string) error {
	owner := "?"
	if f, err := os.Open(filepath.Join(dir, programLock)); err == nil {
		defer f.Close()
		if text, err := io.ReadAll(io.LimitReader(f, 500)); err == nil {
			owner = strings.TrimSpace(string(text))
		}
	}
	return unavailable(CodeOwned,
		"Thư mục dữ liệu %s đang do chương trình khác sử dụng (%s); hãy dừng chương trình đó hoặc chọn thư mục khác.",
		"The data folder %s is in use by another program (%s); stop that program or choose another folder.",
		dir, owner)
}

// lock opens and locks a file without waiting; errLocked when somebody has it.
func lock(path string, who identity) (*os.File, error) {
	for {
		f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(who.give(path), flock(f)); err != nil {
			_ = f.Close()
			return nil, err
		}
		// The folder may have been removed between opening and locking.
		opened, errOpened := f.Stat()
		there, errThere := os.Stat(path)
		if errOpened == nil && errThere == nil && os.SameFile(opened, there) {
			return f, nil
		}
		_ = f.Close()
	}
}

func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return errLocked
		}
		return err
	}
}

// Remove deletes the folder of a server with everything in it, and says true,
// when no program and no server has it; else it leaves it alone and says false.
func Remove(dir string) (bool, error) {
	if _, err := os.Stat(dir); err != nil {
		return false, nil
	}
	var held []*os.File
	defer func() {
		for _, f := range held {
			_ = f.Close()
		}
	}()
	for _, name := range []string{programLock, serverLock} {
		f, err := lock(filepath.Join(dir, name), identity{})
		if errors.Is(err, errLocked) {
			return false, nil
		}
		if err != nil {
			return false, folderFault(dir, err)
		}
		held = append(held, f)
	}
	if err := os.RemoveAll(dir); err != nil {
		return false, folderFault(dir, err)
	}
	return true, nil
}
