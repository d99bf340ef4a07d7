package pglocal

import (
	"fmt"
	"os"
	"os/user"
	"strconv"
)

// identity is who runs PostgreSQL. The zero identity is the user of the
// program itself, which must not be root: PostgreSQL refuses that.
type identity struct {
	uid, gid int
	// namespace: the program is root and the server is still root to the rest
	// of the machine, but has the number uid inside a namespace of its own.
	// Files stay with root, so nothing needs to be handed over.
	namespace bool
}

// String is for people.
func (w identity) String() string {
	switch {
	case w.namespace:
		return "root, in a user namespace"
	case w.uid == 0:
		return "the user of this program"
	}
	if u, err := user.LookupId(strconv.Itoa(w.uid)); err == nil {
		return fmt.Sprintf("user %s", u.Username)
	}
	return fmt.Sprintf("user %d", w.uid)
}

// other says that the files of the server belong to another user.
func (w identity) other() bool { return w.uid != 0 && !w.namespace }

// give hands a path that this program made to who runs the server.
func (w identity) give(path string) error {
	if !w.other() {
		return nil
	}
	return os.Lchown(path, w.uid, w.gid)
}

// mkdir makes a folder for the server alone; an existing one is left as it is.
func (w identity) mkdir(path string) error {
	if err := os.Mkdir(path, 0o700); err != nil {
		if os.IsExist(err) {
			return nil
		}
		return err
	}
	return w.give(path)
}

// servants lists the users that root may let run the server, best first.
func servants() []identity {
	var list []identity
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, errUID := strconv.Atoi(u.Uid)
		gid, errGID := strconv.Atoi(u.Gid)
		if errUID == nil && errGID == nil && uid != 0 {
			list = append(list, identity{uid: uid, gid: gid})
		}
	}
	return list
}

// namespaced is root in a user namespace. initdb wants a number that has a
// name, so one of the servants lends its own.
func namespaced() identity {
	for _, s := range servants() {
		return identity{uid: s.uid, gid: s.gid, namespace: true}
	}
	return identity{uid: 65534, gid: 65534, namespace: true}
}
