package access

import (
	"tiendo/pkg/fault"
)

// stale says that somebody else was faster, and carries what is there now.
func stale(now, known Revision, current any) error {
	f := fault.New(fault.Stale, "stale-revision",
		"Đã có người khác sửa (bản %d, bạn đang dựa vào bản %d); xem lại bản hiện tại rồi lưu lần nữa",
		"Somebody else changed it (revision %d, yours is based on %d); look at it as it is now, then save again", now, known)
	f.Current = current
	return f
}

// UserNotFound says that there is no such account, or not for this caller.
func UserNotFound(user UserID) error {
	return fault.New(fault.NotFound, "user-not-found",
		"Không có tài khoản %q; xem lại tên đăng nhập", "There is no account %q; check the user name", firstOf(string(user)))
}
