package api

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"tiendo/pkg/fault"
)

// policy lets the page load what this server serves and nothing else: no script
// or style inside of a document, no other host, no data: address.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; " +
	"manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// transportSecurity keeps a browser to TLS for a year once it has come by it.
const transportSecurity = "max-age=31536000"

// field is a field of a header with its line. Shared: nobody may write the line.
type field struct {
	name string
	line []string
}

// pageGuards are fields of every answer that can be a page, or a part of one.
var pageGuards = []field{
	{"Content-Security-Policy", []string{policy}},
	{"X-Content-Type-Options", []string{"nosniff"}},
	{"Referrer-Policy", []string{"no-referrer"}},
	{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
	{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
}

// dataGuards are those of the API, whose answers load, link and open nothing: should
// a browser show one as a page all the same, it is an empty one.
var dataGuards = []field{
	{"Content-Security-Policy", []string{"default-src 'none'; frame-ancestors 'none'"}},
	{"X-Content-Type-Options", []string{"nosniff"}},
	{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
}

var transportLine = []string{transportSecurity}

// guard puts them on an answer.
func guard(h http.Header, guards []field, overTLS bool) {
	for k := range guards {
		h[guards[k].name] = guards[k].line
	}
	if overTLS {
		h["Strict-Transport-Security"] = transportLine
	}
}

// unguard takes them off one that has no body: what a client has keeps the fields
// that it came with (RFC 9110, section 15.4.5), and this is the answer that is given
// most often.
func unguard(h http.Header) {
	for k := range pageGuards {
		delete(h, pageGuards[k].name)
	}
}

func (s *Server) secure(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		guards := pageGuards
		if underAPI(c.Request()) {
			guards = dataGuards
		}
		guard(c.Response().Header(), guards, s.proxies.overTLS(c.Request()))
		return next(c)
	}
}

// proxies are the networks from which X-Forwarded-For and X-Forwarded-Proto are
// believed; everybody else could write there what he likes.
type proxies []netip.Prefix

// extractor finds the address of a caller behind the proxies.
func (p proxies) extractor() echo.IPExtractor {
	if len(p) == 0 {
		return echo.ExtractIPDirect()
	}
	trusted := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, network := range p {
		network = network.Masked()
		trusted = append(trusted, echo.TrustIPRange(&net.IPNet{
			IP: network.Addr().AsSlice(), Mask: net.CIDRMask(network.Bits(), network.Addr().BitLen()),
		}))
	}
	return echo.ExtractIPFromXFFHeader(trusted...)
}

// overTLS says that nobody between the browser and the server, or the proxy that
// is trusted, reads along.
func (p proxies) overTLS(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	if len(p) == 0 || r.Header.Get("X-Forwarded-Proto") != "https" {
		return false
	}
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return false
	}
	for _, network := range p {
		if network.Contains(from.Addr().Unmap()) {
			return true
		}
	}
	return false
}

// sameOrigin refuses changes that another site's page asks a browser for.
func (s *Server) sameOrigin() echo.MiddlewareFunc {
	guard := http.NewCrossOriginProtection()
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if err := guard.Check(c.Request()); err != nil {
				return refused(http.StatusForbidden)
			}
			return next(c)
		}
	}
}

// knownHosts refuses requests that name a host nobody told of. A page elsewhere
// could else reach this server through a name of its own that it points here
// (DNS rebinding), past a firewall that only lets the visitor's browser through:
// it would have no session, but read what is read without one, and try passwords.
// No name of others can be an IP address.
func knownHosts(guard hostGuard) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			if !guard.knows(c.Request().Host) {
				return refused(http.StatusMisdirectedRequest)
			}
			return next(c)
		}
	}
}

// hostGuard knows the hosts that this server answers to.
type hostGuard struct {
	everywhere bool
	names      map[string]bool
}

func newHostGuard(everywhere bool, hosts []string) hostGuard {
	known := map[string]bool{"localhost": true}
	for _, name := range hosts {
		known[hostOf(name)] = name != ""
	}
	return hostGuard{everywhere, known}
}

func (g hostGuard) knows(host string) bool {
	host = hostOf(host)
	ip := net.ParseIP(host)
	return g.names[host] || ip != nil && (g.everywhere || ip.IsLoopback())
}

// hostOf is a host as it is compared: without port and brackets, in small letters.
func hostOf(host string) string {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.ToLower(strings.Trim(host, "[]"))
}

// usualBody is the largest body taken where the contract says nothing of it in
// x-max-body, as echo writes sizes.
const usualBody = "64K"

// slowBody is how long a body of another size than usual may take to arrive.
const slowBody = 2 * time.Minute

// bodyLimits take of each operation as much as the contract says.
func (s *Server) bodyLimits() echo.MiddlewareFunc {
	usual := middleware.BodyLimit(usualBody)
	other := map[string]echo.MiddlewareFunc{}
	sizes := map[string]string{}
	for key, o := range s.operations() {
		if size, larger := o.Extensions["x-max-body"].(string); larger {
			sizes[key], other[key] = size, middleware.BodyLimit(size)
		}
	}
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			key, limit, size := operationKey(c), usual, usualBody
			if larger, ok := other[key]; ok {
				limit, size = larger, sizes[key]
				// What cannot set it has no limit either.
				_ = http.NewResponseController(c.Response()).SetReadDeadline(time.Now().Add(slowBody))
			}
			err := limit(next)(c)
			var h *echo.HTTPError
			if errors.As(err, &h) && h.Code == http.StatusRequestEntityTooLarge {
				return bodyTooLarge(size)
			}
			return err
		}
	}
}

func bodyTooLarge(size string) error {
	return echo.NewHTTPError(http.StatusRequestEntityTooLarge).SetInternal(fault.New(fault.Invalid, "body-too-large",
		"Nội dung gửi lên quá lớn; tối đa %s byte", "The body is too large; %s bytes at most", size))
}

// operations are those of the contract, by [operationKey].
func (s *Server) operations() map[string]*openapi3.Operation {
	all := map[string]*openapi3.Operation{}
	for path, item := range s.spec.Paths.Map() {
		for method, operation := range item.Operations() {
			all[method+path] = operation
		}
	}
	return all
}

// operationKey finds a request in the contract; HEAD is GET without the body.
func operationKey(c echo.Context) string {
	return strings.Replace(c.Request().Method, http.MethodHead, http.MethodGet, 1) + specPath(c.Path())
}

// How often one address may try to sign in before the attempts are even looked
// at: hashing a password is dear. What is wrong is counted in the database too.
const (
	signInsPerSecond = 2
	signInsAtOnce    = 30
	signInsKnown     = 10 * time.Minute
)

// signInLimit holds up an address that proves itself again and again.
func (s *Server) signInLimit() echo.MiddlewareFunc {
	operations := s.operations()
	return middleware.RateLimiterWithConfig(middleware.RateLimiterConfig{
		Skipper: func(c echo.Context) bool {
			o := operations[operationKey(c)]
			return o == nil || o.Extensions["x-proves"] != true
		},
		Store: middleware.NewRateLimiterMemoryStoreWithConfig(middleware.RateLimiterMemoryStoreConfig{
			Rate: signInsPerSecond, Burst: signInsAtOnce, ExpiresIn: signInsKnown,
		}),
		IdentifierExtractor: func(c echo.Context) (string, error) { return subscriber(c.RealIP()), nil },
		DenyHandler: func(echo.Context, string, error) error {
			f := fault.New(fault.Limited, "sign-in-limited",
				"Địa chỉ này vừa đăng nhập quá nhiều lần; đợi vài giây rồi thử lại", "There were too many sign-ins from this address just now; wait a few seconds, then try again")
			f.Wait = 5 * time.Second
			return f
		},
	})
}

// subscriber is what counts as one address: of IPv6 the first 64 bits.
func subscriber(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	return subscriberOf(a).String()
}

func subscriberOf(a netip.Addr) netip.Addr {
	if a = a.Unmap().WithZone(""); a.Is6() && !a.IsLoopback() {
		p, _ := a.Prefix(64) // of 128 bits there are 64
		return p.Addr()
	}
	return a
}
