package mail

import (
	"context"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/notify"
)

// Store keeps settings and messages. A message and the job that sends it are kept
// together or not at all.
type Store interface {
	// Settings are those of an account, or fresh ones.
	Settings(ctx context.Context, user access.UserID) (Settings, error)
	// ChangeSettings writes what change makes of the settings, with a message where it
	// gives one. Settings are written even when it fails with [Kept].
	ChangeSettings(ctx context.Context, user access.UserID, change func(*Settings) (*Notice, error)) (Settings, error)
	// SettingsBySecret does the same for whose secret it is; fault.NotFound
	// "mail-link-unknown".
	SettingsBySecret(ctx context.Context, secret string, change func(*Settings) error) error
	// Language is that of an account.
	Language(ctx context.Context, user access.UserID) (string, error)
	// Notices are the last of an account.
	Notices(ctx context.Context, user access.UserID, most int) ([]Notice, error)

	// PlanNotices shows who is responsible and how far was looked, and keeps what plan says is
	// to be said; nobody else plans meanwhile. Where nobody wants mail, people are none.
	PlanNotices(ctx context.Context, plan func(people []notify.Person, before notify.Look) ([]Notice, notify.Look)) (said int, err error)
	// AddNotice keeps one message, to be sent not before an instant, unless the person has
	// been told already; it says whether it did.
	AddNotice(ctx context.Context, n *Notice, notBefore time.Time) (bool, error)
	// Errand is what is to be sent; State is no longer Waiting when it was settled.
	Errand(ctx context.Context, id int64) (Errand, error)
	// SettleNotice says what became of a message that was tried once more, and keeps it
	// as it was sent.
	SettleNotice(ctx context.Context, e *Errand, s Settled) error
	// Outbox counts what waits.
	Outbox(ctx context.Context) (Outbox, error)
	// SweepNotices removes messages that were made before an instant.
	SweepNotices(ctx context.Context, before time.Time) (int, error)
}
