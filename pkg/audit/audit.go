// Package audit follows a log entry by entry and names the first one that is not
// what was written. Every entry holds the hash of itself and of the one before,
// so that whoever changes, removes or adds one has to write all later ones anew;
// and then the hashes that were printed in reports of those days tell.
//
// It knows no log by name: the log of an election and the log of accounts are
// both chains of entries.
package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// Hash is what chains an entry to the one before.
type Hash [sha256.Size]byte

func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Entry is one entry of a log, as far as its place in the chain goes.
type Entry struct {
	Revision int64
	// Cause is the revision of the act that the entry follows from: never a later one.
	Cause    int64
	Recorded time.Time
	Hash     Hash // as it stands in the log
	// Digest is the hash that the entry has to have behind one with the given hash.
	Digest func(before Hash) (Hash, error)
}

// Head is where a log says that it stands.
type Head struct {
	Revision int64
	Recorded time.Time
	Hash     Hash
}

// DayHead is where a log stood at the end of a day on which something was
// recorded.
type DayHead struct {
	Day civil.Date
	Head
}

// Flaw is what is wrong at a revision.
type Flaw string

// The flaws. Which of them is found says how the log was tampered with: not by
// whom, nor what stood there before.
const (
	Missing   Flaw = "missing"    // entries were taken out before this one
	Backwards Flaw = "backwards"  // recorded before the one before
	Causeless Flaw = "causeless"  // follows from a later act
	Bent      Flaw = "bent"       // its fields, or those of an earlier one, are not what was hashed
	CutOff    Flaw = "cut_off"    // the log ends before its head
	Overlong  Flaw = "overlong"   // the log goes on behind its head
	HeadBent  Flaw = "head_bent"  // the head's hash is not the last entry's
	Rewritten Flaw = "rewritten"  // another hash was printed for this revision at the time
	NotByLog  Flaw = "not_by_log" // a table says something that the log does not lead to
)

var flawTexts = map[Flaw]fault.Text{
	Missing:   {Vi: "thiếu bản ghi trước bản ghi này", En: "entries before this one are missing"},
	Backwards: {Vi: "thời điểm ghi sớm hơn bản ghi trước", En: "recorded earlier than the entry before"},
	Causeless: {Vi: "ghi là hệ quả của một việc xảy ra sau", En: "said to follow from a later act"},
	Bent:      {Vi: "nội dung không khớp với mã băm", En: "its contents do not match its hash"},
	CutOff:    {Vi: "các bản ghi cuối đã mất", En: "the last entries are missing"},
	Overlong:  {Vi: "có bản ghi nằm sau điểm cuối của nhật ký", En: "entries stand behind the head of the log"},
	HeadBent:  {Vi: "điểm cuối của nhật ký không khớp với bản ghi cuối", En: "the head of the log does not match its last entry"},
	Rewritten: {Vi: "mã băm khác với mã đã in trong báo cáo thời đó", En: "another hash was printed in a report at the time"},
	NotByLog:  {Vi: "bảng dữ liệu không khớp với nhật ký", En: "a table does not say what the log leads to"},
}

// Text says the flaw to a person.
func (f Flaw) Text() fault.Text { return flawTexts[f] }

// Finding is the first place at which a log is not what was written.
type Finding struct {
	Revision int64
	Flaw     Flaw
}

// Known is a hash that was printed when the log stood at a revision: whole, or
// its first bytes.
type Known struct {
	Revision int64
	Hash     []byte
}

// Trail follows one log from its beginning.
type Trail struct {
	zone    *time.Location
	known   map[int64][]byte
	head    Head
	days    []DayHead
	finding *Finding
}

// NewTrail begins before the first entry. Days are those of the zone. Hashes
// that are known from elsewhere are held against the log's own.
func NewTrail(zone *time.Location, known ...Known) *Trail {
	t := &Trail{zone: zone, known: make(map[int64][]byte, len(known))}
	for _, k := range known {
		t.known[k.Revision] = k.Hash
	}
	return t
}

// Next takes the next entry; false once something was found: what follows a
// bent entry proves nothing.
func (t *Trail) Next(e Entry) bool {
	if t.finding != nil {
		return false
	}
	flaw := t.flaw(&e)
	if flaw == "" {
		t.head = Head{e.Revision, e.Recorded, e.Hash}
		t.note()
		return true
	}
	t.finding = &Finding{Revision: t.head.Revision + 1, Flaw: flaw}
	return false
}

func (t *Trail) flaw(e *Entry) Flaw {
	switch {
	case e.Revision != t.head.Revision+1:
		return Missing
	case e.Recorded.Before(t.head.Recorded):
		return Backwards
	case e.Cause > e.Revision:
		return Causeless
	}
	if digest, err := e.Digest(t.head.Hash); err != nil || digest != e.Hash {
		return Bent
	}
	if printed, ok := t.known[e.Revision]; ok && !bytes.HasPrefix(e.Hash[:], printed) {
		return Rewritten
	}
	return ""
}

// note keeps the last entry of each day.
func (t *Trail) note() {
	day := civil.Of(t.head.Recorded, t.zone)
	if n := len(t.days); n > 0 && t.days[n-1].Day == day {
		t.days[n-1].Head = t.head
		return
	}
	t.days = append(t.days, DayHead{day, t.head})
}

// End holds the log against where it says that it stands. The head has to be
// read before the entries: what was added meanwhile is not looked at.
func (t *Trail) End(head Head) {
	if t.finding != nil {
		return
	}
	switch {
	case t.head.Revision < head.Revision:
		t.finding = &Finding{t.head.Revision + 1, CutOff}
	case t.head.Revision > head.Revision:
		t.finding = &Finding{head.Revision + 1, Overlong}
	case t.head.Hash != head.Hash:
		t.finding = &Finding{head.Revision, HeadBent}
	default:
		t.unmet()
	}
}

// unmet: a hash that was printed for a revision to which the log never came.
func (t *Trail) unmet() {
	for revision := range t.known {
		if revision > t.head.Revision && (t.finding == nil || revision < t.finding.Revision) {
			t.finding = &Finding{revision, Rewritten}
		}
	}
}

// Finding is the first thing wrong; nil: nothing.
func (t *Trail) Finding() *Finding { return t.finding }

// Head is the last entry that is proved.
func (t *Trail) Head() Head { return t.head }

// Days are where the log stood at the end of each day of the zone on which
// something was recorded, the first first.
func (t *Trail) Days() []DayHead { return t.days }

// ParseKnown reads what a report prints: a revision, a colon and the hash or at
// least 8 digits of its beginning, such as "1234:9f86d081884c7d65". Anything
// else is fault.Invalid "audit-known-unreadable".
func ParseKnown(s string) (Known, error) {
	var k Known
	revision, digits, ok := cut(s)
	hash, err := hex.DecodeString(digits)
	if !ok || err != nil || len(hash) < 4 || len(hash) > sha256.Size {
		return k, fault.New(fault.Invalid, "audit-known-unreadable",
			"Không đọc được %q; viết số bản ghi, dấu hai chấm và ít nhất 8 chữ số đầu của mã băm, như 1234:9f86d081",
			"%q cannot be read; write the revision, a colon and at least 8 digits of the hash, such as 1234:9f86d081", s)
	}
	return Known{revision, hash}, nil
}

func cut(s string) (revision int64, hash string, ok bool) {
	before, after, ok := strings.Cut(strings.TrimSpace(s), ":")
	revision, err := strconv.ParseInt(before, 10, 64)
	return revision, after, ok && err == nil && revision > 0
}
