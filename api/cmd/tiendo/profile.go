package main

import (
	"context"
	"net"
	"net/http"
	"net/http/pprof"
	"net/netip"
	"time"

	"tiendo/pkg/fault"
)

// profile serves what net/http/pprof knows of this process, until ctx ends, on
// an address of its own that only this machine reaches: it has neither rights
// nor limits, and what it shows (texts in memory, the command line) is nobody's
// business. Fails with fault.Invalid "profile-elsewhere" for any other address.
func profile(ctx context.Context, address string) error {
	if to, err := netip.ParseAddrPort(address); err != nil || !to.Addr().IsLoopback() {
		return fault.New(fault.Invalid, "profile-elsewhere",
			"Địa chỉ --profile-listen phải là địa chỉ IP của chính máy này kèm cổng, ví dụ 127.0.0.1:6060, không phải %q",
			"The address --profile-listen must be an IP address of this machine itself with a port, such as 127.0.0.1:6060, not %q", firstOf(address))
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return fault.New(fault.Unavailable, "listen-failed",
			"Không mở được địa chỉ %s; có thể chương trình khác đang dùng, hãy chọn --profile-listen khác", "The address %s cannot be opened; another program may use it, choose another --profile-listen", address).Because(err)
	}
	server := &http.Server{Handler: profiles(listener.Addr().String()), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	context.AfterFunc(ctx, func() { _ = server.Close() })
	return nil
}

// profiles answers to its own address and to no name, so that no page of
// another site reads it through a name that is pointed here.
func profiles(address string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	mux.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Host != address {
			http.Error(w, "ask "+address, http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}
