package tracker

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"tiendo/pkg/civil"
)

// The log's entries are written by hand, byte for byte as package encoding/json
// writes them (a test holds the two together): an act on all communes writes and
// hashes ten thousand, while everybody who writes waits for the log's head.

// isReport says that a state says how far a milestone and one of its tasks are, and
// nothing else: that of nearly all entries.
func (s *State) isReport() bool {
	return s.Election == nil && s.Tasks == nil && s.Body == nil && s.Document == nil && s.Plan == nil && s.Statement == nil &&
		s.VotingDay == nil && s.Withdrawal == nil && s.Amendment == nil && s.Note == nil
}

func (s *State) appendReport(b []byte) []byte {
	o := object{b: append(b, '{')}
	if s.Milestone != nil {
		o.member("milestone")
		o.b = s.Milestone.appendJSON(o.b)
	}
	if s.Task != nil {
		o.member("task")
		o.b = s.Task.appendJSON(o.b)
	}
	return append(o.b, '}')
}

func (s *MilestoneState) appendJSON(b []byte) []byte {
	o := object{b: append(b, '{')}
	o.cutoff("not_before", s.NotBefore)
	o.cutoff("latest", s.Latest)
	o.day("not_before_from", s.NotBeforeFrom)
	o.day("latest_from", s.LatestFrom)
	o.day("planned", s.Planned)
	o.word("work", s.Work.String())
	o.word("standing", s.Standing.String())
	o.day("done_on", s.DoneOn)
	o.day("done_by", s.DoneBy)
	o.text("scope", s.Scope)
	if s.Silent {
		o.member("silent")
		o.b = append(o.b, "true"...)
	}
	o.text("rulebook_version", s.Version)
	return append(o.b, '}')
}

func (s *TaskState) appendJSON(b []byte) []byte {
	o := object{b: append(b, '{')}
	o.word("key", string(s.Key))
	o.member("position")
	o.b = strconv.AppendInt(o.b, int64(s.Position), 10)
	if s.Title.Vi != "" || s.Title.En != "" {
		o.member("title")
		o.b = appendText(append(o.b, `{"vi":`...), s.Title.Vi)
		o.b = appendText(append(o.b, `,"en":`...), s.Title.En)
		o.b = append(o.b, '}')
	}
	o.word("status", s.Status.String())
	o.text("reason", s.Reason)
	o.day("done_on", s.DoneOn)
	o.day("done_by", s.DoneBy)
	o.text("evidence_number", s.Number)
	o.day("evidence_on", s.On)
	o.text("evidence_link", s.Link)
	o.text("document", s.Document)
	if len(s.Bodies) > 0 {
		o.member("bodies")
		for i, body := range s.Bodies {
			o.b = append(o.b, "[,"[min(i, 1)])
			o.b = appendText(o.b, body)
		}
		o.b = append(o.b, ']')
	}
	o.text("source", s.Source)
	o.text("note", s.Note)
	return append(o.b, '}')
}

// object is a JSON object that is being written.
type object struct {
	b    []byte
	some bool
}

// member begins one with a name of plain letters.
func (o *object) member(name string) {
	if o.some {
		o.b = append(o.b, ',')
	}
	o.some = true
	o.b = append(o.b, '"')
	o.b = append(o.b, name...)
	o.b = append(o.b, '"', ':')
}

func (o *object) word(name, value string) {
	o.member(name)
	o.b = appendText(o.b, value)
}

// text leaves out what is empty, as day and cutoff do.
func (o *object) text(name, value string) {
	if value != "" {
		o.word(name, value)
	}
}

func (o *object) day(name string, d civil.Date) {
	if !d.IsZero() {
		o.member(name)
		o.b = appendDay(o.b, d)
	}
}

func (o *object) cutoff(name string, c civil.Cutoff) {
	if c.IsZero() {
		return
	}
	o.member(name)
	o.b = append(o.b, '"')
	o.b, _ = c.AppendText(o.b)
	o.b = append(o.b, '"')
}

func appendDay(b []byte, d civil.Date) []byte {
	if d.IsZero() {
		return append(b, "null"...)
	}
	b = append(b, '"')
	b, _ = d.AppendText(b)
	return append(b, '"')
}

// appendText writes a text. What package encoding/json would write in another way
// than it stands there, it writes itself.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ', c == '"', c == '\\', c == '<', c == '>', c == '&',
			c == 0xe2: // may begin U+2028 or U+2029
			return appendEscaped(b, s)
		}
	}
	if !utf8.ValidString(s) {
		return appendEscaped(b, s)
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

func appendEscaped(b []byte, s string) []byte {
	escaped, err := json.Marshal(s)
	if err != nil { // a string can always be written
		return append(b, `"`+strings.ToValidUTF8(s, "\ufffd")+`"`...)
	}
	return append(b, escaped...)
}

// appendFields writes the fields of a change that its digest is of, without those
// that the log keeps as JSON, and without the array's end.
func (c *Change) appendFields(b []byte) []byte {
	b = appendText(append(b, '['), string(c.Election))
	b = strconv.AppendInt(append(b, ','), int64(c.Revision), 10)
	b = strconv.AppendInt(append(b, ','), int64(c.Cause), 10)
	b = appendText(append(b, ','), string(c.Kind))
	b = appendText(append(b, ','), string(c.Milestone.Area))
	b = appendText(append(b, ','), string(c.Milestone.Key))
	b = strconv.AppendInt(append(b, ','), int64(c.Milestone.Occurrence), 10)
	b = appendText(append(b, ','), string(c.Task))
	b = appendText(append(b, ','), c.Subject)
	b = appendText(append(b, ','), c.Actor.ID)
	b = appendText(append(b, ','), c.Actor.Name)
	b = c.Recorded.UTC().AppendFormat(append(b, ',', '"'), time.RFC3339Nano)
	b = appendDay(append(b, '"', ','), c.Happened)
	return appendText(append(b, ','), c.Reason)
}
