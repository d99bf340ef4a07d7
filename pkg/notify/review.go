package notify

import (
	"slices"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/mirror"
	"tiendo/pkg/timeline"
	"tiendo/pkg/tracker"
)

// A digest may wait: for a mail server, for the morning, to be tried again. What it
// says was so when it was made; when it is sent it has to be so.

// Contents are what a digest names, kept as long as it waits.
type Contents []PartContents

// PartContents are what it names of one election.
type PartContents struct {
	Election tracker.ElectionID `json:"election"`
	// Revision is how far the log was looked at.
	Revision tracker.Revision `json:"revision"`
	Items    []ItemContents   `json:"items"`
	Shifts   []Shift          `json:"shifts"`
}

// ItemContents is one milestone, and what its limit was.
type ItemContents struct {
	Why       Why          `json:"why"`
	Area      area.Code    `json:"area"`
	Milestone string       `json:"milestone"`
	Limit     civil.Cutoff `json:"limit"`
}

// Contents are what the digest names.
func (d *Digest) Contents() Contents {
	var all Contents
	for k := range d.Parts {
		p := &d.Parts[k]
		kept := PartContents{Election: p.Frame.Election.ID, Revision: p.Revision, Shifts: p.Shifts}
		for i := range p.Items {
			x := &p.Items[i]
			kept.Items = append(kept.Items, ItemContents{Why: x.Why, Area: x.ID.Area, Milestone: x.ID.Name(), Limit: x.Limit})
		}
		all = append(all, kept)
	}
	return all
}

// And joins contents with those of an earlier digest that still waits: nobody gets two
// of them once they can go. What both name is told of for the later reason.
func (c Contents) And(earlier Contents) Contents {
	all := slices.Clone(c)
	for k := range earlier {
		was := &earlier[k]
		n := slices.IndexFunc(all, func(p PartContents) bool { return p.Election == was.Election })
		if n < 0 {
			all = append(all, *was)
			continue
		}
		p := &all[n]
		p.Items, p.Shifts = slices.Clip(p.Items), append(slices.Clone(was.Shifts), p.Shifts...)
		for _, x := range was.Items {
			named := func(y ItemContents) bool { return y.Area == x.Area && y.Milestone == x.Milestone }
			if !slices.ContainsFunc(p.Items, named) {
				p.Items = append(p.Items, x)
			}
		}
	}
	return all
}

// Review makes a digest of contents anew, as of now: without what was done or begun
// meanwhile or has another limit, what its day is over for, and what is no longer
// his. It may come to nothing, and then has no Parts. It is behind where an election
// is seen less far than when the digest was made: that has to be waited for.
func (c Contents) Review(now time.Time, zone *time.Location, views []*mirror.View, who *Person) (d Digest, behind bool) {
	d = Digest{User: who.User, Name: who.Name, Language: who.Language, Mail: who.Mail, At: civil.Now(now, zone)}
	for k := range c {
		kept := &c[k]
		n := slices.IndexFunc(views, func(v *mirror.View) bool { return v.Frame().Election.ID == kept.Election })
		if n < 0 {
			continue
		}
		v := views[n]
		if v.Revision() < kept.Revision {
			return d, true
		}
		rights := who.rights(v.Frame().List)
		if _, running := v.RunningSince(); !running || len(rights.Held(access.Reporter)) == 0 {
			continue
		}
		part := Part{Frame: v.Frame(), Revision: v.Revision(), Shifts: kept.Shifts}
		for i := range kept.Items {
			if x, holds := kept.Items[i].review(v, rights, d.At); holds {
				part.Items = append(part.Items, x)
			}
		}
		part.sort()
		if len(part.Items)+len(part.Shifts) > 0 {
			d.Parts = append(d.Parts, part)
		}
	}
	return d, false
}

// review is the milestone as it is now; false where there is no reason any more to
// tell of it.
func (c *ItemContents) review(v *mirror.View, rights access.Rights, at civil.Cutoff) (Item, bool) {
	i, known := v.Frame().List.Index(c.Area)
	id, err := tracker.ParseName(c.Area, c.Milestone)
	if !known || err != nil {
		return Item{}, false
	}
	m, there := v.Milestone(i, id.Key, id.Occurrence)
	if !there || !v.Origin(m).Nature.CanBeLate() || !m.Work.Open() {
		return Item{}, false
	}
	x := itemOf(v, i, m, c.Why)
	if course := timeline.Of(v, m); course.At(at) == timeline.NoRecord || rights.Role(i) < c.Why.role() {
		return x, false
	}
	due := !acted(m) && m.Latest == c.Limit
	switch c.Why {
	case SentBack:
		return x, x.Returned
	case Escalated:
		return x, due && m.Latest.PassedAt(at)
	case Today:
		return x, due && m.Latest.Day == at.Day && !m.Latest.PassedAt(at)
	}
	return x, due && !m.Latest.PassedAt(at)
}

// role is what somebody at least has where he is told of something for the reason.
func (w Why) role() access.Role {
	if w == Escalated || w == Today {
		return access.Lead
	}
	return access.Reporter
}
