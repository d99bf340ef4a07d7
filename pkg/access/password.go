package access

import (
	"context"
	"errors"
	"net/netip"
	"runtime"

	"github.com/alexedwards/argon2id"

	"tiendo/pkg/fault"
)

// Passwords hashes passwords and compares them with hashes. Both take tens of
// milliseconds and much memory on purpose.
type Passwords interface {
	Hash(password string) (string, error)
	Matches(password, hash string) (bool, error)
}

// Argon2id is how passwords are hashed: 19 MiB, two passes, one lane (OWASP
// Password Storage Cheat Sheet).
type Argon2id struct{}

var argonParams = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// Hash hashes a password with a salt of its own.
func (Argon2id) Hash(password string) (string, error) {
	return argon2id.CreateHash(password, &argonParams)
}

// Matches compares in constant time.
func (Argon2id) Matches(password, hash string) (bool, error) {
	return argon2id.ComparePasswordAndHash(password, hash)
}

// hasher does no more hashes at once than there are processors: more would not
// be quicker, and each holds 19 MiB.
type hasher struct {
	passwords Passwords
	at        chan struct{}
	// strangers is compared with where there is no password, so that it takes as
	// long as where there is one.
	strangers string
}

func newHasher(p Passwords) (*hasher, error) {
	h := &hasher{passwords: p, at: make(chan struct{}, runtime.GOMAXPROCS(0))}
	var err error
	h.strangers, err = p.Hash(NewSecret(ForSetup).Reveal())
	return h, err
}

// turn waits for a turn, as long as the caller does.
func (h *hasher) turn(ctx context.Context) (done func(), err error) {
	select {
	case h.at <- struct{}{}:
		return func() { <-h.at }, nil
	case <-ctx.Done():
		return nil, fault.New(fault.Unavailable, "sign-in-busy",
			"Quá nhiều người đang đăng nhập cùng lúc; thử lại sau ít giây", "Too many people sign in at once; try again in a few seconds").Because(ctx.Err())
	}
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return h.passwords.Hash(password)
}

// matches does the same work whether there is a password or not.
func (h *hasher) matches(ctx context.Context, password, hash string) (bool, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	known := hash != ""
	if !known {
		hash = h.strangers
	}
	same, err := h.passwords.Matches(password, hash)
	return same && known, err
}

// PasswordChange is a user's own change of password.
type PasswordChange struct {
	User         UserID
	Current, New string
	From         netip.Addr
	Keep         SessionID // the session that goes on; the others end
}

// ChangePassword sets another password and ends the user's other sessions and
// set-up links. A wrong current one is fault.Forbidden "password-wrong" and counts
// as a wrong attempt to sign in.
func (s *Service) ChangePassword(ctx context.Context, c PasswordChange) error {
	if err := CheckPassword(c.User, c.New); err != nil {
		return err
	}
	was, err := s.verify(ctx, c.User, c.Current, c.From)
	if fault.Is(err, "sign-in-refused") {
		err = passwordWrong()
	}
	if err != nil {
		return err
	}
	hash, err := s.hash.hash(ctx, c.New)
	if err != nil {
		return err
	}
	return s.act(ctx, func(d Desk) error {
		a, err := d.Account(ctx, c.User)
		if err != nil {
			return err
		}
		if a.password != was.password || !a.Disabled.IsZero() {
			return passwordWrong() // it was changed meanwhile
		}
		a.password = hash
		return errors.Join(
			s.change(ctx, d, &a, &Event{Kind: PasswordChanged, Actor: Actor{User: a.User, Name: a.Name}}),
			d.EndLinks(ctx, a.User), d.EndSessions(ctx, a.User, c.Keep))
	})
}

func passwordWrong() error {
	return fault.New(fault.Forbidden, "password-wrong",
		"Mật khẩu hiện tại không đúng; nhập lại", "The current password is wrong; enter it again").At("/current")
}
