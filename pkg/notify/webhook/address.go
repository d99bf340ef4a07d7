package webhook

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"

	"tiendo/pkg/fault"
)

// Guard says where messages may go: to public addresses by https on usual ports,
// and to whatever is in the networks that the operator allows. It is asked when a
// webhook is made or changed, and again of the very address that is connected to
// each time something is sent: what a name stands for may change.
type Guard struct {
	allowed []netip.Prefix
	public  *ssrf.Guardian
	resolve *net.Resolver
}

// ports of public endpoints.
var ports = []uint16{443, 8443}

// patience with a name server.
const patience = 5 * time.Second

// NewGuard makes a guard that also lets messages into some networks. A nil
// resolver is the system's.
func NewGuard(allowed []netip.Prefix, r *net.Resolver) *Guard {
	if r == nil {
		r = net.DefaultResolver
	}
	return &Guard{allowed: allowed, public: ssrf.New(ssrf.WithPorts(ports...)), resolve: r}
}

// Check reads an address that somebody wants messages to be sent to: fault.Invalid
// with what is wrong with it.
func (g *Guard) Check(ctx context.Context, text string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http" || len(text) > maxURL:
		return "", fault.New(fault.Invalid, "webhook-url-unreadable",
			"Địa chỉ nhận phải là một URL https đầy đủ, dài tối đa %d ký tự", "The endpoint has to be a whole https URL of at most %d characters", maxURL).At("/url")
	case u.User != nil || u.Fragment != "":
		return "", fault.New(fault.Invalid, "webhook-url-parts",
			"Địa chỉ nhận không được có tên đăng nhập, mật khẩu hay phần sau dấu #", "The endpoint may have neither user, password nor a fragment").At("/url")
	}
	port, err := portOf(u)
	if err != nil {
		return "", g.refusal(u.Scheme).Because(err)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found, err := g.resolve.LookupNetIP(ctx, "ip", u.Hostname())
	if err != nil || len(found) == 0 {
		return "", fault.New(fault.Invalid, "webhook-host-unknown",
			"Không tìm thấy máy %q; kiểm tra lại tên", "The host %q is not found; check the name", shortly(u.Hostname())).At("/url").Because(err)
	}
	for _, ip := range found {
		if err := g.allows(u.Scheme, netip.AddrPortFrom(ip, port)); err != nil {
			return "", g.refusal(u.Scheme).Because(err)
		}
	}
	return u.String(), nil
}

func (g *Guard) refusal(scheme string) *fault.Error {
	if scheme == "http" {
		return fault.New(fault.Invalid, "webhook-url-refused",
			"Địa chỉ nhận phải dùng https; http chỉ được phép trong mạng mà người vận hành cho phép (--webhook-networks)",
			"The endpoint has to use https; http is for networks that the operator allows (--webhook-networks)").At("/url")
	}
	return fault.New(fault.Invalid, "webhook-url-refused",
		"Không gửi tới địa chỉ này: chỉ tới máy trên Internet qua cổng 443 hoặc 8443, hoặc vào mạng mà người vận hành cho phép (--webhook-networks)",
		"Nothing is sent to this address: only to hosts on the Internet at port 443 or 8443, or into networks that the operator allows (--webhook-networks)").At("/url")
}

func portOf(u *url.URL) (uint16, error) {
	if u.Port() == "" {
		if u.Scheme == "http" {
			return 80, nil
		}
		return 443, nil
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return uint16(n), err
}

// allows says whether a connection may be made for an address of a scheme. An IPv4
// address in the clothes of an IPv6 one is that IPv4 address.
func (g *Guard) allows(scheme string, to netip.AddrPort) error {
	to = netip.AddrPortFrom(to.Addr().Unmap().WithZone(""), to.Port())
	if slices.ContainsFunc(g.allowed, func(p netip.Prefix) bool { return p.Contains(to.Addr()) }) {
		return nil
	}
	if scheme != "https" {
		return ssrf.ErrProhibitedNetwork
	}
	return g.public.SafeAddrPort(to)
}

// dialer connects for addresses of a scheme, to where that is allowed.
func (g *Guard) dialer(scheme string) *net.Dialer {
	return &net.Dialer{
		Timeout: patience, Resolver: g.resolve,
		Control: func(network, address string, _ syscall.RawConn) error {
			to, err := netip.ParseAddrPort(address)
			if err != nil || network != "tcp4" && network != "tcp6" {
				return ssrf.ErrProhibitedNetwork
			}
			return g.allows(scheme, to)
		},
	}
}
