package pglocal

import (
	"context"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// command prepares a program of PostgreSQL: who runs it, in which folder, with
// a clean environment. The files are inherited, from descriptor 3 on.
func (w identity) command(ctx context.Context, onDeath syscall.Signal, dir string, inherit []*os.File, path string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Dir = dir
	cmd.Env = cleanEnv(os.Environ())
	cmd.ExtraFiles = inherit
	cmd.SysProcAttr = w.attributes(onDeath)
	// A grandchild that keeps the output open must not hold us for ever.
	cmd.WaitDelay = 10 * time.Second
	return cmd
}

// launch starts cmd and sends how it ended. The signal "your parent died" goes
// by thread, not by process, and Go ends idle threads: so the thread that
// starts the child is held until the child has ended.
func launch(cmd *exec.Cmd) (ended <-chan error, err error) {
	started := make(chan error, 1)
	end := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			end <- cmd.Wait()
		}
	}()
	if err := <-started; err != nil {
		return nil, err
	}
	return end, nil
}

// run starts cmd and waits for its end; the text is all it wrote.
func run(cmd *exec.Cmd) (string, error) {
	var out tail
	cmd.Stdout, cmd.Stderr = &out, &out
	ended, err := launch(cmd)
	if err != nil {
		return "", err
	}
	err = <-ended
	return out.String(), err
}
