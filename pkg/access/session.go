package access

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// A session ends when nobody has used it for [Idle], and in any case after
// [Longest]; a set-up link is good for [Setup].
const (
	Idle    = 12 * time.Hour
	Longest = 7 * 24 * time.Hour
	Setup   = 7 * 24 * time.Hour
	// Touch is how often the use of a session is written down at most.
	Touch = time.Minute
)

// SessionID names a session to its owner; who knows it cannot use the session.
type SessionID string

// Session is one sign-in.
type Session struct {
	ID          SessionID
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

// The values of a session that its store has columns for.
const (
	// SessionUser is whose it is; without it a session is not kept.
	SessionUser = "user"
	// SessionDevice is what the browser calls itself.
	SessionDevice = "device"
	// SessionKept is the store's own mark on a session that was found: how it was.
	SessionKept = "kept"
)

// SessionCodec writes what a session says of itself, for whoever manages
// sessions and for the store: a deadline, and values that are all strings.
type SessionCodec struct{}

// SessionData is a session as [SessionCodec] writes it.
type SessionData struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

// Encode writes a session. Values that are no strings are refused.
func (SessionCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	data := SessionData{Deadline: deadline, Values: make(map[string]string, len(values))}
	for key, value := range values {
		text, ok := value.(string)
		if !ok {
			return nil, fmt.Errorf("access: the session's value %q is a %T and no string", key, value)
		}
		data.Values[key] = text
	}
	return json.Marshal(data)
}

// Decode reads what Encode wrote.
func (SessionCodec) Decode(b []byte) (deadline time.Time, values map[string]any, err error) {
	var data SessionData
	if err := json.Unmarshal(b, &data); err != nil {
		return deadline, nil, fmt.Errorf("access: session: %w", err)
	}
	values = make(map[string]any, len(data.Values))
	for key, value := range data.Values {
		values[key] = value
	}
	return data.Deadline, values, nil
}

// Sessions are the user's sessions that have not ended, the last used first.
func (s *Service) Sessions(ctx context.Context, user UserID) ([]Session, error) {
	return s.store.Sessions(ctx, user, s.now())
}

// EndSession ends one of the user's sessions; fault.NotFound "session-not-found".
func (s *Service) EndSession(ctx context.Context, user UserID, id SessionID) error {
	return s.store.EndSession(ctx, user, id)
}

// EndSessions ends all of the user's sessions but one ("": all).
func (s *Service) EndSessions(ctx context.Context, user UserID, keep SessionID) error {
	return s.store.EndSessions(ctx, user, keep)
}
