package statute

import (
	"bytes"
	"encoding/json"
	"io"

	"tiendo/pkg/fault"
)

// The form of a rulebook file. Enums and dates stay texts here, so that a bad
// one can be reported with the rule it stands in.
type (
	bookForm struct {
		ID             string            `json:"id"`
		Version        string            `json:"version"`
		TitleVi        string            `json:"title_vi"`
		TitleEn        string            `json:"title_en"`
		Levels         []string          `json:"levels"`
		PollingAreasAt string            `json:"polling_area_tracked_at"`
		TimeZone       string            `json:"time_zone"`
		Phases         []titleForm       `json:"phases"`
		Families       []familyForm      `json:"families"`
		Instruments    []instrumentForm  `json:"instruments"`
		Sources        map[string]string `json:"sources"`
		Notes          []string          `json:"notes"`
		NotesVi        []string          `json:"notes_vi"`
		LeftOut        []leftOutForm     `json:"left_out"`
		Occurrences    []titleForm       `json:"occurrences"`
		Guards         []guardForm       `json:"guards"`
		Rules          []json.RawMessage `json:"rules"`
	}
	titleForm struct {
		Key     string `json:"key"`
		TitleVi string `json:"title_vi"`
		TitleEn string `json:"title_en"`
	}
	familyForm struct {
		titleForm
		Phase string `json:"phase"`
	}
	instrumentForm struct {
		ID        string  `json:"id"`
		Kind      string  `json:"kind"`
		Number    *string `json:"number"`
		AmendedBy string  `json:"amended_by"`
		TitleVi   string  `json:"title_vi"`
		TitleEn   string  `json:"title_en"`
		IssuedOn  *string `json:"issued_on"`
		Note      *string `json:"note"`
	}
	leftOutForm struct {
		Key    string `json:"key"`
		Reason string `json:"reason"`
	}
	ruleForm struct {
		titleForm
		citationForm
		Also          []citationForm    `json:"also"`
		Occasion      string            `json:"occasion"`
		OnlyFor       []string          `json:"only_for"`
		Phase         string            `json:"phase"`
		Family        string            `json:"family"`
		Nature        string            `json:"nature"`
		Trigger       string            `json:"trigger"`
		Start         *anchorForm       `json:"start"`
		End           *anchorForm       `json:"end"`
		Levels        map[string]string `json:"levels"`
		Elections     []string          `json:"elections"`
		After         []string          `json:"after"`
		ShownBelow    bool              `json:"shown_below"`
		Responsible   []responsibleForm `json:"responsible"`
		ResponsibleVi string            `json:"responsible_vi"`
		ResponsibleEn string            `json:"responsible_en"`
		Tasks         []titleForm       `json:"tasks"`
		Verified      string            `json:"verified"`
		Confidence    string            `json:"confidence"`
		Sources       []string          `json:"sources"`
		Notes         *string           `json:"notes"`
		NotesVi       *string           `json:"notes_vi"`
	}
	citationForm struct {
		Instrument string  `json:"instrument"`
		Article    *string `json:"article"`
	}
	anchorForm struct {
		Anchor string   `json:"anchor"`
		OrLast []string `json:"or_last"`
		Days   *int     `json:"days"`
		Hours  *int     `json:"hours"`
		Date   *string  `json:"date"`
		Time   *string  `json:"time"`
	}
	responsibleForm struct {
		Body  string `json:"body"`
		Level string `json:"level"`
	}
)

// Parse reads a rulebook strictly. What is wrong comes back as fault.Invalid,
// code "rulebook-broken", saying the file, the key and the reason; the first
// fault found is the one reported.
func Parse(file string, data []byte) (*Rulebook, error) {
	r := &reader{File: fault.InFile("rulebook-broken", file)}
	var form bookForm
	if r.decode("", data, &form) {
		r.head(&form)
		r.lists(&form)
	}
	for i, raw := range form.Rules {
		if r.Err() == nil {
			r.rule(i, raw)
		}
	}
	for _, check := range []func(){r.references, r.windows, r.cycles} {
		if r.Err() == nil {
			check()
		}
	}
	if r.Err() == nil {
		r.guards(form.Guards)
	}
	if r.Err() != nil {
		return nil, r.Err()
	}
	r.book.digest, r.book.text = digestOf(data), data
	r.book.compile()
	return r.book, nil
}

// reader builds a rulebook.
type reader struct {
	fault.File
	book *Rulebook
}

// decode reads JSON into a form: no unknown field, no field twice, nothing
// behind it.
func (r *reader) decode(where string, data []byte, into any) bool {
	if field, twice := repeatedField(data); twice {
		r.Broken(where, "trường %q có hai lần", "field %q stands there twice", field)
		return false
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		r.Broken(where, "không đọc được: %v", "cannot be read: %v", err)
		return false
	}
	if _, err := d.Token(); err != io.EOF {
		r.Broken(where, "còn dữ liệu phía sau", "there is more behind the end")
		return false
	}
	return true
}

// repeatedField finds a field that one object has twice, which encoding/json
// lets pass. Malformed JSON is left to the decoder to report.
func repeatedField(data []byte) (string, bool) {
	d := json.NewDecoder(bytes.NewReader(data))
	type object struct {
		seen  map[string]bool // nil: a list
		value bool            // the next token is a value
	}
	var open []*object
	for {
		token, err := d.Token()
		if err != nil {
			return "", false
		}
		var top *object
		if len(open) > 0 {
			top = open[len(open)-1]
		}
		if key, ok := token.(string); ok && top != nil && top.seen != nil && !top.value {
			if top.seen[key] {
				return key, true
			}
			top.seen[key], top.value = true, true
			continue
		}
		if top != nil && token != json.Delim('}') && token != json.Delim(']') {
			top.value = false
		}
		switch token {
		case json.Delim('{'):
			open = append(open, &object{seen: map[string]bool{}})
		case json.Delim('['):
			open = append(open, &object{})
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
	}
}
