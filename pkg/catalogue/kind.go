package catalogue

import "tiendo/pkg/fault"

// Kind is what kind of thing is looked for. The zero Kind is any of them.
type Kind uint8

// The kinds, in the order in which they are shown when they match equally well.
const (
	Area Kind = iota + 1
	Milestone
	Document
	Body
)

const kinds = int(Body)

var kindNames = [...]string{"", "area", "milestone", "document", "body"}

func (k Kind) String() string { return kindNames[k] }

// ParseKind reads the name of a kind; anything else is fault.Invalid,
// "find-kind-unknown".
func ParseKind(s string) (Kind, error) {
	for k := Area; int(k) < len(kindNames); k++ {
		if kindNames[k] == s {
			return k, nil
		}
	}
	return 0, fault.New(fault.Invalid, "find-kind-unknown",
		"Không có loại %q; hãy dùng một trong %q", "There is no kind %q; use one of %q", s, kindNames[1:])
}
