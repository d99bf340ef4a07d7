package webhook

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/dns/dnsmessage"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/fault"
	"tiendo/pkg/mirror/mirrortest"
)

// names answers questions about addresses as a test wants it to.
type names struct {
	of func(host string) []netip.Addr
}

// resolver asks a name server of the test's own.
func (n names) resolver(t *testing.T) *net.Resolver {
	t.Helper()
	server, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = server.Close() })
	go func() {
		buffer := make([]byte, 1500)
		for {
			k, from, err := server.ReadFrom(buffer)
			if err != nil {
				return
			}
			if answer, ok := n.answer(buffer[:k]); ok {
				_, _ = server.WriteTo(answer, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", server.LocalAddr().String())
	}}
}

func (n names) answer(asked []byte) ([]byte, bool) {
	var m dnsmessage.Message
	if m.Unpack(asked) != nil || len(m.Questions) == 0 {
		return nil, false
	}
	q := m.Questions[0]
	m.Header.Response, m.Additionals = true, nil
	for _, ip := range n.of(strings.TrimSuffix(q.Name.String(), ".")) {
		header := dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, Type: q.Type, TTL: 1}
		switch {
		case q.Type == dnsmessage.TypeA && ip.Is4():
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: ip.As4()}})
		case q.Type == dnsmessage.TypeAAAA && ip.Is6():
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: ip.As16()}})
		}
	}
	out, err := m.Pack()
	return out, err == nil
}

// inside are addresses of each class that nothing is sent to.
var inside = []string{
	"127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
	"0.0.0.0", "255.255.255.255", "224.0.0.1", "239.1.1.1", "198.18.0.1", "192.0.2.7", "240.0.0.1",
	"[::1]", "[::]", "[fe80::1]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:db8::1]",
	"[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:169.254.169.254]",
}

const public = "93.184.216.34"

func TestA21_AddressesInsideAreRefusedAtRegistration(t *testing.T) {
	t.Parallel()
	g := NewGuard(nil, nil)
	for _, host := range inside {
		for _, address := range []string{"https://" + host + "/hook", "https://" + host + ":8443/", "http://" + host + "/"} {
			_, err := g.Check(t.Context(), address)
			require.True(t, fault.Is(err, "webhook-url-refused"), "%s: %v", address, err)
		}
	}
	for _, host := range []string{public, "[2606:2800:220:1:248:1893:25c8:1946]", "[::ffff:" + public + "]"} {
		for _, port := range []string{"", ":443", ":8443"} {
			_, err := g.Check(t.Context(), "https://"+host+port+"/hook?a=b")
			require.NoError(t, err, host+port)
		}
	}
}

func TestA21_AUrlIsHTTPSWithoutUserAtAUsualPort(t *testing.T) {
	t.Parallel()
	g := NewGuard(nil, nil)
	for address, code := range map[string]string{
		"http://" + public + "/":                "webhook-url-refused",
		"http://" + public + ":443/":            "webhook-url-refused",
		"https://" + public + ":22/":            "webhook-url-refused",
		"https://" + public + ":80/":            "webhook-url-refused",
		"https://" + public + ":70000/":         "webhook-url-refused",
		"https://user:password@" + public + "/": "webhook-url-parts",
		"https://user@" + public + "/":          "webhook-url-parts",
		"https://" + public + "/#here":          "webhook-url-parts",
		"ftp://" + public + "/":                 "webhook-url-unreadable",
		"gopher://" + public + "/":              "webhook-url-unreadable",
		"file:///etc/passwd":                    "webhook-url-unreadable",
		"//" + public + "/":                     "webhook-url-unreadable",
		public:                                  "webhook-url-unreadable",
		"https://":                              "webhook-url-unreadable",
		"https://:443/":                         "webhook-url-unreadable",
		"":                                      "webhook-url-unreadable",
		"https://" + public + "/" + strings.Repeat("x", maxURL): "webhook-url-unreadable",
		"https://[::1%25eth0]/":                                 "webhook-url-refused",
	} {
		_, err := g.Check(t.Context(), address)
		require.True(t, fault.Is(err, code), "%s: %v", address, err)
	}
}

func TestA21_ANameIsJudgedByEveryAddressThatItHas(t *testing.T) {
	t.Parallel()
	hosts := map[string][]netip.Addr{
		"good.example":  {netip.MustParseAddr(public)},
		"loop.example":  {netip.MustParseAddr("127.0.0.1")},
		"mixed.example": {netip.MustParseAddr(public), netip.MustParseAddr("10.0.0.1")},
		"six.example":   {netip.MustParseAddr("fd00::1")},
	}
	g := NewGuard(nil, names{of: func(host string) []netip.Addr { return hosts[host] }}.resolver(t))
	_, err := g.Check(t.Context(), "https://good.example/")
	require.NoError(t, err)
	for host, code := range map[string]string{
		"loop.example": "webhook-url-refused", "mixed.example": "webhook-url-refused", "six.example": "webhook-url-refused",
		"localhost": "webhook-url-refused", "nowhere.example": "webhook-host-unknown",
	} {
		_, err := g.Check(t.Context(), "https://"+host+"/")
		require.True(t, fault.Is(err, code), "%s: %v", host, err)
	}
}

// sent has one message sent to an address.
func sent(t *testing.T, g *Guard, address string) Attempt {
	t.Helper()
	s := NewSender(g, "tiendo", nil, time.Now)
	t.Cleanup(s.Close)
	return s.send(t.Context(), &Errand{Delivery: Delivery{ID: "msg_a", Body: []byte("{}")}, To: Webhook{URL: address}, Secrets: []Secret{newSecret()}})
}

func TestA21_AddressesInsideAreRefusedAgainAtEachSend(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	here := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(here.Close)
	u, err := url.Parse(here.URL)
	require.NoError(t, err)
	for _, address := range append([]string{here.URL, "http://localhost:" + u.Port(), "https://localhost:8443", "http://" + public}, inside...) {
		if !strings.Contains(address, "//") {
			address = "https://" + address + "/"
		}
		a := sent(t, NewGuard(nil, nil), address)
		require.Equal(t, AddressRefused, a.Outcome, "%s: %s", address, a.Answer)
		require.Zero(t, a.Status)
		require.Empty(t, a.Answer, "nothing of what is inside is told")
	}
	require.Zero(t, asked.Load())
}

func TestA21_ANameThatChangesItsMindIsNotFollowedInside(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	here := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(here.Close)
	now := netip.MustParseAddr(public)
	var inside atomic.Bool
	g := NewGuard(nil, names{of: func(string) []netip.Addr {
		if inside.Load() {
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
		}
		return []netip.Addr{now}
	}}.resolver(t))
	_, err := g.Check(t.Context(), "https://rebind.example/")
	require.NoError(t, err)
	inside.Store(true)
	require.Equal(t, AddressRefused, sent(t, g, "https://rebind.example/").Outcome)
	require.Zero(t, asked.Load())
}

func TestA21_ARedirectIsAFailureAndIsNotFollowed(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	secret := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	t.Cleanup(secret.Close)
	for _, status := range []int{301, 302, 303, 307, 308} {
		here := httptest.NewServer(http.RedirectHandler(secret.URL, status))
		a := sent(t, NewGuard([]netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, nil), here.URL)
		here.Close()
		require.Equal(t, Redirected, a.Outcome)
		require.Equal(t, status, a.Status)
	}
	require.Zero(t, asked.Load())
}

func TestA21_TheOperatorAllowsNetworksAndNothingBeside(t *testing.T) {
	t.Parallel()
	g := NewGuard([]netip.Prefix{netip.MustParsePrefix("10.20.0.0/16"), netip.MustParsePrefix("fd00:1::/32")}, nil)
	for _, address := range []string{"http://10.20.3.4:9000/hook", "https://10.20.3.4/", "https://[::ffff:10.20.3.4]/", "http://[fd00:1::5]:8080/", "https://" + public + "/"} {
		_, err := g.Check(t.Context(), address)
		require.NoError(t, err, address)
	}
	for _, address := range []string{"http://10.21.0.1/", "https://10.21.0.1/", "https://127.0.0.1/", "https://[fd00:2::1]/", "http://" + public + "/", "https://" + public + ":9000/"} {
		_, err := g.Check(t.Context(), address)
		require.True(t, fault.Is(err, "webhook-url-refused"), "%s: %v", address, err)
	}
}

// A name server is asked for what can be done otherwise, and not to find out later that
// it cannot.
func TestNoNameServerIsAskedForWhatIsRefusedAnyway(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	resolver := names{of: func(string) []netip.Addr { asked.Add(1); return nil }}.resolver(t)
	s := NewService(nil, NewGuard(nil, resolver), time.Now)
	frame := mirrortest.Open(t, area.Edition2021().Only("small", "058")).Frame()
	for code, n := range map[string]New{
		"webhook-family-unknown":      {Families: []string{"none_such"}},
		"webhook-kind-unknown":        {Kinds: []string{"none_such"}},
		"webhook-filter-long":         {Kinds: make([]string, maxFilter+1)},
		"webhook-description-refused": {Description: strings.Repeat("a", maxDescription+1)},
	} {
		n.URL = "https://hook.example.vn/"
		_, _, err := s.Make(t.Context(), frame, access.Actor{User: "lan"}, n)
		require.True(t, fault.Is(err, code), "%v", err)
	}
	require.Zero(t, asked.Load())
	_, _, err := s.Make(t.Context(), frame, access.Actor{User: "lan"}, New{URL: "https://hook.example.vn/"})
	require.True(t, fault.Is(err, "webhook-host-unknown"), "%v", err)
	require.Positive(t, asked.Load())
}
