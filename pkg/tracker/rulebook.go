package tracker

import (
	"time"

	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// StoredRulebook is a version of a rulebook that a store keeps.
type StoredRulebook struct {
	ID, Version, Digest string
	Stored              time.Time
}

// RulebookVersionNotFound says that neither the program nor the store has a
// version of a rulebook.
func RulebookVersionNotFound(id, version string) *fault.Error {
	return fault.New(fault.NotFound, "rulebook-version-not-found",
		"Không có phiên bản %q của bộ quy tắc %s; xem các phiên bản bằng tiendo rulebook list, nạp thêm bằng tiendo rulebook import",
		"There is no version %q of rulebook %s; tiendo rulebook list shows those there are, tiendo rulebook import brings one in", trim(version), trim(id))
}

// RulebookVersionTaken says that another file has this version already.
func RulebookVersionTaken(book *statute.Rulebook) *fault.Error {
	return fault.New(fault.Conflict, "rulebook-version-taken",
		"Phiên bản %s đã có với nội dung khác; tăng số phiên bản (trường version) rồi nạp lại",
		"Version %s is there already with another text; raise the number (the field version) and import it again", book.Version())
}

// RulebookChanged says that an election stands on a version of its rulebook
// that neither the program nor the database has. It is not shown: its dates
// would be explained by rules that they were not computed by.
func RulebookChanged(e Election, have string) *fault.Error {
	return fault.New(fault.Unavailable, "rulebook-changed",
		"Cuộc bầu cử %s theo bộ quy tắc phiên bản %s; chương trình này có phiên bản %s và cơ sở dữ liệu không lưu bản kia; nạp tệp của phiên bản ấy bằng tiendo rulebook import TỆP --commit, hoặc chạy bản chương trình có %[2]s",
		"Election %s stands on rulebook version %s; this program has version %s and the database does not keep the other; bring the file of that version in with tiendo rulebook import FILE --commit, or run the release that has %[2]s",
		e.ID, e.RulebookVersion, have)
}
