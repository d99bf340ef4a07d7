// Package webhook tells the endpoints of other programs what happens in a branch:
// who asked to be told of what, one message for each act, and sending it until it
// was taken, as Standard Webhooks says. What an endpoint is told is public.
package webhook

import (
	"crypto/rand"
	"encoding/base32"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

// ID is that of a webhook.
type ID string

// Place is whose webhooks they are: a branch in an election.
type Place struct {
	Election tracker.ElectionID
	Area     area.Code
}

// Off is why nothing is sent to a webhook.
type Off string

// Why a webhook is off.
const (
	On     Off = ""
	Paused Off = "paused"  // somebody switched it off
	Gone   Off = "gone"    // the endpoint answered 410
	Failed Off = "failing" // it took nothing for about a day
)

// Webhook is an endpoint that is told what happens in a branch.
type Webhook struct {
	ID ID
	Place
	URL         string
	Description string
	// Families and Kinds limit what is told; none: all.
	Families []string
	Kinds    []tracker.Kind
	Off      Off
	OffSince time.Time // zero: it is on
	// After is the revision that the log had when the webhook was made: it is told
	// what came later.
	After  tracker.Revision
	MadeBy access.UserID
	Made   time.Time
	// Revision counts its changes, from 1.
	Revision tracker.Revision
}

// Row is a webhook with how it goes.
type Row struct {
	Webhook
	// Waiting messages are not taken yet; LastTaken and LastRefused are when the
	// endpoint took and did not take one for the last time, zero: never.
	Waiting                int
	LastTaken, LastRefused time.Time
}

// What a webhook may be.
const (
	maxURL         = 500
	maxDescription = 200
	maxFilter      = 60 // families or kinds
	// most of one branch in one election.
	most = 20
)

// New is a webhook to be made.
type New struct {
	Place
	URL         string
	Description string
	Families    []string
	Kinds       []string
}

// Change is what is to become of a webhook; nil leaves as it is.
type Change struct {
	Place
	ID          ID
	If          tracker.Revision
	URL         *string
	Description *string
	Families    *[]string
	Kinds       *[]string
	Enabled     *bool
}

// describe checks words of somebody's own.
func describe(text string) (string, error) {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > maxDescription || strings.ContainsFunc(text, unicode.IsControl) {
		return "", fault.New(fault.Invalid, "webhook-description-refused",
			"Mô tả của webhook dài tối đa %d ký tự, không xuống dòng", "The description of a webhook has at most %d characters and no line breaks", maxDescription).At("/description")
	}
	return text, nil
}

// chosenKinds reads the kinds that are asked for.
func chosenKinds(texts []string) ([]tracker.Kind, error) {
	var all []tracker.Kind
	for _, text := range texts {
		k := tracker.Kind(text)
		if !k.IsPublished() {
			return nil, fault.New(fault.Invalid, "webhook-kind-unknown",
				"Không báo ra ngoài loại thay đổi %q; chọn trong kinds của danh sách webhook (GET …/webhooks)", "Endpoints are not told of the kind %q; choose from kinds in the list of webhooks (GET …/webhooks)", shortly(text)).At("/kinds")
		}
		all = append(all, k)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

// chosenFamilies reads the kinds of work that are asked for.
func chosenFamilies(f *tracker.Frame, keys []string) ([]string, error) {
	for _, key := range keys {
		known := false
		for _, family := range f.Rulebook.Families() {
			known = known || family.Key == key
		}
		if !known {
			return nil, fault.New(fault.Invalid, "webhook-family-unknown",
				"Bộ quy tắc không có nhóm việc %q; chọn trong danh sách ở …/rules", "The rulebook has no family %q; choose from the list at …/rules", shortly(key)).At("/families")
		}
	}
	all := slices.Clone(keys)
	slices.Sort(all)
	return slices.Compact(all), nil
}

func tooMany(what string) error {
	return fault.New(fault.Invalid, "webhook-filter-long",
		"Bộ lọc có tối đa %d mục", "A filter has at most %d entries", maxFilter).At("/" + what)
}

// NotFound says that the branch has no such webhook.
func NotFound(id ID) error {
	return fault.New(fault.NotFound, "webhook-not-found", "Đơn vị không có webhook %q", "The place has no webhook %q", shortly(string(id)))
}

func shortly(text string) string {
	if r := []rune(text); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return text
}

// newID is a name that nobody can guess and that goes through addresses unharmed.
func newID(prefix string) string {
	var bits [15]byte
	_, _ = rand.Read(bits[:]) // it does not fail
	return prefix + strings.ToLower(base32.StdEncoding.EncodeToString(bits[:]))
}
