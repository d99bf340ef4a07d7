package main

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"maps"
	"os"
	"slices"
)

// change is one unit as it was on 23 May 2021 and as the list of May 2022 has
// it; an empty name says that it did not exist then.
type change struct {
	code, level, name2021, parent2021, name2022, parent2022 string
}

func readChanges(path string) ([]change, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	const header = "[code level name_2021 parent_2021 name_2022 parent_2022 cause in_force]"
	if len(rows) == 0 || fmt.Sprint(rows[0]) != header {
		return nil, fmt.Errorf("%s: the first line is not %s", path, header)
	}
	changes := make([]change, 0, len(rows)-1)
	for _, row := range rows[1:] {
		changes = append(changes, change{row[0], row[1], row[2], row[3], row[4], row[5]})
	}
	return changes, nil
}

// takeBack puts units back to what they were before the changes. It refuses a
// list that does not show the changes: then it is not the list of May 2022.
func takeBack(units map[string]unit, changes []change) error {
	for _, c := range changes {
		now, there := units[c.code]
		if there != (c.name2022 != "") || now.name != c.name2022 || now.parent != c.parent2022 {
			return fmt.Errorf("%s: the list has %q under %q, the change says %q under %q",
				c.code, now.name, now.parent, c.name2022, c.parent2022)
		}
		if c.name2021 == "" {
			delete(units, c.code)
			continue
		}
		units[c.code] = unit{code: c.code, parent: c.parent2021, level: c.level, name: c.name2021}
	}
	return nil
}

// encode writes the list level by level, each in the order of its codes.
func encode(units map[string]unit) ([]byte, error) {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.Write([]string{"code", "parent_code", "level", "type", "name", "name_en"}); err != nil {
		return nil, err
	}
	// A code of a lower level is longer, so parents come before children.
	inOrder := slices.SortedFunc(maps.Values(units), func(a, b unit) int {
		return cmp.Or(cmp.Compare(len(a.code), len(b.code)), cmp.Compare(a.code, b.code))
	})
	for _, u := range inOrder {
		typ, err := kind(u.level, u.name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", u.code, err)
		}
		en, err := english(u.name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", u.code, err)
		}
		if err := w.Write([]string{u.code, u.parent, u.level, typ, u.name, en}); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return out.Bytes(), w.Error()
}
