package tracker

import "tiendo/pkg/fault"

// faults collects all that is wrong with one input, so that it can be put
// right in one go.
type faults struct {
	all []*fault.Error
}

func (w *faults) add(pointer, code, vi, en string, args ...any) {
	w.all = append(w.all, fault.New(fault.Invalid, code, vi, en, args...).At(pointer))
}

// err is nil, the one fault, or the first with the places of all.
func (w *faults) err() error {
	if len(w.all) == 0 {
		return nil
	}
	first := w.all[0]
	for _, f := range w.all[1:] {
		first.Fields = append(first.Fields, f.Fields...)
	}
	return first
}

// stale says that somebody else was faster, and carries what is there now.
func stale(now, known Revision, current any) error {
	f := fault.New(fault.Stale, "stale-revision",
		"Đã có người khác sửa (bản %d, bạn đang dựa vào bản %d); xem lại bản hiện tại rồi lưu lần nữa",
		"Somebody else changed it (revision %d, yours is based on %d); look at it as it is now, then save again", now, known)
	f.Current = current
	return f
}
