// Package fault says what kind of failure something is, in words a person can
// act on: in Vietnamese and in English, with the place in the input where one
// is to blame. How a kind becomes an answer is decided elsewhere, once.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind is what a caller can do about a failure.
type Kind uint8

// The kinds of failure.
const (
	// Internal is ours: a bug or a broken machine. Its cause is never shown.
	Internal Kind = iota
	// Invalid input: the caller can mend it, the fields say where.
	Invalid
	// NotFound: there is no such thing, or it is not for this caller.
	NotFound
	// Forbidden: the caller may see it and may not do this.
	Forbidden
	// Stale: somebody else changed it since the caller looked.
	Stale
	// Unguarded: a change was asked for without saying what it is based on.
	Unguarded
	// Conflict: it contradicts what is already there.
	Conflict
	// Unavailable: not now; trying again later may work.
	Unavailable
	// Unauthenticated: nobody has signed in, or not as whom it takes.
	Unauthenticated
	// Limited: too often; Wait says when it may be tried again.
	Limited
	// Expired: what the caller goes on from holds no more; he has to begin again.
	Expired
)

var kindNames = [...]string{"internal", "invalid", "not_found", "forbidden", "stale", "unguarded", "conflict", "unavailable", "unauthenticated", "limited", "expired"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "internal"
}

// Text is one sentence in both languages of the interface.
type Text struct {
	Vi string `json:"vi"`
	En string `json:"en"`
}

// Textf formats both sentences with the same arguments; an argument that is
// itself a Text stands there in the sentence's language.
func Textf(vi, en string, args ...any) Text {
	inVi, inEn := make([]any, len(args)), make([]any, len(args))
	for i, arg := range args {
		inVi[i], inEn[i] = arg, arg
		if t, ok := arg.(Text); ok {
			inVi[i], inEn[i] = t.Vi, t.En
		}
	}
	return Text{Vi: fmt.Sprintf(vi, inVi...), En: fmt.Sprintf(en, inEn...)}
}

// Field is one place in the input that is wrong.
type Field struct {
	// Pointer is a JSON Pointer (RFC 6901) into the body, or the name of a
	// parameter with a leading "?" (query) or ":" (header).
	Pointer string
	Text    Text
}

// Error is a failure with its kind. Code is stable and for machines (kebab-case);
// the Text is for people. Cause is for the log only.
type Error struct {
	Kind    Kind
	Code    string
	Text    Text
	Fields  []Field
	Current any           // with Stale: the state as it is now
	Wait    time.Duration // with Limited, and a Conflict that passes: how long
	Cause   error
}

// New makes an error of a kind; vi and en are formats for the same arguments.
func New(kind Kind, code, vi, en string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Text: Textf(vi, en, args...)}
}

// At adds the place in the input that is wrong, with the same sentence.
func (e *Error) At(pointer string) *Error {
	e.Fields = append(e.Fields, Field{Pointer: pointer, Text: e.Text})
	return e
}

// Because keeps the cause for the log.
func (e *Error) Because(cause error) *Error {
	e.Cause = cause
	return e
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Code, e.Text.En, e.Cause)
	}
	return e.Code + ": " + e.Text.En
}

func (e *Error) Unwrap() error { return e.Cause }

// As finds the fault in a chain of errors.
func As(err error) (*Error, bool) {
	var e *Error
	ok := errors.As(err, &e)
	return e, ok
}

// KindOf is the kind of the fault in err; anything else is Internal.
func KindOf(err error) Kind {
	if e, ok := As(err); ok {
		return e.Kind
	}
	return Internal
}

// Is says that err is a fault with this code.
func Is(err error, code string) bool {
	e, ok := As(err)
	return ok && e.Code == code
}
