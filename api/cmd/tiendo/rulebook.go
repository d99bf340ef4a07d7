package main

import (
	"context"
	"os"
	"slices"
	"strings"
	"time"

	"tiendo/pkg/fault"
	"tiendo/pkg/postgres"
	"tiendo/pkg/statute"
)

type rulebookCommand struct {
	Check  rulebookCheckCommand  `cmd:"" help:"Say whether a file is a rulebook, and how it differs from the version that the program has; needs no database."`
	Import rulebookImportCommand `cmd:"" help:"Say how a rulebook's file differs from the newest version there is; with --commit, keep it in the database."`
	List   rulebookListCommand   `cmd:"" help:"List the versions of rulebooks that the program and the database have."`
}

type rulebookCheckCommand struct {
	File string `arg:"" help:"The rulebook: a JSON file in the form of pkg/statute/rulebooks, as /docs/law says."`
}

// Run reads the file as strictly as the program reads its own.
func (r rulebookCheckCommand) Run(out output) error {
	book, err := readRulebook(r.File)
	if err != nil {
		return err
	}
	own, err := statute.Load(book.ID())
	if err != nil && !fault.Is(err, "rulebook-not-found") {
		return err
	}
	describe(out, book, own)
	return nil
}

type rulebookImportCommand struct {
	File   string `arg:"" help:"The rulebook's file."`
	Commit bool   `help:"Keep it. Without this nothing is written."`
}

// Run shows what the file would bring, and keeps it when told so. Elections do
// not change: each stands on its version until it is amended.
func (r rulebookImportCommand) Run(ctx context.Context, c *Config, out output) error {
	book, err := readRulebook(r.File)
	if err != nil {
		return err
	}
	return c.reading(ctx, r.Commit, func(store *postgres.Store) error {
		newest, err := newestRulebook(ctx, store, book.ID())
		if err != nil {
			return err
		}
		describe(out, book, newest)
		if !r.Commit {
			out.say("chưa lưu; thêm --commit để lưu / nothing is kept; --commit keeps it")
			return nil
		}
		added, err := store.KeepRulebook(ctx, book, time.Now())
		if err != nil {
			return err
		}
		if !added {
			out.say("đã có từ trước / kept already: %s", book.Version())
			return nil
		}
		out.say("đã lưu / kept: %s", book.Version())
		out.say("xem trước cho một cuộc bầu cử / preview for an election: tiendo election amend ELECTION --rulebook-version %s", book.Version())
		return nil
	})
}

type rulebookListCommand struct{}

// Run lists the versions, and changes nothing.
func (rulebookListCommand) Run(ctx context.Context, c *Config, out output) error {
	for _, id := range statute.IDs() {
		book, err := statute.Load(id)
		if err != nil {
			return err
		}
		out.say("%s\t%s\t%s\t%s", book.ID(), book.Version(), book.Digest(), "chương trình / program")
	}
	return c.looking(ctx, func(store *postgres.Store) error {
		kept, err := store.Rulebooks(ctx)
		if err != nil {
			return err
		}
		for _, k := range kept {
			out.say("%s\t%s\t%s\t%s", k.ID, k.Version, k.Digest, k.Stored.In(c.zone).Format("2006-01-02 15:04"))
		}
		return nil
	})
}

func readRulebook(file string) (*statute.Rulebook, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fault.New(fault.NotFound, "file-unreadable",
			"Không đọc được tệp %s; kiểm tra đường dẫn và quyền đọc", "The file %s cannot be read; check its path and your right to read it", file).Because(err)
	}
	return statute.Parse(file, data)
}

// newestRulebook is the latest version of a rulebook that the program or the
// database has; nil when there is none.
func newestRulebook(ctx context.Context, store *postgres.Store, id string) (*statute.Rulebook, error) {
	versions, err := rulebookVersions(ctx, store, id)
	if err != nil || len(versions) == 0 {
		return nil, err
	}
	return store.Rulebook(ctx, id, versions[len(versions)-1])
}

// rulebookVersions lists the versions there are of a rulebook, the oldest first.
func rulebookVersions(ctx context.Context, store *postgres.Store, id string) ([]string, error) {
	var versions []string
	if own, err := statute.Load(id); err == nil {
		versions = append(versions, own.Version())
	}
	kept, err := store.Rulebooks(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range kept {
		if k.ID == id && !slices.Contains(versions, k.Version) {
			versions = append(versions, k.Version)
		}
	}
	slices.SortFunc(versions, func(a, b string) int {
		switch {
		case statute.Newer(a, b):
			return 1
		case statute.Newer(b, a):
			return -1
		}
		return strings.Compare(a, b)
	})
	return versions, nil
}

// describe says what a rulebook is and how it differs from another (nil: none).
func describe(out output, book, was *statute.Rulebook) {
	out.say("%s  %s  (%s)", book.Version(), book.Title().Vi, book.Title().En)
	out.say("quy tắc / rules            %d", len(book.Rules()))
	if was == nil {
		return
	}
	c := statute.Compare(was, book)
	out.say("so với / compared with     %s", was.Version())
	if c.Same() {
		out.say("không có gì khác / nothing differs")
		return
	}
	for _, part := range []struct {
		name string
		keys []statute.RuleKey
	}{
		{"thêm / added              ", c.Added},
		{"bỏ / removed              ", c.Removed},
		{"đổi ngày / dates          ", c.Dates},
		{"đổi nơi áp dụng, việc / places, steps", c.Places},
		{"đổi câu chữ / texts       ", c.Texts},
	} {
		if len(part.keys) > 0 {
			out.say("%s %d: %s", part.name, len(part.keys), joinKeys(part.keys))
		}
	}
	if len(c.Lists) > 0 {
		out.say("đổi danh mục / lists       %s", strings.Join(c.Lists, ", "))
	}
}

func joinKeys(keys []statute.RuleKey) string {
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = string(k)
	}
	return strings.Join(all, ", ")
}

// reading runs do on the database: as it is and to read only, or, where something
// is to be written, migrated.
func (c *Config) reading(ctx context.Context, write bool, do func(*postgres.Store) error) error {
	if !write {
		return c.looking(ctx, do)
	}
	return c.with(ctx, func(d *database) error { return do(postgres.New(d.pool)) })
}
