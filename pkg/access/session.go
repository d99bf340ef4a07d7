package access

import "time"

// A session ends when nobody has used it for [Idle], and in any case after
// [Longest]; a set-up link is good for [Setup].
const (
	Idle    = 12 * time.Hour
	Longest = 7 * 24 * time.Hour
	Setup   = 7 * 24 * time.Hour
	// Touch is how often the use of a session is written down at most.
	Touch = time.Minute
)

// Session is one sign-in.
type Session struct {
	User        UserID
	Begun, Seen time.Time
	// Device is what the browser called itself, for the user's own list.
	Device string
}

// Alive says that the session may still be used.
func (s *Session) Alive(now time.Time) bool {
	return now.Before(s.Begun.Add(Longest)) && now.Before(s.Seen.Add(Idle))
}

// Stale says that its use has to be written down again.
func (s *Session) Stale(now time.Time) bool { return !now.Before(s.Seen.Add(Touch)) }
