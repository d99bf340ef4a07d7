package statute_test

import (
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/statute"
)

var (
	in2021 = statute.Election{ID: "2021", Day: civil.Must("2021-05-23")}
	in2026 = statute.Election{ID: "2026", Day: civil.Must("2026-03-15")}
)

// Places of the tests: a commune of Bắc Kạn city and what is above it, and
// Bạch Long Vĩ, a district without communes that voted a day early.
var (
	nation   = place("VN", area.LevelNation)
	province = place("06", area.LevelProvince)
	district = place("058", area.LevelDistrict)
	commune  = place("01840", area.LevelCommune)
	haiPhong = place("31", area.LevelProvince)
)

func place(code area.Code, l area.Level) statute.Place {
	return statute.Place{
		Code: code, Level: l, Voters: true,
		Council: l != area.LevelNation, Communes: l != area.LevelCommune,
	}
}

func bachLongVi() statute.Place {
	p := place("318", area.LevelDistrict)
	p.Communes = false
	return p
}

// chains gives, for each level, a place of that level with the places above.
func chains() map[area.Level][]statute.Place {
	return map[area.Level][]statute.Place{
		area.LevelNation:   {nation},
		area.LevelProvince: {province, nation},
		area.LevelDistrict: {district, province, nation},
		area.LevelCommune:  {commune, district, province, nation},
	}
}

func expand(pattern string, w statute.Where) statute.RuleKey {
	return statute.RuleKey(strings.ReplaceAll(pattern, "{level}", w.Level.String()))
}

// byKey files deadlines under their rules.
func byKey(all []statute.Deadline) map[statute.RuleKey]statute.Deadline {
	m := map[statute.RuleKey]statute.Deadline{}
	for _, d := range all {
		m[d.Rule.Key] = d
	}
	return m
}
