package main

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os/user"
	"time"

	"tiendo/api"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/tracker"
)

const about = `Tiến độ: what an election demands of every locality, by when, why, and how far it is.

Every flag can be given as the environment variable named beside it.`

// CLI is the commands and the one configuration they share.
type CLI struct {
	Config

	Serve    serveCommand    `cmd:"" help:"Serve the page and the API: migrate, open the election, load the mirror, listen."`
	Migrate  migrateCommand  `cmd:"" help:"Bring the database's schema up to this program's."`
	Election electionCommand `cmd:"" help:"Open an election, or list those that are open."`
	Area     areaCommand     `cmd:"" help:"Bring a list of areas as a new edition, list the editions, print one."`
	Rulebook rulebookCommand `cmd:"" help:"Check a rulebook's file, bring a version in, or list the versions there are."`
	User     userCommand     `cmd:"" help:"Make, list, disable accounts; print one-time addresses for setting passwords."`
	Grant    grantCommand    `cmd:"" help:"Give accounts roles in branches of the country, take them away, list them."`
	Token    tokenCommand    `cmd:"" help:"Make, list and revoke API tokens."`
	Audit    auditCommand    `cmd:"" help:"Prove the logs, or list the hashes they stood at."`
	Doctor   doctorCommand   `cmd:"" help:"Say what is found, what is missing and what to do about it."`
	Version  versionCommand  `cmd:"" help:"Print the program's version."`
}

// Config is everything that can be set.
type Config struct {
	Listen           string   `default:"127.0.0.1:8080" env:"TIENDO_LISTEN" help:"Address to listen on; port 0 takes a free one. Until people can sign in only this machine's own addresses are taken."`
	DatabaseURL      Secret   `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"PostgreSQL 15 or newer to use. Without it the program starts a private one of its own."`
	Data             string   `env:"TIENDO_DATA" placeholder:"DIR" help:"Folder of the private database; .data when none is named. One that is named is used or refused; root takes another for .data where it has to, and says which."`
	Today            Today    `default:"real" env:"TIENDO_TODAY" placeholder:"DAY" help:"'real', or a day YYYY-MM-DD for a trial that takes place on that day, with what was known by then, in a database of its own."`
	Actor            string   `env:"TIENDO_ACTOR" placeholder:"NAME" help:"Name under which changes are recorded until people can sign in. Without it: the name of the operating system's user."`
	InsecureNoSignIn bool     `name:"insecure-no-sign-in" env:"TIENDO_INSECURE_NO_SIGN_IN" help:"Listen on other addresses although nobody signs in: everyone who reaches them can change everything. Requests are answered that name the server by an IP address, as localhost or by a --host."`
	Host             []string `env:"TIENDO_HOST" placeholder:"NAME" help:"Name by which this server may be asked, besides localhost; several with commas, or the flag again. Requests to other names are refused, so that no other site's page reaches the server through a name of its own."`
	LogLevel         string   `default:"info" enum:"debug,info,warn,error" env:"TIENDO_LOG_LEVEL" help:"Least important messages that are logged: ${enum}."`
	LogFormat        string   `default:"text" enum:"text,json" env:"TIENDO_LOG_FORMAT" help:"Form of the log: ${enum}."`

	zone *time.Location
}

// Secret is a setting that is never printed.
type Secret string

func (Secret) String() string { return "***" }

// LogValue keeps it out of the log as well.
func (Secret) LogValue() slog.Value { return slog.StringValue("***") }

// Today is the real day (zero) or the day of a trial.
type Today struct {
	civil.Date
	// unread is why the text is no day. It is told by prepare: kong makes one
	// English line of what it is told, with the reason in it twice.
	unread error
}

// UnmarshalText reads "real" or YYYY-MM-DD.
func (t *Today) UnmarshalText(b []byte) error {
	*t = Today{}
	if string(b) == "real" {
		return nil
	}
	d, err := civil.Parse(string(b))
	if err != nil {
		t.unread = fault.New(fault.Invalid, "today-unreadable",
			"Ngày --today (TIENDO_TODAY) phải là real hoặc một ngày YYYY-MM-DD, không phải %q",
			"The day --today (TIENDO_TODAY) must be 'real' or a day YYYY-MM-DD, not %q", firstOf(string(b)))
	}
	t.Date = d
	return nil
}

// firstOf is the beginning of a text that somebody typed, to show it again.
func firstOf(text string) string {
	const most = 60
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// trial says that the clock is set by the operator.
func (c *Config) trial() bool { return !c.Today.IsZero() }

// prepare checks what can be checked before anything is started.
func (c *Config) prepare(ctx context.Context, log io.Writer) error {
	zone, err := api.Zone()
	if err != nil {
		return err
	}
	c.zone = zone
	c.logTo(log)
	if c.Today.unread != nil {
		return c.Today.unread
	}
	return c.checkListen(ctx)
}

func (c *Config) logTo(w io.Writer) {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // kong has checked it
	options := &slog.HandlerOptions{Level: level}
	var handler slog.Handler = slog.NewTextHandler(w, options)
	if c.LogFormat == "json" {
		handler = slog.NewJSONHandler(w, options)
	}
	slog.SetDefault(slog.New(handler))
}

// checkListen refuses an address that others can reach, as long as nobody
// signs in.
func (c *Config) checkListen(ctx context.Context) error {
	host, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fault.New(fault.Invalid, "listen-unreadable",
			"Địa chỉ --listen %q không đúng dạng máy:cổng, ví dụ 127.0.0.1:8080", "The address --listen %q is not of the form host:port, such as 127.0.0.1:8080", c.Listen)
	}
	if _, err := net.DefaultResolver.LookupPort(ctx, "tcp", port); err != nil {
		return fault.New(fault.Invalid, "listen-unreadable",
			"Địa chỉ --listen %q: %q không phải là cổng; cổng là số từ 0 đến 65535", "The address --listen %q: %q is no port; a port is a number from 0 to 65535", c.Listen, port)
	}
	ip := net.ParseIP(host)
	if c.InsecureNoSignIn || host == "localhost" || (ip != nil && ip.IsLoopback()) {
		return nil
	}
	return fault.New(fault.Forbidden, "listen-not-local",
		"Địa chỉ --listen %q mở ra ngoài máy này trong khi chưa có đăng nhập; dùng 127.0.0.1, hoặc --insecure-no-sign-in nếu biết rõ ai vào được",
		"The address --listen %q can be reached from elsewhere and nobody signs in yet; use 127.0.0.1, or --insecure-no-sign-in if you know who can reach it", c.Listen)
}

// clock is the real one; in a trial, the trial's day at the real hour.
func (c *Config) clock() func() time.Time {
	if !c.trial() {
		return time.Now
	}
	return func() time.Time {
		now := time.Now().In(c.zone)
		y, m, d := c.Today.Parts()
		return time.Date(y, m, d, now.Hour(), now.Minute(), now.Second(), now.Nanosecond(), c.zone)
	}
}

// actor is who changes things until people can sign in.
func (c *Config) actor() tracker.Actor {
	name := c.Actor
	if name == "" {
		name = "local"
		if u, err := user.Current(); err == nil && u.Username != "" {
			name = u.Username
		}
	}
	return tracker.Actor{ID: "local", Name: name}
}
