package access

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// Callers that have proved themselves are known in memory, so that a request asks
// no database who sends it. What is known holds for one revision of the log of
// accounts: every act that could change it moves that log. Where the log stands is
// asked for in the background, and what happens on this very server is known at
// once.
const (
	// Ask is how often a server asks where the log of accounts stands.
	Ask = time.Second
	// Bound is for how long a server believes what it knows without an answer: so
	// long at most does anybody go on who was shut out through another server.
	Bound = 2 * time.Second
	// askPatience is how long one question may take.
	askPatience = time.Second
	// maxKnown are the callers that are known at once; of more, some are asked for
	// each time. One takes about 1 kB.
	maxKnown = 50_000
	// knownParts is into how many parts they are divided, each with its own lock.
	knownParts = 64
	// maxRefused are the secrets that are known to be good for nothing.
	maxRefused = 1024
)

// era is a time in which nothing about accounts changed.
type era struct {
	number   uint64
	revision Revision
	asked    atomic.Int64 // when the last question began that found it so, Unix ns
}

// holds says that the era was found to hold not longer ago than the bound.
func (e *era) holds(now time.Time) bool {
	if e == nil {
		return false
	}
	age := now.UnixNano() - e.asked.Load()
	return age >= 0 && age <= int64(Bound)
}

// proven is what is known of a token or an account.
type proven struct {
	era    uint64
	caller Caller
	until  time.Time // the end of a token's last day; zero: none
	client *Client   // of a token
}

// shelf keeps what is known by some key, up to a bound.
type shelf[K comparable] struct {
	mu  sync.RWMutex
	all map[K]*proven
}

func (s *shelf[K]) find(key K) *proven {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.all[key]
}

// put keeps something; where there is no room another goes.
func (s *shelf[K]) put(key K, p *proven) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all == nil {
		s.all = map[K]*proven{}
	}
	if _, there := s.all[key]; !there && len(s.all) >= maxKnown/knownParts {
		for other := range s.all {
			delete(s.all, other)
			break
		}
	}
	s.all[key] = p
}

func (s *shelf[K]) drop(key K) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, key)
}

// known is what a service knows of those who call.
type known struct {
	now     func() time.Time
	present atomic.Pointer[era]
	asking  chan struct{} // holds one: who asks where the log stands
	tokens  [knownParts]shelf[Digest]
	users   [knownParts]shelf[UserID]
	// refused are digests of secrets that are none, each in the place that its
	// first bytes give: the next one there takes it.
	refused [maxRefused]atomic.Pointer[refusal]
	good    atomic.Pointer[goodTokens]
	listing chan struct{} // holds one: who asks for those
}

// goodTokens are the beginnings of the digests of all tokens that were good when an
// era began, in order.
type goodTokens struct {
	era    uint64
	listed time.Time
	all    []uint64
}

func (g *goodTokens) has(d Digest) bool {
	_, has := slices.BinarySearch(g.all, binary.BigEndian.Uint64(d[:]))
	return has
}

type refusal struct {
	digest Digest
	era    uint64
}

func newKnown(now func() time.Time) *known {
	return &known{now: now, asking: make(chan struct{}, 1), listing: make(chan struct{}, 1)}
}

func (k *known) token(d Digest) *shelf[Digest] { return &k.tokens[d[0]%knownParts] }

func (k *known) user(u UserID) *shelf[UserID] {
	var sum byte
	for i := range len(u) {
		sum = sum*31 + u[i]
	}
	return &k.users[sum%knownParts]
}

func (k *known) place(d Digest) *atomic.Pointer[refusal] {
	return &k.refused[(int(d[0])<<8|int(d[1]))%maxRefused]
}

// refuses says that a secret was found to be none in an era.
func (k *known) refuses(d Digest, e *era) bool {
	r := k.place(d).Load()
	return r != nil && r.era == e.number && r.digest == d
}

func (k *known) refuse(d Digest, e *era) { k.place(d).Store(&refusal{d, e.number}) }

// current is the era that it is; fault.Unavailable "callers-not-known" where the
// store cannot be asked for longer than what is known is believed.
func (k *known) current(ctx context.Context, s Store) (*era, error) {
	if e := k.present.Load(); e.holds(k.now()) {
		return e, nil
	}
	select {
	case k.asking <- struct{}{}:
		defer func() { <-k.asking }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if e := k.present.Load(); e.holds(k.now()) {
		return e, nil // somebody else has asked
	}
	if err := k.ask(ctx, s); err != nil {
		return nil, fault.New(fault.Unavailable, "callers-not-known",
			"Hiện không hỏi được cơ sở dữ liệu ai được làm gì; thử lại sau vài giây",
			"The database cannot be asked just now who may do what; try again in a few seconds").Because(err)
	}
	return k.present.Load(), nil
}

// ask asks where the log of accounts stands: as before, or another era has begun.
func (k *known) ask(ctx context.Context, s Store) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askPatience)
	defer cancel()
	before, began := k.present.Load(), k.now()
	revision, err := s.AccessRevision(ctx)
	if err != nil {
		return err
	}
	if before != nil && before.revision == revision {
		before.asked.Store(began.UnixNano())
		return nil
	}
	// Where somebody else was faster, what he has found is as new.
	k.present.CompareAndSwap(before, next(before, revision, began))
	return nil
}

func next(before *era, revision Revision, asked time.Time) *era {
	e := &era{number: 1, revision: revision}
	if before != nil {
		e.number = before.number + 1
	}
	e.asked.Store(asked.UnixNano())
	return e
}

// moved begins an era after an act on this server, which held the log's head from
// a moment on.
func (k *known) moved(revision Revision, held time.Time) {
	for {
		before := k.present.Load()
		if k.present.CompareAndSwap(before, next(before, revision, held)) {
			return
		}
	}
}

// recording is a desk that says whether something was recorded at it.
type recording struct {
	Desk
	last Revision
}

func (r *recording) Record(ctx context.Context, e *Event) error {
	err := r.Desk.Record(ctx, e)
	r.last = e.Revision
	return err
}

// act runs an act on accounts; what it has changed counts on this server from
// then on.
func (s *Service) act(ctx context.Context, do func(Desk) error) error {
	r := &recording{}
	var held time.Time
	err := s.store.Act(ctx, func(d Desk) error {
		r.Desk, held = d, s.now()
		return do(r)
	})
	if r.last != 0 {
		if err != nil {
			r.last = -1 // nobody knows whether it is there; asked for before the next is believed for long
		}
		s.known.moved(r.last, held)
	}
	return err
}

// prove asks the store who comes with a token.
func (s *Service) prove(ctx context.Context, d Digest, e *era) (*proven, error) {
	if s.known.refuses(d, e) {
		return nil, tokenUnknown()
	}
	t, err := s.store.TokenOf(ctx, d)
	var c Caller
	if err == nil {
		c, err = s.store.Caller(ctx, t.User)
	}
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Unauthenticated {
		s.known.refuse(d, e)
		s.known.token(d).drop(d)
		return nil, tokenUnknown()
	}
	if err != nil {
		return nil, err
	}
	c.Scope = &t.Scope
	p := &proven{era: e.number, caller: c, until: t.Expires.Add(1).At(civil.Clock{}, s.zone), client: s.clients.of(&t)}
	s.known.token(d).put(d, p)
	return p, nil
}

// TokenCaller is who comes with a token, limited to its scope;
// fault.Unauthenticated "token-unknown" when it is none, has expired, was revoked,
// or its owner's account is disabled; fault.Unavailable "callers-not-known" where
// that cannot be known. It asks the store for those that are not known only.
func (s *Service) TokenCaller(ctx context.Context, secret Secret) (Caller, error) {
	if !secret.Is(ForToken) {
		return Caller{}, tokenUnknown()
	}
	e, err := s.known.current(ctx, s.store)
	if err != nil {
		return Caller{}, err
	}
	d := secret.Digest()
	p := s.known.token(d).find(d)
	if p == nil || p.era != e.number {
		if p, err = s.prove(ctx, d, e); err != nil {
			return Caller{}, err
		}
	}
	now := s.now()
	if !now.Before(p.until) {
		return Caller{}, tokenUnknown()
	}
	p.client.touch(now)
	return p.caller, nil
}

// Recognise is the client that a token is, as far as this server has met it, from
// memory alone: to count what it asks for, and for nothing else. It may have lost
// its rights meanwhile.
func (s *Service) Recognise(secret Secret) (*Client, bool) {
	if !secret.Is(ForToken) {
		return nil, false
	}
	d := secret.Digest()
	p := s.known.token(d).find(d)
	if p == nil {
		return nil, false
	}
	return p.client, true
}

// Refuses says that a token is known to be none, so that nobody is asked.
func (s *Service) Refuses(secret Secret) bool {
	e := s.known.present.Load()
	return e.holds(s.now()) && s.known.refuses(secret.Digest(), e)
}

// MayBeGood says whether a token that is not known is one of those that are good. Of
// all those the store is asked once for each era and once a second at most, so that
// looking costs nothing, however many come that are none. A token that was made less
// than two seconds ago may be missing.
func (s *Service) MayBeGood(ctx context.Context, secret Secret) (bool, error) {
	e, err := s.known.current(ctx, s.store)
	if err != nil {
		return false, err
	}
	d := secret.Digest()
	fresh := func() *goodTokens {
		g := s.known.good.Load()
		if g != nil && (g.era == e.number || s.now().Sub(g.listed).Abs() < Ask) {
			return g
		}
		return nil
	}
	if g := fresh(); g != nil {
		return g.has(d), nil
	}
	select {
	case s.known.listing <- struct{}{}:
		defer func() { <-s.known.listing }()
	case <-ctx.Done():
		return false, ctx.Err()
	}
	if g := fresh(); g != nil {
		return g.has(d), nil // somebody else has asked
	}
	g, err := s.listGood(ctx, e)
	return err == nil && g.has(d), err
}

func (s *Service) listGood(ctx context.Context, e *era) (*goodTokens, error) {
	g := &goodTokens{era: e.number, listed: s.now()}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), askPatience)
	defer cancel()
	found, err := s.store.GoodTokens(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range found {
		g.all = append(g.all, binary.BigEndian.Uint64(d[:]))
	}
	slices.Sort(g.all)
	s.known.good.Store(g)
	return g, nil
}

// Caller is an account that may be used, with all its grants;
// fault.Unauthenticated "sign-in-needed" when there is none or it is disabled.
func (s *Service) Caller(ctx context.Context, user UserID) (Caller, error) {
	e, err := s.known.current(ctx, s.store)
	if err != nil {
		return Caller{}, err
	}
	known := s.known.user(user)
	if p := known.find(user); p != nil && p.era == e.number {
		return p.caller, nil
	}
	c, err := s.store.Caller(ctx, user)
	if err == nil {
		known.put(user, &proven{era: e.number, caller: c})
	}
	return c, err
}
