package tracker

import (
	"fmt"
	"regexp"
	"slices"

	"tiendo/pkg/fault"
	"tiendo/pkg/statute"
)

// keyForm: keys stand in addresses, and in answers as they are.
var keyForm = regexp.MustCompile(`^[a-z][a-z0-9_]{0,79}$`)

// maxKey is how long a key may be.
const maxKey = 80

func (w *faults) key(pointer, key string) {
	if !keyForm.MatchString(key) {
		w.add(pointer, "key-not-plain",
			"Khóa %q không hợp lệ; dùng tối đa 80 chữ thường không dấu, số và gạch dưới, bắt đầu bằng chữ",
			"The key %q cannot be used; take at most 80 small letters a to z, digits and underscores, a letter first", trim(key))
	}
}

// because collects the fault that a Parse function returned.
func (w *faults) because(pointer string, err error) {
	if f, ok := fault.As(err); ok {
		w.all = append(w.all, f.At(pointer))
	}
}

// bodyKind: the list is closed, the rulebooks' own.
func (w *faults) bodyKind(pointer, kind string) {
	_, err := statute.ParseBody(kind)
	w.because(pointer, err)
}

// plan holds a local plan to what rules are held to when a rulebook is read.
func (w *faults) plan(book *statute.Rulebook, p *Plan) {
	w.key("/key", p.Key)
	for i := range p.Lines {
		at, l := fmt.Sprintf("/lines/%d", i), &p.Lines[i]
		w.key(at+"/key", string(l.Key))
		_, err := statute.ParseNature(l.Nature)
		w.because(at+"/nature", err)
		if !slices.ContainsFunc(book.Phases(), func(x *statute.Phase) bool { return x.Key == l.Phase }) {
			w.add(at+"/phase", "unknown-phase",
				"Không có giai đoạn %q trong bộ quy tắc; dùng một trong %q", "The rulebook has no phase %q; use one of %q",
				trim(l.Phase), phaseKeys(book))
		}
		for k, r := range l.Responsible {
			w.bodyKind(fmt.Sprintf("%s/responsible/%d/body", at, k), r.Body)
		}
		for k, s := range l.Steps {
			w.key(fmt.Sprintf("%s/steps/%d/key", at, k), string(s.Key))
		}
	}
}

func phaseKeys(book *statute.Rulebook) []string {
	var keys []string
	for _, p := range book.Phases() {
		keys = append(keys, p.Key)
	}
	return keys
}

// confidences are how sure it is that an area votes on another day.
var confidences = []string{"high", "medium", "low", doubtful}

func (w *faults) confidence(pointer, c string) {
	if !slices.Contains(confidences, c) {
		w.add(pointer, "unknown-confidence",
			"Không có mức tin cậy %q; dùng một trong %q", "There is no confidence %q; use one of %q", trim(c), confidences)
	}
}
