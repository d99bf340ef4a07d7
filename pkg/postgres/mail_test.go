package postgres_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	stdmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror"
	"tiendo/pkg/notify/mail"
	"tiendo/pkg/postgres"
	"tiendo/pkg/postgres/jobs"
	"tiendo/pkg/postgres/pgtest"
	"tiendo/pkg/tracker"
)

// mailbox is a mail server on this machine that keeps what it takes.
type mailbox struct {
	mu      sync.Mutex
	refuses error    // of recipients
	got     []string // "to, subject's bytes and body as they came"
	ids     []string
}

type visit struct {
	b  *mailbox
	to string
}

func (b *mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &visit{b: b}, nil }
func (v *visit) Reset()                                        {}
func (v *visit) Logout() error                                 { return nil }
func (v *visit) Mail(string, *smtp.MailOptions) error          { return nil }
func (v *visit) Rcpt(to string, _ *smtp.RcptOptions) error {
	v.b.mu.Lock()
	defer v.b.mu.Unlock()
	v.to = to
	return v.b.refuses
}

func (v *visit) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	m, err := stdmail.ReadMessage(strings.NewReader(string(data)))
	if err != nil {
		return err
	}
	v.b.mu.Lock()
	defer v.b.mu.Unlock()
	v.b.got = append(v.b.got, v.to+"\n"+string(data))
	v.b.ids = append(v.b.ids, m.Header.Get("Message-Id"))
	return nil
}

func (b *mailbox) all() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.got)
}

func (b *mailbox) open(t *testing.T) *mail.Sender {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := smtp.NewServer(b)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-done
	})
	x, err := mail.NewSender(mail.Server{Address: l.Addr().String(), From: "tiendo@example.vn", Encryption: mail.ByHost}, "https://tiendo.example.vn")
	require.NoError(t, err)
	return x
}

// post is a country with people, whose mail is looked after.
type post struct {
	*world
	accounts *access.Service
	real     *clock
}

func aPost(t *testing.T) *post {
	t.Helper()
	p := &post{world: open(t, places()), real: clockAt(trialDay)}
	var err error
	p.accounts, err = access.NewService(p.store, p.real.now, zone, unhashed{})
	require.NoError(t, err)
	return p
}

// service is one server's.
func (p *post) service(pool *pgxpool.Pool) *mail.Service {
	store := postgres.New(pool)
	return &mail.Service{
		Store: store, Clock: p.real.now, Now: p.real.now, Zone: zone, Base: "https://tiendo.example.vn", Sending: mail.On, Log: slog.New(slog.DiscardHandler),
		Views: func() ([]*mirror.View, error) {
			v, err := mirror.Load(context.Background(), store, id)
			return []*mirror.View{v}, err
		},
	}
}

// person has a role, and where he is written to.
func (p *post) person(t *testing.T, s *mail.Service, user string, role access.Role, code area.Code) *access.Account {
	t.Helper()
	made, err := p.accounts.CreateAccount(t.Context(), access.Operator("root"), access.NewAccount{
		User: user, Name: user, Password: "bốn con gà trống", Grants: []access.Grant{{Edition: "small", Area: code, Role: role}},
	})
	require.NoError(t, err)
	p.confirm(t, s, &made.Account)
	return &made.Account
}

var digits = regexp.MustCompile(`[0-9]{8}`)

// confirm enters an address and the code that was sent there.
func (p *post) confirm(t *testing.T, s *mail.Service, a *access.Account) {
	t.Helper()
	address := string(a.User) + "@example.vn"
	now, err := s.Settings(t.Context(), a.User)
	require.NoError(t, err)
	require.NoError(t, s.Change(t.Context(), a, mail.Change{User: a.User, If: now.Revision, Address: &address}))
	code := digits.FindString(pgtest.Value[string](t, p.pool, "accounts",
		"SELECT array_to_string(lines, ' ') FROM notice WHERE user_id = $1 AND kind = 'confirmation' ORDER BY id DESC LIMIT 1", a.User))
	require.NoError(t, s.Confirm(t.Context(), a.User, code))
}

// works runs a server's jobs until stopped.
func works(t *testing.T, pool *pgxpool.Pool, s *mail.Service, sender *mail.Sender) (stop func()) {
	t.Helper()
	workers := river.NewWorkers()
	queues, periodic := s.Register(workers, sender)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- jobs.Run(ctx, pool, jobs.Work{Workers: workers, Queues: queues, Periodic: periodic}, slog.New(slog.DiscardHandler))
	}()
	return func() {
		cancel()
		require.NoError(t, <-ended)
	}
}

func TestMessagesGoOnceWhateverServersThereAre(t *testing.T) {
	t.Parallel()
	p := aPost(t)
	one := p.service(p.pool)
	p.person(t, one, "lan", access.Reporter, commune)
	p.person(t, one, "dung", access.Lead, bacKan)
	ticks := func(services ...*mail.Service) {
		var together sync.WaitGroup
		for _, s := range services {
			together.Go(func() {
				_, err := s.Tick(context.Background())
				require.NoError(t, err)
			})
		}
		together.Wait()
	}
	box := &mailbox{}
	sender := box.open(t)
	stopOne, stopOther := works(t, p.pool, one, sender), works(t, p.pool, p.service(p.pool), sender)
	for day := civil.Must("2021-01-25"); day.Before(civil.Must("2021-02-10")); day = day.Add(1) {
		other := p.service(p.pool) // one that was started anew
		for _, hour := range []int{5, 7, 12, 19, 22} {
			p.real.at(day.At(civil.NewClock(hour, 30), zone))
			ticks(one, other, one)
			require.Eventually(t, func() bool {
				o, err := p.store.Outbox(t.Context())
				return err == nil && o.Waiting == 0
			}, 30*time.Second, 20*time.Millisecond)
		}
	}
	stopOne()
	stopOther()
	said := pgtest.Value[[]string](t, p.pool, "accounts",
		"SELECT array_agg(about || ' ' || user_id ORDER BY about, user_id) FROM notice WHERE kind = 'digest' AND state = 'sent'")
	require.Equal(t, []string{
		"2021-01-31 dung", "2021-01-31 lan", "2021-02-04 dung", "2021-02-04 lan", "2021-02-06 dung", "2021-02-06 lan", "2021-02-07 dung", "2021-02-08 dung",
	}, said)
	require.Len(t, box.all(), 8, "each once; a code is not sent any more once its address is confirmed")
	require.Len(t, slices.Compact(slices.Sorted(slices.Values(box.ids))), 8)
	for _, m := range box.all() {
		require.Regexp(t, `^(lan|dung)@example\.vn\n`, m)
	}
}

func TestMessagesWaitWithoutAMailServerAndGoLaterUnlessTheyAreTooOld(t *testing.T) {
	t.Parallel()
	p := aPost(t)
	s := p.service(p.pool)
	s.Sending = mail.NotSet
	an := p.person(t, s, "lan", access.Reporter, commune)
	tell := func(about string) {
		require.NoError(t, s.Tell(t.Context(), an.User, "webhook_off", about, fault.Text{Vi: "Đã tắt", En: "Off"}, fault.Text{Vi: "Vì một lý do", En: "For a reason"}))
	}
	tell("old")
	p.real.pass(8 * 24 * time.Hour)
	tell("new")
	tell("new")
	stop := works(t, p.pool, s, nil)
	require.Eventually(t, func() bool {
		return pgtest.Value[int](t, p.pool, "", "SELECT count(*)::int FROM river.river_job WHERE kind = 'reminders_ticking' AND state = 'completed'") > 0
	}, 30*time.Second, 20*time.Millisecond, "who sends nothing still looks what is to be said")
	stop()
	o, err := p.store.Outbox(t.Context())
	require.NoError(t, err)
	require.Equal(t, 4, o.Waiting, "the code, each thing once, and what is due")
	require.True(t, o.Oldest.Before(p.real.now().Add(-7*24*time.Hour)))
	box := &mailbox{}
	_, err = p.pool.Exec(t.Context(), "UPDATE river.river_job SET scheduled_at = now(), state = 'available' WHERE queue = 'mail'")
	require.NoError(t, err)
	stop = works(t, p.pool, s, box.open(t))
	require.Eventually(t, func() bool {
		o, err := p.store.Outbox(t.Context())
		return err == nil && o.Waiting == 0
	}, 30*time.Second, 20*time.Millisecond)
	stop()
	require.Len(t, box.all(), 2)
	v, err := s.Settings(t.Context(), an.User)
	require.NoError(t, err)
	require.Equal(t, mail.Sent, v.Last[0].State)
	require.Equal(t, mail.Digest, v.Last[0].Kind)
	require.Equal(t, "Đã tắt", v.Last[1].Subject)
	require.Equal(t, mail.Sent, v.Last[1].State)
	require.Equal(t, mail.Dropped, v.Last[2].State)
}

func TestWhatWaitedOrIsTriedAgainIsNotSentInTheNight(t *testing.T) {
	t.Parallel()
	p := aPost(t)
	s := p.service(p.pool)
	p.real.at(civil.Must("2021-02-04").At(civil.NewClock(19, 30), zone))
	p.person(t, s, "lan", access.Reporter, commune)
	_, err := s.Tick(t.Context())
	require.NoError(t, err)
	p.real.at(civil.Must("2021-02-04").At(civil.NewClock(23, 0), zone))
	box := &mailbox{}
	stop := works(t, p.pool, s, box.open(t))
	require.Eventually(t, func() bool {
		return pgtest.Value[int](t, p.pool, "", "SELECT count(*)::int FROM river.river_job WHERE kind = 'mail_posting' AND state IN ('available', 'running')") == 0
	}, 30*time.Second, 20*time.Millisecond)
	stop()
	require.Empty(t, box.all())
	require.Equal(t, 8*time.Hour, pgtest.Value[time.Duration](t, p.pool, "",
		"SELECT date_trunc('hour', scheduled_at - now() + '1 minute') FROM river.river_job WHERE kind = 'mail_posting' AND state = 'scheduled'"), "it goes at seven")
	o, err := p.store.Outbox(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, o.Waiting)
}

// settled runs a server that sends until nothing waits any more.
func (p *post) settled(t *testing.T, s *mail.Service, sender *mail.Sender) {
	t.Helper()
	_, err := p.pool.Exec(t.Context(), "UPDATE river.river_job SET scheduled_at = now(), state = 'available' WHERE queue = 'mail' AND finalized_at IS NULL")
	require.NoError(t, err)
	stop := works(t, p.pool, s, sender)
	require.Eventually(t, func() bool {
		o, err := p.store.Outbox(t.Context())
		return err == nil && o.Waiting == 0
	}, 30*time.Second, 20*time.Millisecond)
	stop()
}

func TestADigestThatWaitedLeavesOutWhatWasDoneMeanwhile(t *testing.T) {
	t.Parallel()
	p := aPost(t)
	s := p.service(p.pool)
	lan := p.person(t, s, "lan", access.Reporter, commune)
	box := &mailbox{}
	sender := box.open(t)
	p.real.at(civil.Must("2021-02-04").At(civil.NewClock(19, 0), zone))
	_, err := s.Tick(t.Context())
	require.NoError(t, err)
	const one, other = "election_committee_commune", "pc_structure_draft_commune"
	lines := pgtest.Value[string](t, p.pool, "accounts", "SELECT array_to_string(lines, ' ') FROM notice WHERE kind = 'digest'")
	view, err := s.Views()
	require.NoError(t, err)
	title := func(key tracker.MilestoneKey) string {
		o, known := view[0].OriginOf(key)
		require.True(t, known)
		return o.Title.Vi
	}
	require.Contains(t, lines, title(one))
	require.Contains(t, lines, title(other))

	// In the night, one of two is done.
	p.done(commune, one, "2021-01-25")
	p.real.at(civil.Must("2021-02-05").At(civil.NewClock(8, 0), zone))
	p.settled(t, s, sender)
	v, err := s.Settings(t.Context(), lan.User)
	require.NoError(t, err)
	require.Equal(t, mail.Sent, v.Last[0].State)
	require.Contains(t, v.Last[0].Subject, "1 việc sắp đến hạn (05/02/2021)")
	sent := pgtest.Value[string](t, p.pool, "accounts", "SELECT array_to_string(lines, ' ') FROM notice WHERE kind = 'digest'")
	require.NotContains(t, sent, title(one), "it is kept as it was sent")
	require.Contains(t, sent, title(other))
	require.Len(t, box.all(), 1)

	// The next one waits until nothing of it is left.
	p.real.at(civil.Must("2021-02-06").At(civil.NewClock(19, 0), zone))
	n, err := s.Tick(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, n)
	p.done(commune, other, "2021-01-25")
	p.real.at(civil.Must("2021-02-07").At(civil.NewClock(8, 0), zone))
	p.settled(t, s, sender)
	require.Len(t, box.all(), 1, "nothing is sent that says nothing")
	v, err = s.Settings(t.Context(), lan.User)
	require.NoError(t, err)
	require.Equal(t, mail.Dropped, v.Last[0].State)
	require.Equal(t, mail.NothingLeft, v.Last[0].Reason)
	require.Zero(t, pgtest.Value[int](t, p.pool, "accounts", "SELECT count(contents)::int FROM notice"), "what it was made of goes with it")
}

func TestDigestsThatWaitedForDaysAreOne(t *testing.T) {
	t.Parallel()
	p := aPost(t)
	s := p.service(p.pool)
	dung := p.person(t, s, "dung", access.Lead, bacKan)
	for day := civil.Must("2021-02-04"); day.Before(civil.Must("2021-02-09")); day = day.Add(1) {
		p.real.at(day.At(civil.NewClock(8, 0), zone))
		_, err := s.Tick(t.Context())
		require.NoError(t, err)
		if day == civil.Must("2021-02-05") { // a change of dates, told on the 5th or the 6th
			p.clock.at(p.real.now().Add(time.Hour))
			_, err := p.act(func(a *tracker.Act) error {
				return a.SetVotingDay(tracker.VotingDay{Area: commune, Day: civil.Must("2021-05-22"), InForce: true, Confidence: "high"}, day)
			}, commune)
			require.NoError(t, err)
		}
	}
	box := &mailbox{}
	p.settled(t, s, box.open(t))
	require.Len(t, box.all(), 1)
	v, err := s.Settings(t.Context(), dung.User)
	require.NoError(t, err)
	require.Equal(t, mail.Sent, v.Last[0].State)
	require.Contains(t, v.Last[0].Subject, "quá hạn ở cấp dưới")
	for _, n := range v.Last[1 : len(v.Last)-1] {
		require.Equal(t, mail.InNext, n.Reason, n.Subject)
	}
	text := pgtest.Value[string](t, p.pool, "accounts", "SELECT array_to_string(lines, ' ') FROM notice WHERE state = 'sent'")
	require.Contains(t, text, "THỜI HẠN THAY ĐỔI (1)", "what an earlier one said is not lost")
	require.NotContains(t, text, "SẮP ĐẾN HẠN", "what was only of use before its limit is")
}

func TestADigestThatGoesWhileTheNextIsMadeIsShownAsSent(t *testing.T) {
	t.Parallel()
	p := aPost(t)
	s := p.service(p.pool)
	p.person(t, s, "lan", access.Reporter, commune)
	digest := func(state string) []int64 {
		return pgtest.Value[[]int64](t, p.pool, "accounts", "SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM notice WHERE kind = 'digest' AND state = '"+state+"'")
	}
	p.real.at(civil.Must("2021-02-04").At(civil.NewClock(8, 0), zone))
	_, err := s.Tick(t.Context())
	require.NoError(t, err)
	first := digest("waiting")
	require.Len(t, first, 1)
	under, err := p.store.Errand(t.Context(), first[0]) // and now it is being sent
	require.NoError(t, err)
	p.real.at(civil.Must("2021-02-06").At(civil.NewClock(8, 0), zone))
	_, err = s.Tick(t.Context())
	require.NoError(t, err)
	require.Equal(t, first, digest("dropped"))
	require.NoError(t, p.store.SettleNotice(t.Context(), &under, mail.Settled{State: mail.Failed, Reason: mail.Refused}))
	require.Equal(t, first, digest("dropped"), "the next one says what it said")
	require.NoError(t, p.store.SettleNotice(t.Context(), &under, mail.Settled{State: mail.Sent, At: p.real.now()}))
	require.Equal(t, first, digest("sent"))
	require.Len(t, digest("waiting"), 1)
}

func TestAnAddressThatIsRefusedForGoodGetsNothingUntilItIsConfirmedAgain(t *testing.T) {
	t.Parallel()
	p := aPost(t)
	s := p.service(p.pool)
	lan := p.person(t, s, "lan", access.Reporter, commune)
	box := &mailbox{}
	sender := box.open(t)
	tell := func(about string) {
		require.NoError(t, s.Tell(t.Context(), lan.User, "webhook_off", about, fault.Text{Vi: "Đã tắt", En: "Off"}))
	}
	refuse := func(err error) {
		box.mu.Lock()
		defer box.mu.Unlock()
		box.refuses = err
	}
	look := func() mail.View {
		v, err := s.Settings(t.Context(), lan.User)
		require.NoError(t, err)
		return v
	}
	refuse(&smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "relay access denied"})
	tell("rules")
	p.settled(t, s, sender)
	require.Equal(t, mail.Refused, look().Last[0].Reason, "of this server, not of the address")
	require.False(t, look().Confirmed.IsZero())

	refuse(&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such user here"})
	tell("first")
	tell("second")
	before := look()
	p.settled(t, s, sender)
	v := look()
	require.True(t, v.Confirmed.IsZero())
	require.Equal(t, p.real.now().UTC(), v.Refused)
	require.Contains(t, v.Refusal, "no such user here")
	require.Equal(t, before.Revision, v.Revision, "what its owner is about to save still fits")
	reasons := []mail.Reason{v.Last[0].Reason, v.Last[1].Reason}
	require.Contains(t, reasons, mail.AddressRefused)
	require.Subset(t, []mail.Reason{mail.AddressRefused, mail.NotWanted}, reasons, "unless both were under way, the second one is not tried")
	o, err := p.store.Outbox(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, o.Refused)
	tell("third")
	require.Len(t, look().Last, len(v.Last), "nothing more is kept for it")
	p.real.at(civil.Must("2021-02-04").At(civil.NewClock(8, 0), zone))
	n, err := s.Tick(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)

	// A code goes there all the same: it is the way back.
	refuse(nil)
	require.NoError(t, s.SendCode(t.Context(), lan))
	text := pgtest.Value[string](t, p.pool, "accounts", "SELECT array_to_string(lines, ' ') FROM notice WHERE kind = 'confirmation' ORDER BY id DESC LIMIT 1")
	require.Contains(t, text, "https://tiendo.example.vn/account")
	require.NoError(t, s.Confirm(t.Context(), lan.User, digits.FindString(text)))
	v = look()
	require.False(t, v.Confirmed.IsZero())
	require.True(t, v.Refused.IsZero())
	require.Empty(t, v.Refusal)
	tell("fourth")
	p.settled(t, s, sender)
	require.Equal(t, mail.Sent, look().Last[0].State)
	o, err = p.store.Outbox(t.Context())
	require.NoError(t, err)
	require.Zero(t, o.Refused)
}

func TestWhoSwitchedMailOffOrChangedHisAddressIsNotWrittenTo(t *testing.T) {
	t.Parallel()
	p := aPost(t)
	s := p.service(p.pool)
	an := p.person(t, s, "lan", access.Reporter, commune)
	v, err := s.Settings(t.Context(), an.User)
	require.NoError(t, err)
	require.NoError(t, s.SwitchOff(t.Context(), v.Secret))
	require.NoError(t, s.SwitchOff(t.Context(), v.Secret), "twice is once")
	require.True(t, fault.Is(s.SwitchOff(t.Context(), "none"), "mail-link-unknown"))
	require.NoError(t, s.Tell(t.Context(), an.User, "webhook_off", "x", fault.Text{Vi: "Đã tắt", En: "Off"}))
	p.real.at(civil.Must("2021-01-31").At(civil.NewClock(7, 0), zone))
	n, err := s.Tick(t.Context())
	require.NoError(t, err)
	require.Zero(t, n)

	on := true
	v, err = s.Settings(t.Context(), an.User)
	require.NoError(t, err)
	require.True(t, fault.Is(s.Change(t.Context(), an, mail.Change{User: an.User, If: v.Revision - 1, Wanted: &on}), "stale-revision"))
	elsewhere := "khac@example.vn"
	require.NoError(t, s.Change(t.Context(), an, mail.Change{User: an.User, If: v.Revision, Wanted: &on, Address: &elsewhere}))
	require.True(t, fault.Is(s.Confirm(t.Context(), an.User, "00000000"), "mail-code-wrong"))
	after, err := s.Settings(t.Context(), an.User)
	require.NoError(t, err)
	require.Equal(t, 1, after.Code.Wrong, "a wrong code counts")
	p.real.at(civil.Must("2021-02-04").At(civil.NewClock(7, 0), zone))
	n, err = s.Tick(t.Context())
	require.NoError(t, err)
	require.Zero(t, n, "an address that is not confirmed gets nothing but its code")

	box := &mailbox{}
	stop := works(t, p.pool, s, box.open(t))
	require.Eventually(t, func() bool { return len(box.all()) == 1 }, 30*time.Second, 20*time.Millisecond)
	stop()
	require.Contains(t, box.all()[0], "khac@example.vn\n")
	kept := pgtest.Value[int](t, p.pool, "accounts", "SELECT coalesce(sum(cardinality(lines)), 0)::int FROM notice WHERE kind = 'confirmation' AND state <> 'waiting'")
	require.Zero(t, kept, "a code that has gone is not kept")
}

func TestASweepRemovesWhatIsHalfAYearOld(t *testing.T) {
	t.Parallel()
	p := aPost(t)
	s := p.service(p.pool)
	an := p.person(t, s, "lan", access.Reporter, commune)
	for k := range 3 {
		require.NoError(t, s.Tell(t.Context(), an.User, "webhook_off", fmt.Sprint(k), fault.Text{Vi: "a", En: "b"}))
		p.real.pass(100 * 24 * time.Hour)
	}
	require.NoError(t, s.Sweep(t.Context()))
	v, err := s.Settings(t.Context(), an.User)
	require.NoError(t, err)
	require.Len(t, v.Last, 1)
}
