package catalogue

import (
	"strings"

	"tiendo/pkg/find"
	"tiendo/pkg/statute"
)

// written are the abbreviations of offices and what they stand for, folded:
// titles have the one, and who looks for them types the other.
var written = map[string]string{
	"bcd":    "ban chi dao",
	"btv":    "ban thuong vu",
	"dbqh":   "dai bieu quoc hoi",
	"hdbcqg": "hoi dong bau cu quoc gia",
	"hdnd":   "hoi dong nhan dan",
	"mttq":   "mat tran to quoc",
	"ubbc":   "uy ban bau cu",
	"ubmttq": "uy ban mat tran to quoc",
	"ubnd":   "uy ban nhan dan",
	"ubtvqh": "uy ban thuong vu quoc hoi",
	"ubtw":   "uy ban trung uong",
}

// ordinals are numbers as titles write them behind "lần" or "thứ".
var ordinals = map[string]string{"nhat": "1", "hai": "2", "ba": "3", "tu": "4", "nam": "5"}

// english ordinals stand alone.
var english = map[string]string{"first": "1", "second": "2", "third": "3"}

// inFull writes a title once more the way it may be asked for: abbreviations in
// full, "lần thứ hai" and "lần hai" as "lần 2". Empty when nothing of the kind is
// in it.
func inFull(title string) string {
	var out []string
	before, changed := "", false
	for word := range strings.FieldsSeq(find.Fold(title)) {
		as := word
		if full, ok := written[word]; ok {
			as = full
		} else if number, ok := english[word]; ok {
			as = number
		} else if number, ok := ordinals[word]; ok && (before == "thu" || before == "lan") {
			as = number
			if before == "thu" {
				out = out[:len(out)-1]
			}
		}
		changed = changed || as != word
		out, before = append(out, as), word
	}
	if !changed {
		return ""
	}
	return strings.Join(out, " ")
}

// paper is what a kind of document is called in both languages; empty for one
// that has no name here.
func paper(kind string) (vi, en string) {
	switch kind {
	case "decision":
		return "Quyết định", "Decision"
	case "letter":
		return "Công văn", "Letter"
	}
	k, err := statute.ParseInstrumentKind(kind)
	if err != nil {
		return "", ""
	}
	return k.Word().Vi, k.Word().En
}

// organ is what a kind of body is called, where its own name need not say it.
func organ(kind string) string {
	return map[string]string{
		"na_standing_committee":    "Ủy ban Thường vụ Quốc hội",
		"nec":                      "Hội đồng bầu cử quốc gia",
		"ministry_of_home_affairs": "Bộ Nội vụ",
		"election_committee":       "Ủy ban bầu cử",
		"election_board":           "Ban bầu cử",
		"polling_team":             "Tổ bầu cử",
		"council_standing_body":    "Thường trực Hội đồng nhân dân",
		"peoples_committee":        "Ủy ban nhân dân",
		"front":                    "Ủy ban Mặt trận Tổ quốc",
		"party_committee":          "Cấp ủy",
		"party_propaganda":         "Ban Tuyên giáo",
		"party_organisation":       "Ban Tổ chức",
		"police":                   "Công an",
		"military":                 "Quân đội",
		"court":                    "Tòa án",
	}[kind]
}
