package mail

import (
	"context"
	"time"
	"unicode/utf8"

	"github.com/riverqueue/river"

	"tiendo/pkg/fault"
	"tiendo/pkg/notify"
)

// Queues of the jobs. What is to be said is found out by any server; it is sent by
// those that know a mail server.
const (
	QueueSaying  = "reminders"
	QueueSending = "mail"
)

const (
	// AtOnce is how many messages one server sends at once.
	AtOnce = 4
	// ticking is how often is looked what is to be said.
	ticking = 5 * time.Minute
	// Attempts are how often a message is tried: for two days, by River's own times.
	Attempts = 16
	// maxFailure is how much is kept of what a mail server says, in bytes.
	maxFailure = 300
)

// Ticking is the job that looks what is to be said.
type Ticking struct{}

// Kind is the job's.
func (Ticking) Kind() string { return "reminders_ticking" }

// Posting is the job that sends one message.
type Posting struct {
	Notice int64 `json:"notice"`
}

// Kind is the job's.
func (Posting) Kind() string { return "mail_posting" }

// Register adds the workers of mail; sender may be nil, then this server sends
// nothing. It returns what comes at intervals, and the queues this server works.
func (s *Service) Register(workers *river.Workers, sender *Sender) (queues map[string]int, periodic []*river.PeriodicJob) {
	queues = map[string]int{QueueSaying: 1}
	river.AddWorker(workers, &ticker{s: s})
	if sender != nil {
		queues[QueueSending] = AtOnce
		river.AddWorker(workers, &postman{s: s, sender: sender})
	}
	return queues, []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(ticking), func() (river.JobArgs, *river.InsertOpts) {
		// One that is missed is made up for by the next.
		return Ticking{}, &river.InsertOpts{Queue: QueueSaying, MaxAttempts: 1}
	}, &river.PeriodicJobOpts{RunOnStart: true})}
}

type ticker struct {
	river.WorkerDefaults[Ticking]
	s *Service
}

// Work looks what is to be said, and removes what is old.
func (t *ticker) Work(ctx context.Context, _ *river.Job[Ticking]) error {
	n, err := t.s.Tick(ctx)
	if err != nil {
		if fault.KindOf(err) == fault.Unavailable {
			return nil // not loaded yet: the next one comes soon
		}
		return err
	}
	if n > 0 {
		t.s.Log.InfoContext(ctx, "people are to be told by mail what is due", "messages", n, "sending", string(t.s.Sending))
	}
	return t.s.Sweep(ctx)
}

type postman struct {
	river.WorkerDefaults[Posting]
	s      *Service
	sender *Sender
}

// Work sends a message, or lets River try again.
func (p *postman) Work(ctx context.Context, job *river.Job[Posting]) error {
	return p.s.post(ctx, p.sender, job.Args.Notice, job.Attempt >= job.MaxAttempts)
}

// post sends a message unless that was done, or has no sense any more. What it
// returns another attempt may mend; it names no address.
func (s *Service) post(ctx context.Context, sender *Sender, id int64, last bool) error {
	e, err := s.Store.Errand(ctx, id)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil || e.State != Waiting {
		return err
	}
	now := s.Now()
	switch {
	case e.To == "":
		return s.Store.SettleNotice(ctx, &e, Settled{State: Dropped, Reason: NotWanted})
	case now.Sub(e.Made) > useful:
		return s.Store.SettleNotice(ctx, &e, Settled{State: Dropped, Reason: TooOld})
	}
	// It may have waited: for a mail server, or to be tried again. Who waits for a code
	// has just asked for it.
	if morning := notify.NotQuiet(now, s.Zone); e.Kind != Confirmation && morning.After(now) {
		return river.JobSnooze(morning.Sub(now))
	}
	if e.Contents != nil {
		if left, err := s.review(ctx, &e); err != nil || !left {
			return err
		}
	}
	verdict, err := sender.Send(ctx, &e)
	// From here on the message may be on its way: that has to be written down, even by
	// a server that ends.
	kept := context.WithoutCancel(ctx)
	if err == nil {
		return s.Store.SettleNotice(kept, &e, Settled{State: Sent, At: now})
	}
	x := Settled{State: Waiting, Failure: said(err)}
	switch {
	case verdict == NoSuchAddress:
		x.State, x.Reason, x.At, x.Refused = Failed, AddressRefused, now, e.To
	case verdict == ForGood:
		x.State, x.Reason = Failed, Refused
	case last:
		x.State, x.Reason = Failed, NotTaken
	}
	s.Log.WarnContext(kept, "the mail server did not take a message", "notice", id, "kind", string(e.Kind), "reason", string(x.Reason))
	if err := s.Store.SettleNotice(kept, &e, x); err != nil || x.State == Failed {
		return err
	}
	return errNotTaken
}

// behind is how long is waited for a mirror that has not read what a digest is about.
const behind = 5 * time.Second

// review makes a digest anew, as of now; one in which nothing is left is settled.
func (s *Service) review(ctx context.Context, e *Errand) (left bool, err error) {
	views, err := s.Views()
	if fault.KindOf(err) == fault.Unavailable {
		return false, river.JobSnooze(behind)
	}
	if err != nil {
		return false, err
	}
	d, waits := e.Contents.Review(s.Clock(), s.Zone, views, &notify.Person{User: e.User, Name: e.Name, Language: e.Language, Mail: e.To, Grants: e.Grants})
	switch {
	case waits:
		return false, river.JobSnooze(behind)
	case len(d.Parts) == 0:
		return false, s.Store.SettleNotice(ctx, e, Settled{State: Dropped, Reason: NothingLeft})
	}
	e.Subject, e.Lines = d.Subject(), d.Lines(s.Base)
	return true, nil
}

type notTaken struct{}

func (notTaken) Error() string { return "the mail server did not take the message" }

var errNotTaken error = notTaken{}

func shortened(text string) string {
	text = oneLine(text)
	if len(text) <= maxFailure {
		return text
	}
	text = text[:maxFailure]
	for !utf8.ValidString(text) {
		text = text[:len(text)-1]
	}
	return text
}
