package webhook

import (
	"crypto/rand"
	"encoding/base64"
	"log/slog"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// Secret is what messages to one endpoint are signed with: whsec_ and 256 random
// bits, as Standard Webhooks writes them. It is kept as it is, since signing needs
// it; whoever makes or rotates it sees it once.
type Secret string

// overlap is how long a secret is still signed with once there is a new one.
const overlap = 24 * time.Hour

func newSecret() Secret {
	var bits [32]byte
	_, _ = rand.Read(bits[:]) // it does not fail
	return Secret("whsec_" + base64.StdEncoding.EncodeToString(bits[:]))
}

// String hides the secret from whoever prints it; see [Secret.Reveal].
func (Secret) String() string { return "***" }

// GoString hides the secret.
func (Secret) GoString() string { return "***" }

// LogValue keeps it out of the log.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// Reveal is the secret itself: for its owner, once, and for where it is kept.
func (s Secret) Reveal() string { return string(s) }

// signed is the value of webhook-signature: one signature for each secret.
func signed(secrets []Secret, id DeliveryID, at time.Time, body []byte) (string, error) {
	var all []string
	for _, s := range secrets {
		w, err := standardwebhooks.NewWebhook(s.Reveal())
		if err != nil {
			return "", err
		}
		one, err := w.Sign(string(id), at, body)
		if err != nil {
			return "", err
		}
		all = append(all, one)
	}
	return strings.Join(all, " "), nil
}
