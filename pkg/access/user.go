package access

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"tiendo/pkg/fault"
)

// userForm: names are typed on all kinds of keyboards, and stand in the log.
var userForm = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9._-]{1,62}[a-z0-9])$`)

// ParseUserID reads a user's name as it is typed at sign-in: capitals and space
// around it do not matter. 3 to 64 small letters, digits, points, hyphens and
// underscores; else fault.Invalid "user-name-not-plain".
func ParseUserID(s string) (UserID, error) {
	id := strings.ToLower(strings.TrimSpace(s))
	if !userForm.MatchString(id) {
		return "", fault.New(fault.Invalid, "user-name-not-plain",
			"Tên đăng nhập gồm 3 đến 64 chữ thường không dấu, chữ số, dấu chấm, gạch nối hoặc gạch dưới, bắt đầu và kết thúc bằng chữ hoặc số",
			"A user name has 3 to 64 small letters a to z, digits, points, hyphens or underscores, a letter or digit at both ends").At("/user")
	}
	return UserID(id), nil
}

const (
	minPassword = 10  // characters
	maxPassword = 256 // bytes: longer ones only cost time
)

// CheckPassword refuses what is guessed first: what is short, the user's own
// name, and a character or two over and over. There are no rules about kinds of
// characters: they make passwords worse (NIST SP 800-63B, section 3.1.1.2).
func CheckPassword(user UserID, password string) error {
	lower := strings.ToLower(password)
	switch {
	case !utf8.ValidString(password) || len(password) > maxPassword:
		return weak("Mật khẩu quá dài; dùng tối đa %d byte", "The password is too long; use at most %d bytes", maxPassword)
	case utf8.RuneCountInString(password) < minPassword:
		return weak("Mật khẩu quá ngắn; dùng ít nhất %d ký tự, ví dụ ba bốn từ bất kỳ",
			"The password is too short; use at least %d characters, such as three or four words", minPassword)
	case strings.Contains(lower, string(user)):
		return weak("Mật khẩu chứa tên đăng nhập; chọn mật khẩu khác", "The password contains the user name; choose another")
	case distinct(password) < 5:
		return weak("Mật khẩu chỉ có vài ký tự lặp lại; chọn mật khẩu khác", "The password repeats a few characters; choose another")
	}
	return nil
}

func weak(vi, en string, args ...any) error {
	return fault.New(fault.Invalid, "password-weak", vi, en, args...).At("/password")
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}
