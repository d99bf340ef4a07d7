package find

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold writes a text so that spellings which a person takes for the same become
// equal: no upper case, no diacritics (so neither the way they are encoded nor
// the place of the tone mark matters), d for đ, one space for anything that is
// neither letter nor digit, numbers apart from letters and without leading
// zeros. "Phường 01", "phuong 1" and "PHƯỜNG-1" are all "phuong 1".
// Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	for word := range words(s) {
		if out.Len() > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(word)
	}
	return out.String()
}

// In says that a part stands in a text, however either is spelled. One without a
// letter or digit stands in none.
func In(text, part string) bool {
	folded := Fold(part)
	return folded != "" && strings.Contains(Fold(text), folded)
}

// Sound writes a folded text so that spellings which are read alike become
// equal: Bắc Kạn and Bắc Cạn, Quy Nhơn and Qui Nhơn, Ngi Sơn and Nghi Sơn. Only
// what the two spellings of a sound differ in is touched (k for c, y for i, gh
// and ngh before i and e), never what one region says differently from another.
func Sound(folded string) string {
	if !strings.ContainsAny(folded, "kyg") {
		return folded
	}
	var out strings.Builder
	out.Grow(len(folded))
	for i := range len(folded) {
		b, next := folded[i], byte(0)
		if i+1 < len(folded) {
			next = folded[i+1]
		}
		switch {
		case b == 'k' && next != 'h':
			b = 'c'
		case b == 'y':
			b = 'i'
		case b == 'h' && i > 0 && folded[i-1] == 'g':
			continue
		}
		out.WriteByte(b)
	}
	return out.String()
}

// words yields the folded words of a text, one after the other.
func words(s string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		var word []rune
		flush := func() bool {
			if len(word) == 0 {
				return true
			}
			w := trimZeros(string(word))
			word = word[:0]
			return yield(w)
		}
		for _, r := range norm.NFKD.String(strings.ToValidUTF8(s, " ")) {
			if unicode.In(r, unicode.M, unicode.Cf) {
				continue
			}
			r = letter(r)
			apart := r == ' ' || len(word) > 0 && unicode.IsDigit(r) != unicode.IsDigit(word[len(word)-1])
			if apart && !flush() {
				return
			}
			if r != ' ' {
				word = append(word, r)
			}
		}
		flush()
	}
}

// letter is a rune in lower case, or a space if it does not belong to a word.
func letter(r rune) rune {
	switch r = unicode.ToLower(r); {
	case r == 'đ', r == 'ð', r == 'ɖ': // the last two are typed by mistake for đ
		return 'd'
	case unicode.IsLetter(r), unicode.IsDigit(r):
		return r
	}
	return ' '
}

func trimZeros(word string) string {
	for len(word) > 1 && word[0] == '0' {
		word = word[1:]
	}
	return word
}
