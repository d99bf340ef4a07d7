package pglocal

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"tiendo/pkg/fault"
)

// home is where a server lives: its folder, its programs, who runs it.
type home struct {
	dir string
	bin binaries
	who identity
}

// data is the data folder, named by the major version because a cluster of one
// does not open under another.
func (h home) data() string { return filepath.Join(h.dir, strconv.Itoa(h.bin.major)) }

// awayRoot is where data goes when root asks for a folder that the user who
// runs the server cannot reach (below /root, for one).
const awayRoot = "/var/lib/tiendo"

// away is the stand-in for dir, always the same one.
func away(dir string) string {
	return filepath.Join(awayRoot, filepath.Base(dir)+"-"+shortHash(dir))
}

func shortHash(text string) string {
	h := fnv.New32a()
	_, _ = h.Write([]byte(text)) // cannot fail
	return fmt.Sprintf("%08x", h.Sum32())
}

// findHome decides where the server of dir lives and who runs it.
func findHome(ctx context.Context, dir string, found []binaries, o Options) (home, error) {
	if os.Geteuid() != 0 {
		bin, err := pick(dir, found, o.Durable)
		if err != nil {
			return home{}, err
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return home{}, folderFault(dir, err)
		}
		return home{dir: dir, bin: bin}, nil
	}
	h, err := findRootHome(ctx, rootPlaces(dir, o.OnlyHere), found, o.Durable)
	if o.OnlyHere && fault.Is(err, CodeUser) {
		return home{}, unreachableFault(dir, err)
	}
	return h, err
}

// place is a folder and somebody who might run the server in it.
type place struct {
	dir string
	who identity
}

// rootPlaces lists, for root, what to try for dir, best first. Data that is
// there already decides: it belongs to somebody, and a second empty database
// elsewhere would look like a loss.
func rootPlaces(dir string, onlyHere bool) []place {
	for _, d := range dirs(dir, onlyHere) {
		owner, ok := clusterOwner(d)
		if !ok {
			continue
		}
		if owner.uid != 0 {
			return []place{{d, owner}}
		}
		return placesIn(d)
	}
	if onlyHere {
		return placesIn(dir)
	}
	return slices.Concat(placesIn(dir), placesIn(away(dir))[1:])
}

// dirs is where data of dir may be.
func dirs(dir string, onlyHere bool) []string {
	if onlyHere {
		return []string{dir}
	}
	return []string{dir, away(dir)}
}

func placesIn(dir string) []place {
	places := []place{{dir, namespaced()}}
	for _, s := range servants() {
		places = append(places, place{dir, s})
	}
	return places
}

func findRootHome(ctx context.Context, places []place, found []binaries, durable bool) (home, error) {
	var problems []error
	for _, p := range places {
		if p.who.namespace && !canNamespace {
			continue
		}
		bin, err := pick(p.dir, found, durable)
		if err != nil {
			return home{}, err
		}
		h := home{dir: p.dir, bin: bin, who: p.who}
		if err := h.probe(ctx); err != nil {
			problems = append(problems, fmt.Errorf("%s as %s: %w", p.dir, p.who, err))
			continue
		}
		return h, nil
	}
	return home{}, unavailable(CodeUser,
		"PostgreSQL không chạy được với quyền root, và không tìm được người dùng nào khác chạy được nó; hãy cài gói Debian postgresql (gói này tạo người dùng postgres) hoặc chạy chương trình bằng người dùng thường.",
		"PostgreSQL does not run as root, and no other user was found that can run it; install the Debian package postgresql (it makes the user postgres) or run the program as a plain user.",
	).Because(errors.Join(problems...))
}

// probe finds out, by doing it, whether this user can run these programs in
// this folder: namespaces are forbidden in many containers, folders above may
// be closed, and no list of such reasons is complete.
func (h home) probe(ctx context.Context) error {
	if err := h.settle(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := run(h.who.command(ctx, syscall.SIGKILL, h.dir, nil, h.bin.program("postgres"), "--version"))
	if err != nil {
		return fmt.Errorf("%w %s", err, out)
	}
	return nil
}

// settle makes the folder. One that is empty and root's is handed over to who
// runs the server; one with something in it is not ours to hand over.
func (h home) settle() error {
	if err := os.MkdirAll(filepath.Dir(h.dir), 0o755); err != nil {
		return err
	}
	if err := h.who.mkdir(h.dir); err != nil {
		return err
	}
	uid, _, err := ownerOf(h.dir)
	if err != nil || uid != 0 || !h.who.other() {
		return err
	}
	inside, err := os.ReadDir(h.dir)
	if err != nil || len(inside) > 0 {
		return err
	}
	return h.who.give(h.dir)
}

// adopt hands data that root made in a user namespace to who runs the server
// now, where namespaces are not to be had any more.
func (h home) adopt() error {
	owner, ok := clusterOwner(h.dir)
	if !ok || owner.uid != 0 || !h.who.other() {
		return nil
	}
	return filepath.WalkDir(h.dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return h.who.give(path)
	})
}

// pick chooses the programs for dir: those of the version whose data is there,
// else the preferred ones.
func pick(dir string, found []binaries, durable bool) (binaries, error) {
	majors := clusters(dir)
	for _, b := range found {
		if slices.Contains(majors, b.major) {
			return b, nil
		}
	}
	if len(majors) > 0 && durable {
		return binaries{}, unavailable(CodeVersion,
			"Dữ liệu trong %s thuộc PostgreSQL %d nhưng máy này chỉ có bản %d; hãy cài gói Debian postgresql-%d, hoặc chuyển thư mục ấy đi nếu muốn bắt đầu lại từ đầu.",
			"The data in %s belongs to PostgreSQL %d and this machine has only version %d; install the Debian package postgresql-%d, or move the folder away to begin anew.",
			dir, majors[0], found[0].major, majors[0])
	}
	return found[0], nil
}

// clusters lists the major versions that have data in dir, the newest first.
func clusters(dir string) []int {
	inside, _ := os.ReadDir(dir) // no folder, no data
	var majors []int
	for _, e := range inside {
		major, err := strconv.Atoi(e.Name())
		if err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, e.Name(), "PG_VERSION")); err == nil {
			majors = append(majors, major)
		}
	}
	slices.Sort(majors)
	slices.Reverse(majors)
	return majors
}

// clusterOwner is who owns the newest data in dir.
func clusterOwner(dir string) (identity, bool) {
	majors := clusters(dir)
	if len(majors) == 0 {
		return identity{}, false
	}
	uid, gid, err := ownerOf(filepath.Join(dir, strconv.Itoa(majors[0])))
	return identity{uid: uid, gid: gid}, err == nil
}

func ownerOf(path string) (uid, gid int, err error) {
	info, err := os.Lstat(path)
	if err != nil {
		return 0, 0, err
	}
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, 0, fmt.Errorf("%s: no owner", path)
	}
	return int(s.Uid), int(s.Gid), nil
}
