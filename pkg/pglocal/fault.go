package pglocal

import (
	"strings"

	"tiendo/pkg/fault"
)

// The codes of the faults of this room; all are of kind Unavailable.
const (
	// CodeMissing: no PostgreSQL programs were found on this machine.
	CodeMissing = "database-missing"
	// CodeVersion: the data belongs to a major version that is not installed.
	CodeVersion = "database-version"
	// CodeOwned: another living program runs the server of this folder.
	CodeOwned = "database-owned"
	// CodeBusy: the program is gone and its server has not ended yet.
	CodeBusy = "database-busy"
	// CodeUser: the program is root and no other user can run the server.
	CodeUser = "database-user"
	// CodeFolder: the folder of the data cannot be made, read or written.
	CodeFolder = "database-folder"
	// CodeStart: PostgreSQL did not start, or ended by itself.
	CodeStart = "database-start"
)

// The last sentence of every fault: the way out that always exists.
const (
	wayOutVi = " Cách khác: đặt DATABASE_URL trỏ tới một máy chủ PostgreSQL có sẵn."
	wayOutEn = " Otherwise set DATABASE_URL to a PostgreSQL server of your own."
)

// The sentence that says what to install.
const (
	installVi = " Hãy cài gói Debian postgresql (apt install postgresql), từ bản %d trở lên."
	installEn = " Install the Debian package postgresql (apt install postgresql), version %d or newer."
)

// unavailable makes a fault of this room; vi and en are formats for the same
// arguments.
func unavailable(code, vi, en string, args ...any) *fault.Error {
	return fault.New(fault.Unavailable, code, vi+wayOutVi, en+wayOutEn, args...)
}

func folderFault(dir string, cause error) *fault.Error {
	return unavailable(CodeFolder,
		"Không dùng được thư mục dữ liệu %s; hãy kiểm tra quyền đọc ghi và dung lượng đĩa.",
		"The data folder %s cannot be used; check its permissions and the space on the disk.",
		dir).Because(cause)
}

// unreachableFault: root asked for this folder and for no other.
func unreachableFault(dir string, cause error) *fault.Error {
	if f, ok := fault.As(cause); ok {
		cause = f.Cause
	}
	return unavailable(CodeFolder,
		"PostgreSQL không chạy với quyền root, và không người dùng nào khác dùng được thư mục dữ liệu %s; hãy chọn thư mục mà người dùng postgres vào được, ví dụ dưới /var/lib, hoặc chạy chương trình bằng người dùng thường.",
		"PostgreSQL does not run as root, and no other user can use the data folder %s; choose one that the user postgres can reach, below /var/lib for one, or run the program as a plain user.",
		dir).Because(cause)
}

// startFault says what PostgreSQL itself wrote last, because that is the only
// place where the reason is found.
func startFault(dir, log string, cause error) *fault.Error {
	log = strings.TrimSpace(log)
	if log == "" {
		log = "-"
	}
	return unavailable(CodeStart,
		"PostgreSQL trong thư mục %s không chạy được. Những dòng cuối nó ghi: %s.",
		"PostgreSQL in the folder %s does not run. The last it wrote: %s.",
		dir, log).Because(cause)
}
