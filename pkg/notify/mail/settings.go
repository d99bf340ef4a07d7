// Package mail keeps what people want to be told by mail, and tells them: it asks
// what is to be said, keeps it where it was decided, and hands it to a mail server.
// What it says is decided by package notify.
package mail

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"math/big"
	stdmail "net/mail"
	"slices"
	"strings"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/fault"
	"tiendo/pkg/notify"
)

// Settings are what one person wants to be told.
type Settings struct {
	User access.UserID
	// Address is where he is written to; empty: nowhere.
	Address string
	// Confirmed is when he showed that he reads what goes there; zero: not yet, and
	// nothing but the code goes there.
	Confirmed time.Time
	// Refused is when a mail server said that it delivers nothing to the address, and
	// Refusal what it said; zero: it did not, since the address was confirmed.
	Refused time.Time
	Refusal string
	// Wanted: mail is switched on.
	Wanted bool
	// Days before a limit on which he is reminded of what is his to do.
	Days []int
	// Secret switches mail off without signing in.
	Secret string
	Code   Code
	// Revision counts changes; 1 before the first.
	Revision int64
}

// Code is what was sent to an address that is not confirmed yet.
type Code struct {
	Hash  []byte // SHA-256; nil: none
	Until time.Time
	// Wrong counts other codes that were given for it.
	Wrong int
	// Sent counts the codes since Since, whatever the address.
	Sent  int
	Since time.Time
}

// Limits of codes and settings.
const (
	codeDigits  = 8
	codeHolds   = 24 * time.Hour
	codesAtOnce = 5 // in codeHolds
	wrongCodes  = 5
	maxAddress  = 254 // RFC 5321
	maxLocal    = 64
	maxDays     = 6
	mostBefore  = 30
)

// Fresh are the settings of who has never said anything.
func Fresh(user access.UserID) Settings {
	return Settings{User: user, Wanted: true, Days: notify.DaysBefore(), Secret: newSecret(), Revision: 1}
}

// forMail is the use of the secrets that stand in messages.
const forMail access.Use = "tdm"

func newSecret() string { return access.NewSecret(forMail).Reveal() }

// Change is what is to be different; nil leaves as it is.
type Change struct {
	User access.UserID
	// If is the revision that the caller knows.
	If      int64
	Address *string // empty: nowhere any more
	Wanted  *bool
	Days    *[]int
}

// apply changes the settings, and says whether another address has to be confirmed.
func (s *Settings) apply(c *Change) (moved bool, err error) {
	if c.Days != nil {
		if s.Days, err = checkDays(*c.Days); err != nil {
			return false, err
		}
	}
	if c.Wanted != nil {
		s.Wanted = *c.Wanted
	}
	if c.Address == nil {
		return false, nil
	}
	address := strings.TrimSpace(*c.Address)
	if address == s.Address {
		return false, nil
	}
	if address != "" {
		if err := checkAddress(address); err != nil {
			return false, err
		}
	}
	s.Address, s.Confirmed, s.Code.Hash, s.Code.Until = address, time.Time{}, nil, time.Time{}
	s.Refused, s.Refusal = time.Time{}, ""
	return address != "", nil
}

// checkAddress takes one plain address: no name, no list, nothing that would begin
// another line of a message. Letters with marks are not taken: most mail servers
// do not deliver to them.
func checkAddress(address string) error {
	local, domain, _ := strings.Cut(address, "@")
	parsed, err := stdmail.ParseAddress(address)
	switch {
	case err != nil, parsed.Name != "", parsed.Address != address, len(address) > maxAddress, len(local) > maxLocal,
		strings.ContainsAny(address, "\"\\<>,;:()[] \r\n\t"), strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r > '~' }),
		!strings.Contains(domain, "."), strings.ContainsAny(domain, "@_"):
		return fault.New(fault.Invalid, "mail-address-unreadable",
			"%q không phải là một địa chỉ thư; viết đúng một địa chỉ như an@bac-kan.gov.vn", "%q is no mail address; write just one, such as an@bac-kan.gov.vn",
			fmt.Sprintf("%.60s", address)).At("/address")
	}
	return nil
}

func checkDays(days []int) ([]int, error) {
	sorted := slices.Clone(days)
	slices.Sort(sorted)
	sorted = slices.Compact(sorted)
	slices.Reverse(sorted)
	if len(sorted) > maxDays || len(sorted) > 0 && (sorted[0] > mostBefore || sorted[len(sorted)-1] < 0) {
		return nil, fault.New(fault.Invalid, "reminder-days-unusable",
			"Chọn tối đa %d ngày nhắc, mỗi ngày từ 0 đến %d ngày trước hạn", "Choose at most %d days, each from 0 to %d days before the limit", maxDays, mostBefore).At("/days_before")
	}
	return sorted, nil
}

// newCode makes a code for the address, of which no more than some are sent a day:
// nobody's mail box is to be filled by way of this program.
func (s *Settings) newCode(now time.Time) (string, error) {
	c := &s.Code
	if now.Sub(c.Since) >= codeHolds {
		c.Sent, c.Since = 0, now
	}
	if c.Sent >= codesAtOnce {
		err := fault.New(fault.Limited, "mail-code-too-often",
			"Đã gửi %d mã xác nhận trong một ngày; xem hộp thư, kể cả mục thư rác, hoặc thử lại ngày mai",
			"%d codes were sent within a day; look into the mail box, also at what counts as junk, or try again tomorrow", c.Sent)
		err.Wait = c.Since.Add(codeHolds).Sub(now)
		return "", err
	}
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		return "", err
	}
	code := fmt.Sprintf("%0*d", codeDigits, n)
	c.Sent++
	c.Hash, c.Until, c.Wrong = s.hash(code), now.Add(codeHolds), 0
	return code, nil
}

// hash is of the code for this account and address, and so good for no other.
func (s *Settings) hash(code string) []byte {
	sum := sha256.Sum256([]byte(string(s.User) + "\n" + s.Address + "\n" + code))
	return sum[:]
}

// confirm takes a code, or counts it as wrong. What is wrong too often is of no use
// any more.
func (s *Settings) confirm(code string, now time.Time) error {
	c := &s.Code
	if c.Hash == nil || c.Wrong >= wrongCodes || !now.Before(c.Until) {
		return fault.New(fault.Conflict, "mail-code-over",
			"Không còn mã nào đang chờ xác nhận; yêu cầu gửi mã mới", "No code waits to be given any more; have a new one sent").At("/code")
	}
	digits := strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, code)
	if subtle.ConstantTimeCompare(s.hash(digits), c.Hash) != 1 {
		c.Wrong++
		return fault.New(fault.Invalid, "mail-code-wrong",
			"Mã không đúng; xem lại thư mới nhất, còn %d lần thử", "The code is wrong; look at the latest mail, %d attempts are left", wrongCodes-c.Wrong).At("/code")
	}
	c.Hash, c.Until, s.Confirmed = nil, time.Time{}, now
	s.Refused, s.Refusal = time.Time{}, ""
	return nil
}

func staleSettings(s *Settings, known int64) error {
	err := fault.New(fault.Stale, "stale-revision",
		"Cài đặt nhắc việc đã được sửa (bản %d, không phải %d); xem lại rồi lưu", "The reminders were changed (revision %d, not %d); look again, then save", s.Revision, known)
	err.Current = *s
	return err
}

// code is the message that brings a new code to the address.
func (s *Service) code(a *access.Account, x *Settings) (*Notice, error) {
	now := s.Now()
	code, err := x.newCode(now)
	if err != nil {
		return nil, err
	}
	n := &Notice{
		User: a.User, Kind: Confirmation, About: now.UTC().Format(time.RFC3339Nano), Address: x.Address, Made: now,
		Subject: in(a.Language, fault.Text{Vi: "Tiến độ: mã xác nhận địa chỉ thư", En: "Tiến độ: the code for your address"}),
	}
	where := fault.Text{}
	if s.Base != "" {
		where = fault.Textf(": %s/account", ": %s/account", s.Base)
	}
	for _, t := range []fault.Text{
		fault.Textf("Kính gửi %s,", "Dear %s,", a.Name),
		{},
		fault.Textf("Mã xác nhận địa chỉ thư này để nhận nhắc việc: %s", "The code that confirms this address for reminders: %s", code),
		fault.Textf("Nhập mã ở trang tài khoản, mục “Nhắc việc”, trong vòng %d giờ%s", "Enter it on the account page, under “Reminders”, within %d hours%s", int(codeHolds.Hours()), where),
		{},
		{Vi: "Nếu không phải anh/chị yêu cầu, hãy bỏ qua thư này: không có thư nào khác được gửi tới đây.", En: "If you did not ask for it, ignore this message: no other will be sent here."},
	} {
		n.Lines = append(n.Lines, in(a.Language, t))
	}
	return n, nil
}
