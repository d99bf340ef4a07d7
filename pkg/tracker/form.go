package tracker

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/find"
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

// title: in Vietnamese there has to be one.
func (w *faults) title(pointer string, t fault.Text) {
	if isBlank(t.Vi) {
		w.add(pointer+"/vi", "title-missing", "Thiếu tên gọi bằng tiếng Việt", "The title in Vietnamese is missing")
	}
	w.text(pointer+"/vi", t.Vi, maxTitle)
	w.text(pointer+"/en", t.En, maxTitle)
}

// line holds what somebody says of a line of a plan to what can be shown.
func (w *faults) line(at string, l *PlanLine) {
	w.title(at+"/title", l.Title)
	w.text(at+"/note", l.Note, maxReason)
	if !l.NotBefore.IsZero() && !l.Latest.IsZero() && l.Latest.Before(l.NotBefore) {
		w.add(at+"/latest_on", "days-in-disorder",
			"Ngày cuối %s sớm hơn ngày đầu %s; đổi lại cho đúng thứ tự", "The last day %s is before the first day %s; put them in order",
			l.Latest.Vietnamese(), l.NotBefore.Vietnamese())
	}
	nature, err := statute.ParseNature(l.Nature)
	switch {
	case err == nil && nature == statute.OnOccurrence:
		w.add(at+"/nature", "plan-line-occurs",
			"Dòng kế hoạch không phát sinh theo sự việc; dùng duty, event, period, right hoặc prohibition",
			"A line of a plan does not occur; use duty, event, period, right or prohibition")
	case err == nil && !nature.HasTasks() && len(l.Steps) > 0:
		w.add(at+"/steps", "steps-without-work",
			"Loại dòng này không có việc để báo cáo; bỏ steps", "Nothing is reported on a line of this nature; leave steps out")
	case len(l.Steps) > maxSteps:
		w.add(at+"/steps", "too-many-steps", "Tối đa %d việc trong một dòng; tách thành nhiều dòng", "At most %d steps in a line; make several lines of it", maxSteps)
	}
	for k, s := range l.Steps {
		w.title(fmt.Sprintf("%s/steps/%d/title", at, k), s.Title)
		if slices.ContainsFunc(l.Steps[:k], func(x PlanStep) bool { return s.Key != "" && x.Key == s.Key }) {
			w.add(fmt.Sprintf("%s/steps/%d/key", at, k), "step-exists", "Khóa việc bị lặp trong dòng", "The key of the step stands twice in the line")
		}
	}
	for k, r := range l.Responsible {
		if _, err := area.ParseLevel(r.Level); err != nil && r.Level != "own" {
			w.because(fmt.Sprintf("%s/responsible/%d/level", at, k), err)
		}
	}
}

// bilingual gives a text that is in one language only for both.
func bilingual(t fault.Text) fault.Text {
	t = fault.Text{Vi: strings.TrimSpace(t.Vi), En: strings.TrimSpace(t.En)}
	if t.En == "" {
		t.En = t.Vi
	}
	return t
}

const maxMadeKey = 60

// madeKey makes a key of a title that nothing else has: its words without
// diacritics, and a number behind them where it is needed.
func madeKey(title string, taken func(string) bool) string {
	var base strings.Builder
	for word := range strings.FieldsSeq(find.Fold(title)) {
		word = strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, word)
		if word == "" || base.Len()+len(word) >= maxMadeKey {
			continue
		}
		if base.Len() > 0 {
			base.WriteByte('_')
		}
		base.WriteString(word)
	}
	key := base.String()
	if key == "" || key[0] < 'a' || key[0] > 'z' {
		key = strings.TrimSuffix("so_"+key, "_")
	}
	if !taken(key) {
		return key
	}
	for n := 2; ; n++ {
		if next := key + "_" + strconv.Itoa(n); !taken(next) {
			return next
		}
	}
}
