package mirror

import "tiendo/pkg/tracker"

// VotingRevision is when an area's own voting day was last decided; 0 when none was.
func (v *View) VotingRevision() tracker.Revision {
	var last tracker.Revision
	for _, d := range v.voting {
		last = max(last, d.Revision)
	}
	return last
}
