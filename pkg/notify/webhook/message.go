package webhook

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/notify"
	"tiendo/pkg/tracker"
)

// Types of messages.
const (
	changed = "area.changed"
	tested  = "webhook.test"
)

// message is the body, in the form that Standard Webhooks recommends.
type message struct {
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      any       `json:"data"`
}

// act is what an endpoint is told of one act: how much of what kind, where, and
// the first things by name. It says what to ask for, not what is there now.
type act struct {
	Election tracker.ElectionID `json:"election"`
	Area     area.Code          `json:"area"` // whose webhook it is
	// Cause is the revision with which the act began, Revision the last of it that is
	// told.
	Cause    tracker.Revision     `json:"cause"`
	Revision tracker.Revision     `json:"revision"`
	Happened civil.Date           `json:"happened_on"`
	Tag      string               `json:"change_tag,omitempty"`
	Count    int                  `json:"count"`
	Kinds    map[tracker.Kind]int `json:"kinds"`
	Places   places               `json:"places"`
	Items    []item               `json:"items"`
	// Changes is where what is new can be asked for, Timeline what is there now.
	Changes  string `json:"changes"`
	Timeline string `json:"timeline"`
	// ChangesURL and TimelineURL are the same with the host that answers, where the
	// operator named it.
	ChangesURL  string `json:"changes_url,omitempty"`
	TimelineURL string `json:"timeline_url,omitempty"`

	recorded time.Time
	seen     map[area.Code]bool
}

type places struct {
	Count int         `json:"count"`
	First []area.Code `json:"first"`
}

type item struct {
	Revision  tracker.Revision `json:"revision"`
	Kind      tracker.Kind     `json:"kind"`
	Area      area.Code        `json:"area"`
	Milestone string           `json:"milestone,omitempty"`
}

// How many things and places a message names; of the others it has the count.
const (
	mostItems  = 20
	mostPlaces = 50
	// mostBytes of a body: less than the 20 kB that Standard Webhooks allows.
	mostBytes = 16 << 10
)

// newAct is an act that a webhook is told of; base is the address of the server,
// empty where it is not known.
func newAct(w *Webhook, begun *notify.Entry, base string) *act {
	at := fmt.Sprintf("/api/v1/elections/%s/areas/%s/", w.Election, w.Area)
	a := &act{
		Election: w.Election, Area: w.Area, Cause: begun.Revision, Happened: begun.Happened, Tag: begun.Tag, recorded: begun.Recorded,
		Kinds: map[tracker.Kind]int{}, Items: []item{}, Places: places{First: []area.Code{}}, seen: map[area.Code]bool{},
		Changes: at + "changes", Timeline: at + "timeline",
	}
	if base != "" {
		a.ChangesURL, a.TimelineURL = base+a.Changes, base+a.Timeline
	}
	return a
}

func (a *act) add(e *notify.Entry) {
	a.Count++
	a.Kinds[e.Kind]++
	a.Revision = e.Revision
	if !a.seen[e.Area] {
		a.seen[e.Area] = true
		a.Places.Count++
		if len(a.Places.First) < mostPlaces {
			a.Places.First = append(a.Places.First, e.Area)
		}
	}
	if len(a.Items) < mostItems {
		x := item{Revision: e.Revision, Kind: e.Kind, Area: e.Area}
		if e.Milestone.Key != "" {
			x.Milestone = e.Milestone.Name()
		}
		a.Items = append(a.Items, x)
	}
}

// body is the message about the act. What is named gives way where names are long.
func (a *act) body() ([]byte, error) {
	for {
		b, err := json.Marshal(message{Type: changed, Timestamp: a.recorded.UTC(), Data: a})
		if err != nil || len(b) <= mostBytes {
			return b, err
		}
		switch {
		case len(a.Items) > 0:
			a.Items = a.Items[:len(a.Items)/2]
		case len(a.Places.First) > 0:
			a.Places.First = a.Places.First[:len(a.Places.First)/2]
		default:
			return nil, fmt.Errorf("webhook: a message of %d bytes", len(b))
		}
	}
}

// testBody is the message of a test.
func testBody(w *Webhook, now time.Time) ([]byte, error) {
	return json.Marshal(message{Type: tested, Timestamp: now.UTC(), Data: map[string]any{
		"election": w.Election, "area": w.Area, "webhook": w.ID,
	}})
}

// wants says whether a webhook is told of an entry.
func (w *Webhook) wants(v *mirror.View, first, end int, e *notify.Entry) bool {
	if e.Revision <= w.After || len(w.Kinds) > 0 && !slices.Contains(w.Kinds, e.Kind) {
		return false
	}
	if e.Kind == tracker.ElectionMoved || e.Kind == tracker.ElectionAmended {
		return true // it concerns every place
	}
	i, known := v.Frame().List.Index(e.Area)
	if !known || i < first || i >= end {
		return false
	}
	if len(w.Families) == 0 {
		return true
	}
	o, known := v.OriginOf(e.Milestone.Key)
	return known && slices.Contains(w.Families, o.Family)
}
