package statute

import (
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
)

// Voting is when an area votes. The zero Voting is election day, from the hour
// at which polls open unless decided otherwise.
type Voting struct {
	Day   civil.Date
	Opens civil.Clock
}

// usualOpening is the hour at which polls open (Article 71 of the election law).
var usualOpening = civil.NewClock(7, 0)

// Place is what the law needs to know of one area in one election.
type Place struct {
	Code  area.Code
	Level area.Level
	// Council: the People's Council of this level is elected here.
	Council bool
	// Communes: there are communes below; a district without does their work.
	Communes bool
	// Voters: somebody votes here; where nobody does, nothing is due.
	Voters bool
	Voting Voting
}

// Election is the one thing all areas share: its id and its day.
type Election struct {
	ID  string
	Day civil.Date
}

// VotingIn is the place's own voting, with what was not decided filled in: the
// election's day, and seven o'clock (Law 85/2015/QH13, Article 71).
func (p *Place) VotingIn(e Election) Voting {
	v := p.Voting
	if v.Day.IsZero() {
		v.Day = e.Day
	}
	if v.Opens.IsZero() {
		v.Opens = usualOpening
	}
	return v
}
