package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strings"
)

// Use is what a secret is for. It stands at its beginning, so that one found
// in a log or a repository can be told for what it is.
type Use string

// The uses of secrets.
const (
	ForSession  Use = "tds"
	ForToken    Use = "tdt" // API token
	ForSetup    Use = "tdu" // one-time set-up link
	ForCalendar Use = "tdc" // private address of a calendar
)

// Secret is 256 random bits that prove a caller, as text that goes through
// addresses, headers and chat programs unharmed. It is shown once; what is kept
// is its [Digest]. A secret this long needs no slow hash.
type Secret string

// Digest is the SHA-256 of a secret.
type Digest [sha256.Size]byte

// NewSecret makes a secret from the system's random source, which does not fail.
func NewSecret(use Use) Secret {
	var bits [32]byte
	_, _ = rand.Read(bits[:])
	return Secret(string(use) + "_" + base64.RawURLEncoding.EncodeToString(bits[:]))
}

// Is says that the secret has the form of one for a use; false says that it
// need not be looked up.
func (s Secret) Is(use Use) bool {
	rest, ok := strings.CutPrefix(string(s), string(use)+"_")
	return ok && len(rest) == base64.RawURLEncoding.EncodedLen(32)
}

// Digest is what is kept of the secret and looked up.
func (s Secret) Digest() Digest { return sha256.Sum256([]byte(s)) }

// Equal compares in constant time.
func (d Digest) Equal(other Digest) bool { return subtle.ConstantTimeCompare(d[:], other[:]) == 1 }

// String hides the secret from whoever prints it; see [Secret.Reveal].
func (s Secret) String() string { return "***" }

// GoString hides the secret.
func (s Secret) GoString() string { return "***" }

// Reveal is the secret itself, to be shown to its owner, once.
func (s Secret) Reveal() string { return string(s) }
