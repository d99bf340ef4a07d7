package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/postgres"
)

type tokenCommand struct {
	Make   tokenMakeCommand   `cmd:"" help:"Make an API token for an account; its secret is printed this once."`
	List   tokenListCommand   `cmd:"" help:"List an account's tokens, or those of all: scope, last day, last use, and whether they still refresh."`
	Revoke tokenRevokeCommand `cmd:"" help:"End a token at once."`
}

// tokenPrinted is a token as --json prints it.
type tokenPrinted struct {
	ID      string     `json:"id"`
	User    string     `json:"user"`
	Name    string     `json:"name"`
	Access  string     `json:"access"`
	Edition string     `json:"edition"` // empty for the nation: in every edition
	Area    string     `json:"area"`
	Expires civil.Date `json:"expires_on"`
	Made    time.Time  `json:"made_at"`
	Used    *time.Time `json:"last_used_at"`
	Revoked *time.Time `json:"revoked_at"`
	Secret  string     `json:"secret,omitempty"`
	// Of the last day, and as far as servers have written it down.
	Refreshed *time.Time `json:"refreshed_at,omitempty"`
	Interval  float64    `json:"interval_seconds,omitempty"`
	Unchanged *float64   `json:"unchanged_share,omitempty"`
	Refused   int64      `json:"refused,omitempty"`
	Failed    int64      `json:"failed,omitempty"`
	Stale     bool       `json:"stale,omitempty"`
}

// with adds what is known of the token as a client.
func (p tokenPrinted) with(h *access.Health, stale bool) tokenPrinted {
	if !h.Refreshed.IsZero() {
		p.Refreshed = &h.Refreshed
	}
	if share, read := h.Unchanged(); read {
		p.Unchanged = &share
	}
	p.Interval, p.Refused, p.Failed, p.Stale = h.Interval.Seconds(), h.Count.Refused, h.Count.Broken, stale
	return p
}

// health is the same in the columns of a table.
func (c *Config) health(h *access.Health, stale bool) []string {
	interval, share := "", ""
	if h.Interval > 0 {
		interval = h.Interval.Round(time.Second).String()
	}
	if s, read := h.Unchanged(); read {
		share = fmt.Sprintf("%.0f%%", 100*s)
	}
	state := ""
	if stale {
		state = "đã ngừng hỏi / stale"
	}
	return []string{c.at(h.Refreshed), interval, share, strconv.FormatInt(h.Count.Refused+h.Count.Broken, 10), state}
}

func printedToken(t access.Token) tokenPrinted {
	p := tokenPrinted{
		ID: t.ID, User: string(t.User), Name: t.Name, Access: string(t.Scope.Access),
		Edition: t.Scope.Edition, Area: string(t.Scope.Area), Expires: t.Expires, Made: t.Made,
	}
	if !t.Used.IsZero() {
		p.Used = &t.Used
	}
	if !t.Revoked.IsZero() {
		p.Revoked = &t.Revoked
	}
	return p
}

type tokenMakeCommand struct {
	User     string `arg:"" help:"Name at sign-in of the account whose token it is; it is worth no more than that."`
	Name     string `required:"" placeholder:"TEXT" help:"What the token is for."`
	Access   string `default:"read" help:"read or write."`
	Area     string `default:"VN" placeholder:"CODE" help:"Branch that the token is limited to; VN for all that its owner has."`
	Election string `placeholder:"ID" help:"Id of an election held over the list that the place stands in; not for VN."`
	Days     int    `default:"90" help:"Days for which it is good; 366 at most."`
	printed
}

// Run makes the token.
func (m tokenMakeCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.staff(ctx, func(store *postgres.Store, s *access.Service) error {
		edition, err := editionOf(ctx, store, m.Election, area.Code(m.Area))
		if err != nil {
			return err
		}
		t, secret, err := s.MakeToken(ctx, c.operator(), access.NewToken{
			User: access.UserID(m.User), Name: m.Name, Access: m.Access, Edition: edition, Area: area.Code(m.Area),
			Expires: civil.Of(time.Now(), c.zone).Add(m.Days),
		})
		if err != nil {
			return err
		}
		if m.JSON {
			p := printedToken(t)
			p.Secret = secret.Reveal()
			return out.json(p)
		}
		out.say("đã tạo mã truy cập / token made: %s, đến hết / until %s; chỉ hiện một lần / shown this once:", t.ID, t.Expires)
		out.say("%s", secret.Reveal())
		return nil
	})
}

type tokenListCommand struct {
	User string `arg:"" optional:"" help:"Name at sign-in; without it the tokens of all accounts are listed."`
	printed
}

// Run lists the tokens of an account or of all, and says which.
func (l tokenListCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.lookingAtStaff(ctx, func(_ *postgres.Store, s *access.Service) error {
		owners, err := l.owners(ctx, s)
		if err != nil {
			return err
		}
		all := []tokenPrinted{}
		rows := [][]string{{
			"chủ / owner", "mã / id", "tên / name", "quyền / access", "nơi / place", "đến hết / until", "dùng lần cuối / last used", "thu hồi / revoked",
			"làm mới / refreshed", "chu kỳ / interval", "304", "hỏng / failures", "",
		}}
		for _, user := range owners {
			found, health, err := s.TokensWithHealth(ctx, user)
			if err != nil {
				return err
			}
			for _, t := range found {
				h := health[t.ID]
				stale := t.Revoked.IsZero() && s.StaleAt(&h)
				all = append(all, printedToken(t).with(&h, stale))
				rows = append(rows, append([]string{
					string(t.User), t.ID, t.Name, string(t.Scope.Access), string(t.Scope.Area), t.Expires.String(), c.at(t.Used), c.at(t.Revoked),
				}, c.health(&h, stale)...))
			}
		}
		if l.JSON {
			return out.json(all)
		}
		if l.User == "" {
			out.say("mã truy cập của mọi tài khoản (%d) / tokens of all accounts (%d):", len(all), len(all))
		} else {
			out.say("mã truy cập của %[1]s (%[2]d) / tokens of %[1]s (%[2]d):", l.User, len(all))
		}
		return out.table(rows...)
	})
}

// owners are the accounts whose tokens are listed.
func (l tokenListCommand) owners(ctx context.Context, s *access.Service) ([]access.UserID, error) {
	if l.User != "" {
		_, err := s.Account(ctx, access.UserID(l.User))
		return []access.UserID{access.UserID(l.User)}, err
	}
	const page = 1000
	for all := []access.UserID(nil); ; {
		after := access.UserID("")
		if len(all) > 0 {
			after = all[len(all)-1]
		}
		found, err := s.Accounts(ctx, after, page)
		if err != nil {
			return nil, err
		}
		for _, a := range found {
			all = append(all, a.User)
		}
		if len(found) < page {
			return all, nil
		}
	}
}

type tokenRevokeCommand struct {
	User  string `arg:"" help:"Name at sign-in of the account whose token it is."`
	Token string `arg:"" help:"Id of the token, as tiendo token list shows it."`
	printed
}

// Run ends the token.
func (r tokenRevokeCommand) Run(ctx context.Context, c *Config, out output) error {
	return c.staff(ctx, func(_ *postgres.Store, s *access.Service) error {
		user := access.UserID(r.User)
		if err := s.RevokeToken(ctx, c.operator(), user, r.Token); err != nil {
			return err
		}
		found, err := s.Tokens(ctx, user)
		if err != nil {
			return err
		}
		for _, t := range found {
			if t.ID != r.Token {
				continue
			}
			if r.JSON {
				return out.json(printedToken(t))
			}
			out.say("đã thu hồi / revoked: %s %s", t.ID, t.Name)
		}
		return nil
	})
}
