package api

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/oapi-codegen/nullable"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
)

// The timeline is what clients ask for most, and sixty milestones of it with
// thirty fields each are written here by hand: what all milestones of a rule
// share is encoded once, the rest appended. The contract tests hold the result
// against openapi.yaml as they do every answer.

// encoded is JSON that is ready to be sent.
type encoded []byte

// timelineHead is [Timeline] without its milestones.
type timelineHead struct {
	Election         ElectionRef                     `json:"election"`
	Area             Area                            `json:"area"`
	Today            Day                             `json:"today"`
	Day              Day                             `json:"day"`
	AsOf             civil.Date                      `json:"as_of"`
	KnownAt          nullable.Nullable[MaybeInstant] `json:"known_at"`
	Revision         int64                           `json:"revision"`
	NextRefreshAfter int                             `json:"next_refresh_after"`
	FirstDay         civil.Date                      `json:"first_day"`
	LastDay          civil.Date                      `json:"last_day"`
	Counts           Counts                          `json:"counts"`
	Phases           []Heading                       `json:"phases"`
	ChangesToken     *string                         `json:"changes_token"`
}

// originPart is what all milestones of an origin share of [Milestone].
type originPart struct {
	Title           Text                      `json:"title"`
	Phase           string                    `json:"phase"`
	Family          nullable.Nullable[string] `json:"family"`
	Nature          Nature                    `json:"nature"`
	Binding         MilestoneBinding          `json:"binding"`
	Plan            nullable.Nullable[string] `json:"plan"`
	Elections       []string                  `json:"elections"`
	Responsible     []Responsible             `json:"responsible"`
	ResponsibleText Text                      `json:"responsible_text"`
	OneSource       bool                      `json:"one_source"`
}

func (s *Server) encodeTimeline(v *mirror.View, i int, t *timeline.Timeline, follows *string) (encoded, error) {
	head, err := marshal(s.timelineHead(v, i, t, follows))
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, len(head)+1024*(len(t.Items)+len(t.Above)+1))
	b = append(b, bytes.TrimSuffix(head, []byte("}"))...)
	for _, part := range []struct {
		name  string
		items []timeline.Item
	}{{`,"items":[`, t.Items}, {`,"above":[`, t.Above}} {
		b = append(b, part.name...)
		for k := range part.items {
			if k > 0 {
				b = append(b, ',')
			}
			if b, err = s.appendItem(b, &part.items[k]); err != nil {
				return nil, err
			}
		}
		b = append(b, ']')
	}
	return append(b, '}'), nil
}

// appendItem writes a [Milestone]. Keys, codes and names of states are plain
// ASCII without anything that JSON would have to escape: what is entered is held
// to it ([tracker.Act.AddPlan]).
func (s *Server) appendItem(b []byte, x *timeline.Item) ([]byte, error) {
	common, err := x.Origin.Written(shared)
	if err != nil {
		return nil, err
	}
	m := &x.Milestone
	b = append(b, '{')
	b = appendText(b, "id", x.ID.Name())
	b = appendText(append(b, ','), "key", string(x.ID.Key))
	b = appendNumber(append(b, ','), "occurrence", int64(x.ID.Occurrence))
	b = appendText(append(b, ','), "area", string(x.ID.Area))
	b = append(append(b, ','), common...)
	b = s.appendCutoff(append(b, ','), "not_before", m.NotBefore)
	b = s.appendCutoff(append(b, ','), "latest", m.Latest)
	b = appendDay(append(b, ','), "planned_on", m.Planned)
	b = appendDay(append(b, ','), "done_on", m.DoneOn)
	b = appendDay(append(b, ','), "done_by", m.DoneBy)
	b = appendText(append(b, ','), "work", m.Work.String())
	b = appendText(append(b, ','), "standing", m.Standing.String())
	b = appendText(append(b, ','), "timing", x.Timing.String())
	if x.HasDaysLeft {
		b = appendNumber(append(b, ','), "days_left", int64(x.DaysLeft))
	} else {
		b = append(b, `,"days_left":null`...)
	}
	if !x.Cancelled.IsZero() {
		b = appendDay(append(b, ','), "cancelled_on", x.Cancelled)
	}
	b = appendNumber(append(b, ','), "tasks_total", int64(m.TasksTotal))
	b = appendNumber(append(b, ','), "tasks_done", int64(m.TasksDone))
	b = appendNumber(append(b, ','), "revision", int64(m.Revision))
	return append(b, '}'), nil
}

// shared is the part of an origin, without its braces.
func shared(o *mirror.Origin) ([]byte, error) {
	b, err := marshal(originPart{
		Title: both(o.Title), Phase: o.Phase, Family: words(o.Family), Nature: Nature(o.Nature.String()),
		Binding: MilestoneBinding(o.Binding.String()), Plan: planKey(o), Elections: filled(o.Elections),
		Responsible: responsible(o.Responsible), ResponsibleText: both(o.ResponsibleText), OneSource: o.OneSource,
	})
	if err != nil {
		return nil, err
	}
	return b[1 : len(b)-1], nil
}

// marshal is json.Marshal that leaves <, > and & as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

func appendName(b []byte, name string) []byte {
	b = append(append(b, '"'), name...)
	return append(b, '"', ':')
}

func appendText(b []byte, name, text string) []byte {
	b = append(append(appendName(b, name), '"'), text...)
	return append(b, '"')
}

func appendNumber(b []byte, name string, n int64) []byte {
	return strconv.AppendInt(appendName(b, name), n, 10)
}

func appendDay(b []byte, name string, d civil.Date) []byte {
	if d.IsZero() {
		return append(appendName(b, name), "null"...)
	}
	return appendText(b, name, d.String())
}

// appendCutoff writes the day, and the instant where there is an hour.
func (s *Server) appendCutoff(b []byte, name string, c civil.Cutoff) []byte {
	b = appendDay(b, name+"_on", c.Day)
	at, timed := instant(c, s.zone)
	if !timed {
		return append(appendName(append(b, ','), name+"_at"), "null"...)
	}
	return appendText(append(b, ','), name+"_at", at.Format(time.RFC3339))
}
