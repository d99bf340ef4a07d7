package main

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// words are the unit words a name starts with, as they are to be written, and
// what the rule for English names makes of them. No word starts another one.
var words = []struct{ vi, en string }{
	{"Thành phố", "City"},
	{"Tỉnh", "Province"},
	{"Quận", "District"},
	{"Huyện", "District"},
	{"Thị xã", "Town"},
	{"Thị trấn", "Township"},
	{"Phường", "Ward"},
	{"Xã", "Commune"},
}

// lostCapitals are names that the package writes in lower case by mistake: the
// last syllable of each starts with a capital.
var lostCapitals = map[string]string{
	"00679": "Xã Đại Áng",
	"03442": "Xã Pa Ủ",
	"03712": "Xã Nậm Ét",
	"03727": "Xã Mường É",
	"03742": "Xã É Tòng",
	"06337": "Xã Đồng Ý",
}

// spell writes a name in composed Unicode with single spaces, its unit word in
// sentence case, and raises the six lost capitals.
func spell(code, raw string) (string, error) {
	name := strings.Join(strings.Fields(norm.NFC.String(raw)), " ")
	vi, _, own, err := split(name)
	if err != nil {
		return "", fmt.Errorf("%s: %w", code, err)
	}
	name = vi + " " + own
	if right, lost := lostCapitals[code]; lost {
		if !strings.EqualFold(name, right) {
			return "", fmt.Errorf("%s: %q is not %q with a lost capital", code, name, right)
		}
		name = right
	}
	return name, nil
}

// split parts a name into its unit word, that word in English, and the rest.
func split(name string) (vi, en, own string, err error) {
	for _, word := range words {
		n := len(word.vi)
		if len(name) > n+1 && strings.EqualFold(name[:n], word.vi) && name[n] == ' ' {
			return word.vi, word.en, name[n+1:], nil
		}
	}
	return "", "", "", fmt.Errorf("%q starts with no known unit word", name)
}

// kind is the type column: the unit word in lower case; a city that is a
// province says so, because the same word stands on two levels.
func kind(level, name string) (string, error) {
	vi, _, _, err := split(name)
	if err != nil {
		return "", err
	}
	if level == "province" && vi == "Thành phố" {
		return "thành phố trực thuộc trung ương", nil
	}
	return strings.ToLower(vi), nil
}

// english makes the English name by rule: no diacritics, the unit word behind;
// a numbered unit has it in front and no leading zero ("Ward 1", "Ward IV").
func english(name string) (string, error) {
	_, en, own, err := split(name)
	if err != nil {
		return "", err
	}
	if strings.Trim(own, "0123456789") == "" || strings.Trim(own, "IVX") == "" {
		return en + " " + strings.TrimLeft(own, "0"), nil
	}
	return plain(own) + " " + en, nil
}

// plain drops the diacritics; đ is a letter that Unicode does not take apart.
func plain(s string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'đ':
			b.WriteByte('d')
		case r == 'Đ':
			b.WriteByte('D')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
