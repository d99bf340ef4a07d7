package access

import (
	"context"
	"net/netip"
	"time"

	"tiendo/pkg/fault"
)

// Attempt is one attempt to sign in: under a name, from an address. The times
// say what is looked back at.
type Attempt struct {
	User    UserID
	Address string // as [addressKey] writes it
	Now     time.Time
	Since   time.Time // wrong ones from before are forgotten
	Known   time.Time // right ones from before as well
}

// Count is how often it was wrong, and when last.
type Count struct {
	Wrong int
	Last  time.Time
}

// Attempts are what was tried before, of late.
type Attempts struct {
	Pair    Count // under the name from the address
	User    Count // under the name from anywhere
	Address Count // from the address under any name
	Known   bool  // somebody has signed in under the name from the address
}

// How long wrong attempts are remembered, and right ones.
const (
	remembered = time.Hour
	knownFor   = 90 * 24 * time.Hour
)

// limit says how many wrong attempts are free. Each further one makes the pause
// twice as long, up to the longest.
type limit struct {
	free           int
	first, longest time.Duration
}

// An address is often that of a whole office, so it is given more. What others
// do, under the name from elsewhere or from the address under other names, holds
// up only who has never signed in under the name from the address: nobody can
// lock somebody else out of his usual place, and out of a new one for a minute
// at a time.
var (
	pairLimit    = limit{free: 5, first: 30 * time.Second, longest: 15 * time.Minute}
	addressLimit = limit{free: 50, first: 30 * time.Second, longest: 15 * time.Minute}
	userLimit    = limit{free: 20, first: 15 * time.Second, longest: time.Minute}
)

// until is when the next attempt may be made.
func (l limit) until(c Count) time.Time {
	if c.Wrong < l.free {
		return time.Time{}
	}
	pause := l.first
	for n := l.free; n < c.Wrong && pause < l.longest; n++ {
		pause *= 2
	}
	return c.Last.Add(min(pause, l.longest))
}

// Wait is how long the next attempt has to wait; attempts that were not let
// through do not make it longer.
func (a *Attempts) Wait(now time.Time) time.Duration {
	until := pairLimit.until(a.Pair)
	if !a.Known {
		until = later(until, later(addressLimit.until(a.Address), userLimit.until(a.User)))
	}
	return max(until.Sub(now), 0)
}

func later(t, u time.Time) time.Time {
	if u.After(t) {
		return u
	}
	return t
}

// addressKey is what is counted as one address: of IPv6 the first 64 bits, which
// one subscriber has at least.
func addressKey(from netip.Addr) string {
	from = from.Unmap().WithZone("")
	if from.Is6() {
		if p, err := from.Prefix(64); err == nil {
			return p.Addr().String()
		}
	}
	if !from.IsValid() {
		return ""
	}
	return from.String()
}

func newAttempt(user UserID, from netip.Addr, now time.Time) Attempt {
	return Attempt{User: user, Address: addressKey(from), Now: now, Since: now.Add(-remembered), Known: now.Add(-knownFor)}
}

// judge lets an attempt through, or says how long to wait.
func (a Attempt) judge(before Attempts) error {
	wait := before.Wait(a.Now)
	if wait == 0 {
		return nil
	}
	minutes := int((wait + time.Minute - 1) / time.Minute)
	f := fault.New(fault.Limited, "sign-in-limited",
		"Đã thử sai nhiều lần; đợi %d phút rồi thử lại. Quên mật khẩu thì nhờ người phụ trách cấp đường dẫn thiết lập mới",
		"Too many wrong attempts; wait %d minutes, then try again. If the password is forgotten, ask whoever leads for a new set-up link", minutes)
	f.Wait = wait
	return f
}

func signInRefused() error {
	return fault.New(fault.Unauthenticated, "sign-in-refused",
		"Tên đăng nhập hoặc mật khẩu không đúng; kiểm tra lại cả hai", "The user name or the password is wrong; check both")
}

// SignInNeeded says that the account that a session or token names cannot be used.
func SignInNeeded() error {
	return fault.New(fault.Unauthenticated, "sign-in-needed",
		"Cần đăng nhập để làm việc này; đăng nhập rồi gửi lại", "Sign in to do this, then send it again")
}

// NeedsSetup says that nobody can sign in yet, since no account has a password.
func (s *Service) NeedsSetup(ctx context.Context) (bool, error) {
	_, setUp, err := s.store.CountAccounts(ctx)
	return setUp == 0, err
}

// SignIn is the account with this name and password. A wrong name and a wrong
// password are the same to the caller, in answer (fault.Unauthenticated
// "sign-in-refused") and work; fault.Limited "sign-in-limited" after too many.
func (s *Service) SignIn(ctx context.Context, name, password string, from netip.Addr) (Caller, error) {
	user, err := ParseUserID(name)
	if err != nil {
		user = "" // nobody's name, and counted for the address
	}
	a, err := s.verify(ctx, user, password, from)
	if err != nil {
		return Caller{}, err
	}
	c, err := s.store.Caller(ctx, a.User)
	if fault.KindOf(err) == fault.Unauthenticated {
		err = signInRefused() // disabled since
	}
	return c, err
}

// verify counts an attempt and compares the password. It is counted as wrong
// beforehand, so that a thousand at once are no more than one after the other.
func (s *Service) verify(ctx context.Context, user UserID, password string, from netip.Addr) (Account, error) {
	attempt := newAttempt(user, from, s.now())
	if err := s.store.Attempt(ctx, attempt, attempt.judge); err != nil {
		return Account{}, err
	}
	a, err := s.store.Account(ctx, user)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return Account{}, err
	}
	hash := a.password
	if !a.Disabled.IsZero() {
		hash = ""
	}
	same, err := s.hash.matches(ctx, password, hash)
	if err != nil {
		return Account{}, err
	}
	if !same {
		return Account{}, signInRefused()
	}
	return a, s.store.Forgive(ctx, attempt)
}
