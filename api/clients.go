package api

import (
	"crypto/sha256"
	"hash/maphash"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"tiendo/pkg/access"
)

// Who asks, and how much. A client is a token; else whoever has signed in, by his
// session; else an address, of IPv6 the first 64 bits. Of each is counted how many
// requests it sends, of which it may send very many, and how many whole answers it
// takes: that nothing has changed (304) costs it nothing. Nothing here asks the
// database, and nothing depends on which of its answers were prepared.

// Limits are how much one client may ask for. Zero switches a limit off.
type Limits struct {
	// PerSecond is how many requests a client may go on sending; AtOnce as many may
	// come together, after a pause.
	PerSecond, AtOnce int
	// Quota is how many whole answers it is given in a Window.
	Quota  int
	Window time.Duration
}

// DefaultLimits let a portal ask after all 11,371 areas every minute as fast as it
// can, and take the whole country twice in ten minutes besides what a person reads.
var DefaultLimits = Limits{PerSecond: 1000, AtOnce: 12_000, Quota: 30_000, Window: 10 * time.Minute}

// maxClients are counted at once, in clientParts with a lock each; one takes some
// 200 bytes. Where there are more, one that has not asked for long is forgotten,
// and begins anew.
const (
	maxClients  = 100_000
	clientParts = 64
)

// clientKey is who is counted together.
type clientKey struct {
	kind byte
	bits [16]byte
}

// The kinds of clients.
const (
	byToken   = 't'
	byUser    = 'u'
	byAddress = 'a'
)

// client is one who asks, and what he has used up.
type client struct {
	// token is the token that it is, whose health is followed; nil for others.
	token atomic.Pointer[access.Client]

	due     atomic.Int64  // when the requests so far are paid off, Unix ns
	answers atomic.Uint64 // Unix s at which the window began << 24 | answers in it
	seen    atomic.Int64  // Unix s
	shown   atomic.Pointer[shownFields]
	unknown atomic.Int64 // when the tokens that were none are paid off, Unix ns
}

// shownFields is what a client was told last of what it has left.
type shownFields struct {
	left, wait int
	value      []string
}

// clients are all who ask.
type clients struct {
	limits Limits
	policy []string // of RateLimit-Policy; nil where nothing is limited
	parts  [clientParts]clientPart
	seed   maphash.Seed

	mu       sync.RWMutex
	sessions map[[32]byte]clientKey // by the SHA-256 of the cookie; for counting only
}

type clientPart struct {
	mu  sync.RWMutex
	all map[clientKey]*client
}

func newClients(l Limits) *clients {
	c := &clients{limits: l, seed: maphash.MakeSeed(), sessions: map[[32]byte]clientKey{}}
	var policy []string
	if l.PerSecond > 0 {
		c.limits.AtOnce = max(l.AtOnce, l.PerSecond)
		policy = append(policy, item(ofRequests, "q", c.limits.AtOnce, "w", (c.limits.AtOnce+l.PerSecond-1)/l.PerSecond))
	}
	if l.Quota > 0 {
		c.limits.Quota = min(l.Quota, mostAnswers)
		policy = append(policy, item(ofAnswers, "q", c.limits.Quota, "w", seconds(l.Window)))
	}
	if policy != nil {
		c.policy = []string{strings.Join(policy, ", ")}
	}
	return c
}

// The names of the two limits in the fields, and of the fields.
const (
	ofRequests = "requests"
	ofAnswers  = "answers"

	rateLimit       = "Ratelimit" // as [http.Header] writes RateLimit
	rateLimitPolicy = "Ratelimit-Policy"
)

// item is one item of RateLimit or RateLimit-Policy (structured fields, RFC 9651).
func item(name, first string, n int, second string, m int) string {
	b := make([]byte, 0, 48)
	b = append(append(append(b, '"'), name...), '"')
	b = strconv.AppendInt(append(append(append(b, ';'), first...), '='), int64(n), 10)
	b = strconv.AppendInt(append(append(append(b, ';'), second...), '='), int64(m), 10)
	return string(b)
}

// seconds are whole ones, at least as long.
func seconds(d time.Duration) int { return int((d + time.Second - 1) / time.Second) }

func (c *clients) part(k *clientKey) *clientPart {
	return &c.parts[maphash.Bytes(c.seed, k.bits[:])%clientParts]
}

// find is the client of a key, a new one where there is none.
func (c *clients) find(k clientKey, now time.Time) *client {
	p := c.part(&k)
	p.mu.RLock()
	found := p.all[k]
	p.mu.RUnlock()
	if found == nil {
		found = p.add(k)
	}
	if at := now.Unix(); found.seen.Load() != at {
		found.seen.Store(at)
	}
	return found
}

// add makes room first: of some at random the one goes that was silent for longest.
func (p *clientPart) add(k clientKey) *client {
	p.mu.Lock()
	defer p.mu.Unlock()
	if found := p.all[k]; found != nil {
		return found
	}
	if p.all == nil {
		p.all = map[clientKey]*client{}
	}
	if len(p.all) >= maxClients/clientParts {
		var oldest clientKey
		since, looked := int64(math.MaxInt64), 0
		for other, one := range p.all {
			if at := one.seen.Load(); at < since {
				oldest, since = other, at
			}
			if looked++; looked == 8 {
				break
			}
		}
		delete(p.all, oldest)
	}
	found := &client{}
	p.all[k] = found
	return found
}

// who is the client that sends a request, from memory alone: a token or a session
// that this server has not met counts as its address.
func (s *Server) who(r *http.Request, now time.Time) *client {
	c := s.counted
	if secret, sent := bearer(r); sent {
		if t, met := s.access.Recognise(secret); met {
			one := c.find(clientKey{byToken, t.Key}, now)
			one.token.CompareAndSwap(nil, t)
			return one
		}
	} else if len(r.Header["Cookie"]) > 0 {
		if cookie, err := r.Cookie(cookieName(s.proxies.overTLS(r))); err == nil {
			c.mu.RLock()
			k, met := c.sessions[sha256.Sum256([]byte(cookie.Value))]
			c.mu.RUnlock()
			if met {
				return c.find(k, now)
			}
		}
	}
	return c.find(s.addressOf(r), now)
}

// addressOf is where a request comes from, behind proxies that are trusted.
func (s *Server) addressOf(r *http.Request) clientKey {
	var from netip.Addr
	if len(s.proxies) == 0 {
		if at, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
			from = at.Addr()
		}
	} else {
		from, _ = netip.ParseAddr(s.from(r))
	}
	k := clientKey{kind: byAddress}
	if !from.IsValid() {
		return k
	}
	from = from.Unmap()
	k.bits = from.As16()
	if from.Is6() {
		clear(k.bits[8:])
	}
	return k
}

// maxSessions are the sessions whose users are known for counting.
const maxSessions = 50_000

// signed notes whose a session is.
func (c *clients) signed(cookie string, user access.UserID) {
	sum := sha256.Sum256([]byte(cookie))
	whose := sha256.Sum256([]byte(user))
	k := clientKey{kind: byUser, bits: [16]byte(whose[:16])}
	c.mu.RLock()
	met := c.sessions[sum] == k
	c.mu.RUnlock()
	if met {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.sessions) >= maxSessions {
		for other := range c.sessions {
			delete(c.sessions, other)
			break
		}
	}
	c.sessions[sum] = k
}

// How the window and what was used of it stand in one number.
const (
	answerBits  = 24
	mostAnswers = 1<<answerBits - 1
)

// left is what is left of a client's quota, and for how long that holds.
func (c *clients) left(one *client, now time.Time) (answers, wait int) {
	return c.of(one.answers.Load(), now)
}

func (c *clients) of(packed uint64, now time.Time) (answers, wait int) {
	window := seconds(c.limits.Window)
	passed := int(now.Unix()) - int(packed>>answerBits)
	if passed < 0 || passed >= window {
		return c.limits.Quota, window // the next window begins with the next answer
	}
	return max(0, c.limits.Quota-int(packed&mostAnswers)), window - passed
}

// spend takes a whole answer from a client's quota; false where nothing is left.
func (c *clients) spend(one *client, now time.Time) bool {
	if c.limits.Quota <= 0 {
		return true
	}
	for {
		packed := one.answers.Load()
		left, wait := c.of(packed, now)
		if left == 0 {
			return false
		}
		next := packed + 1
		if left == c.limits.Quota && wait == seconds(c.limits.Window) {
			next = uint64(now.Unix())<<answerBits | 1
		}
		if one.answers.CompareAndSwap(packed, next) {
			return true
		}
	}
}

// ask takes one from the requests that a client may send; where there is none left
// it says how long to wait.
func (c *clients) ask(one *client, now time.Time) (wait time.Duration) {
	if c.limits.PerSecond <= 0 {
		return 0
	}
	each := int64(time.Second) / int64(c.limits.PerSecond)
	room, at := each*int64(c.limits.AtOnce), now.UnixNano()
	for {
		due := one.due.Load()
		next := max(due, at) + each
		if over := next - at - room; over > 0 {
			return time.Duration(over)
		}
		if one.due.CompareAndSwap(due, next) {
			return 0
		}
	}
}

// owes counts more requests, which were answered already.
func (c *clients) owes(one *client, requests int, now time.Time) {
	if one != nil && c.limits.PerSecond > 0 {
		owe(&one.due, now, time.Duration(requests)*(time.Second/time.Duration(c.limits.PerSecond)))
	}
}

// tell writes what a client may ask for, and what it has left.
func (c *clients) tell(h http.Header, one *client, now time.Time) {
	if c.policy == nil {
		return
	}
	h[rateLimitPolicy] = c.policy
	if h[rateLimit] != nil {
		return // why it was refused
	}
	name := ofAnswers
	left, wait := c.left(one, now)
	if c.limits.Quota <= 0 {
		name = ofRequests
		behind := max(0, time.Duration(one.due.Load()-now.UnixNano()))
		left = c.limits.AtOnce - int(behind*time.Duration(c.limits.PerSecond)/time.Second)
		wait = max(1, seconds(behind))
	}
	was := one.shown.Load()
	if was == nil || was.left != left || was.wait != wait {
		was = &shownFields{left, wait, []string{item(name, "r", left, "t", wait)}}
		one.shown.Store(was)
	}
	h[rateLimit] = was.value
}

// answered does all that there is to do when a read is answered at once: the
// request and, for a status of 200, the answer are taken from what the client may
// have, it is told what is left, and its health is noted. False, and nothing is
// done, where it may not have it: then it is refused in the usual way.
func (c *clients) answered(h http.Header, one *client, path string, status int, now time.Time) bool {
	if status == http.StatusOK && c.limits.Quota > 0 {
		if left, _ := c.left(one, now); left == 0 {
			return false
		}
	}
	if c.ask(one, now) > 0 || status == http.StatusOK && !c.spend(one, now) {
		return false
	}
	c.tell(h, one, now)
	c.note(one, path, status, false, now)
	return true
}

// note counts an answer for the health of a token.
func (c *clients) note(one *client, path string, status int, writes bool, now time.Time) {
	if t := one.token.Load(); t != nil {
		t.Note(now, access.Asked{Address: maphash.String(c.seed, path), Status: status, Writes: writes})
	}
}
