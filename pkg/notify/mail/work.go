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
	if e.To == "" || now.Sub(e.Made) > useful {
		return s.Store.SettleNotice(ctx, id, Dropped, time.Time{}, "")
	}
	// It may have waited: for a mail server, or to be tried again. Who waits for a code
	// has just asked for it.
	if morning := notify.NotQuiet(now, s.Zone); e.Kind != Confirmation && morning.After(now) {
		return river.JobSnooze(morning.Sub(now))
	}
	forGood, err := sender.Send(ctx, &e)
	// From here on the message may be on its way: that has to be written down, even by
	// a server that ends.
	kept := context.WithoutCancel(ctx)
	if err == nil {
		return s.Store.SettleNotice(kept, id, Sent, now, "")
	}
	said := shortened(err.Error())
	s.Log.WarnContext(kept, "the mail server did not take a message", "notice", id, "kind", string(e.Kind), "for good", forGood || last)
	if forGood || last {
		return s.Store.SettleNotice(kept, id, Failed, time.Time{}, said)
	}
	if err := s.Store.SettleNotice(kept, id, Waiting, time.Time{}, said); err != nil {
		return err
	}
	return errNotTaken
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
