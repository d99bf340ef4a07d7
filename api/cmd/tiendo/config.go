package main

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/netip"
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
	Webhook  webhookCommand  `cmd:"" help:"List webhooks and what was sent to them, or have a message sent again."`
	Export   exportCommand   `cmd:"" help:"Write a branch as a workbook, a table or a report."`
	Import   importCommand   `cmd:"" help:"Take in a table of statuses or a list of accounts from .xlsx or .csv."`
	Audit    auditCommand    `cmd:"" help:"Prove the logs, or list the hashes they stood at."`
	Doctor   doctorCommand   `cmd:"" help:"Say what is found, what is missing and what to do about it."`
	Version  versionCommand  `cmd:"" help:"Print the program's version."`
}

// Config is everything that can be set.
type Config struct {
	Listen          string        `default:"127.0.0.1:8080" env:"TIENDO_LISTEN" help:"Address to listen on; port 0 takes a free one. On an address that other machines reach, give --tls-cert and --tls-key, or put a proxy in front: passwords are typed here."`
	DatabaseURL     Secret        `name:"database-url" env:"DATABASE_URL" placeholder:"URL" help:"PostgreSQL 15 or newer to use. Without it the program starts a private one of its own."`
	Data            string        `env:"TIENDO_DATA" placeholder:"DIR" help:"Folder of the private database; .data when none is named. One that is named is used or refused; root takes another for .data where it has to, and says which."`
	Today           Today         `default:"real" env:"TIENDO_TODAY" placeholder:"DAY" help:"'real', or a day YYYY-MM-DD for a trial that takes place on that day, with what was known by then, in a database of its own."`
	PublicReading   bool          `name:"public-reading" default:"true" negatable:"" env:"TIENDO_PUBLIC_READING" help:"Let everybody read milestones, dates, states and published documents without signing in."`
	Host            []string      `env:"TIENDO_HOST" placeholder:"NAME" help:"Name by which this server may be asked, besides localhost; several with commas, or the flag again. Requests to other names are refused, so that no other site's page reaches the server through a name of its own."`
	TrustedProxy    []string      `name:"trusted-proxy" env:"TIENDO_TRUSTED_PROXY" placeholder:"NETWORK" help:"Network (such as 10.0.0.0/8) or address of a proxy whose X-Forwarded-For and X-Forwarded-Proto are believed; several with commas, or the flag again. Nobody else's are."`
	WebhookNetworks []string      `name:"webhook-networks" env:"TIENDO_WEBHOOK_NETWORKS" placeholder:"NETWORK" help:"Network (such as 10.0.0.0/8) or address inside into which webhooks may lead, by http as well and at any port; several with commas, or the flag again. Without it they lead to https addresses on the Internet alone."`
	TLSCert         string        `name:"tls-cert" env:"TIENDO_TLS_CERT" placeholder:"FILE" help:"Certificate chain (PEM) to serve TLS with; together with --tls-key."`
	TLSKey          string        `name:"tls-key" env:"TIENDO_TLS_KEY" placeholder:"FILE" help:"Private key (PEM) of the certificate."`
	Requests        int           `name:"requests-per-second" default:"1000" env:"TIENDO_REQUESTS_PER_SECOND" help:"Requests that one client (a token, else a user, else an address) may go on sending in a second; twelve times as many may come at once. 0: no limit."`
	Quota           int           `name:"quota" default:"30000" env:"TIENDO_QUOTA" help:"Whole answers that one client is given in --quota-window; that something has not changed (304) is not counted. 0: no limit."`
	QuotaWindow     time.Duration `name:"quota-window" default:"10m" env:"TIENDO_QUOTA_WINDOW" placeholder:"TIME" help:"For how long the quota is given, such as 10m or 1h."`
	Prepared        int64         `name:"prepared-answers" default:"150994944" env:"TIENDO_PREPARED_ANSWERS" placeholder:"BYTES" help:"How many bytes of answers are kept ready; usually 144 MiB. 0 makes each answer anew for everyone who asks."`
	EventComment    time.Duration `name:"event-comment-every" default:"15s" env:"TIENDO_EVENT_COMMENT_EVERY" placeholder:"TIME" help:"How often a comment is sent in streams of events, so that a line that is gone is noticed; less than what proxies wait for."`
	LogLevel        string        `default:"info" enum:"debug,info,warn,error" env:"TIENDO_LOG_LEVEL" help:"Least important messages that are logged: ${enum}."`
	LogFormat       string        `default:"text" enum:"text,json" env:"TIENDO_LOG_FORMAT" help:"Form of the log: ${enum}."`

	Mail mailConfig `embed:""`

	zone            *time.Location
	proxies         []netip.Prefix
	webhookNetworks []netip.Prefix
	tls             *tls.Config // nil: plain HTTP
	sparing         bool        // with memory, which is left to this program
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
	if err := c.readNetworks(); err != nil {
		return err
	}
	if c.tls, err = c.certificate(); err != nil {
		return err
	}
	if c.Requests < 0 || c.Quota < 0 || c.QuotaWindow < time.Second {
		return fault.New(fault.Invalid, "limits-unreadable",
			"Đặt --requests-per-second và --quota từ 0 (không giới hạn), --quota-window từ 1s trở lên",
			"Set --requests-per-second and --quota to 0 (no limit) or more, --quota-window to 1s or more")
	}
	if err := c.checkMail(); err != nil {
		return err
	}
	return c.checkListen(ctx)
}

// limits are how much one client may ask for.
func (c *Config) limits() api.Limits {
	return api.Limits{PerSecond: c.Requests, AtOnce: atOnce * c.Requests, Quota: c.Quota, Window: c.QuotaWindow}
}

// atOnce is for how many seconds requests may come together.
const atOnce = 12

// networks reads networks and single addresses; unread is the first text that is
// neither.
func networks(texts []string) (all []netip.Prefix, unread string) {
	for _, text := range texts {
		network, err := netip.ParsePrefix(text)
		if one, ofOne := netip.ParseAddr(text); ofOne == nil {
			network, err = one.Prefix(one.BitLen())
		}
		if err != nil {
			return nil, text
		}
		all = append(all, network)
	}
	return all, ""
}

// readNetworks reads the flags that name networks.
func (c *Config) readNetworks() error {
	var unread string
	if c.proxies, unread = networks(c.TrustedProxy); unread != "" {
		return fault.New(fault.Invalid, "trusted-proxy-unreadable",
			"Giá trị của --trusted-proxy (TIENDO_TRUSTED_PROXY) là một mạng như 10.0.0.0/8 hoặc một địa chỉ IP, không phải %q",
			"The value of --trusted-proxy (TIENDO_TRUSTED_PROXY) is a network such as 10.0.0.0/8 or an IP address, not %q", firstOf(unread))
	}
	if c.webhookNetworks, unread = networks(c.WebhookNetworks); unread != "" {
		return fault.New(fault.Invalid, "webhook-networks-unreadable",
			"Giá trị của --webhook-networks (TIENDO_WEBHOOK_NETWORKS) là một mạng như 10.0.0.0/8 hoặc một địa chỉ IP, không phải %q",
			"The value of --webhook-networks (TIENDO_WEBHOOK_NETWORKS) is a network such as 10.0.0.0/8 or an IP address, not %q", firstOf(unread))
	}
	return nil
}

// certificate reads what TLS is served with; none without it.
func (c *Config) certificate() (*tls.Config, error) {
	if c.TLSCert == "" && c.TLSKey == "" {
		return nil, nil
	}
	pair, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey)
	if err != nil {
		return nil, fault.New(fault.Invalid, "tls-unreadable",
			"Không đọc được chứng chỉ và khóa TLS; cần cả --tls-cert và --tls-key, hai tệp PEM thuộc về nhau",
			"Certificate and key for TLS cannot be read; --tls-cert and --tls-key are both needed, two PEM files that belong together").Because(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}, nil
}

// elsewhere says that other machines may reach the address listened on.
func (c *Config) elsewhere() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	ip := net.ParseIP(host)
	return err == nil && host != "localhost" && (ip == nil || !ip.IsLoopback())
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

// checkListen refuses an address that is none.
func (c *Config) checkListen(ctx context.Context) error {
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fault.New(fault.Invalid, "listen-unreadable",
			"Địa chỉ --listen %q không đúng dạng máy:cổng, ví dụ 127.0.0.1:8080", "The address --listen %q is not of the form host:port, such as 127.0.0.1:8080", c.Listen)
	}
	if _, err := net.DefaultResolver.LookupPort(ctx, "tcp", port); err != nil {
		return fault.New(fault.Invalid, "listen-unreadable",
			"Địa chỉ --listen %q: %q không phải là cổng; cổng là số từ 0 đến 65535", "The address --listen %q: %q is no port; a port is a number from 0 to 65535", c.Listen, port)
	}
	return nil
}

// actor is who acts at the machine itself: the operating system's user.
func (c *Config) actor() tracker.Actor {
	name := "local"
	if u, err := user.Current(); err == nil && u.Username != "" {
		name = u.Username
	}
	return tracker.Actor{ID: "local", Name: name}
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
