package api

import (
	"bytes"
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"time"

	"tiendo/pkg/mirror"
)

//go:embed openapi.yaml
var description []byte

// Check is one thing that has to be in order for the service to answer.
type Check struct {
	Name string
	// Ready is nil, or says what is not ready.
	Ready func(context.Context) error
	// Says what is worth knowing although it is ready; nil, or empty, for nothing.
	Says func(context.Context) string
}

// MirrorCheck says whether a mirror is whole and fresh, and when it lives by asking
// alone.
func MirrorCheck(m *mirror.Mirror) Check {
	return Check{
		Name:  "mirror",
		Ready: func(context.Context) error { return m.Ready() },
		Says: func(context.Context) string {
			hears, ask := m.Hears()
			switch {
			case hears:
				return ""
			case ask == time.Second:
				return "listening: no; asks every second"
			}
			return fmt.Sprintf("listening: no; asks every %s", ask)
		},
	}
}

// GetDescription implements GET /api/v1/openapi.yaml.
func (s *Server) GetDescription(context.Context, GetDescriptionRequestObject) (GetDescriptionResponseObject, error) {
	return GetDescription200ApplicationyamlResponse{Body: bytes.NewReader(description), ContentLength: int64(len(description))}, nil
}

// GetLive implements GET /livez: the process answers, whatever else is wrong.
func (s *Server) GetLive(context.Context, GetLiveRequestObject) (GetLiveResponseObject, error) {
	return GetLive200TextResponse("ok\n"), nil
}

// GetReady implements GET /readyz.
func (s *Server) GetReady(ctx context.Context, _ GetReadyRequestObject) (GetReadyResponseObject, error) {
	out := Readiness{Ready: true, Checks: []ReadinessCheck{}}
	for _, check := range s.checks {
		detail, ready := "ok", true
		if check.Says != nil {
			detail = cmp.Or(check.Says(ctx), detail)
		}
		if err := check.Ready(ctx); err != nil {
			_, f := classify(err)
			ready, detail = false, f.Text.En
		}
		out.Checks = append(out.Checks, ReadinessCheck{Name: check.Name, Ok: ready, Detail: detail})
		out.Ready = out.Ready && ready
	}
	if !out.Ready {
		wait := retryAfter
		return GetReady503JSONResponse{Body: out, Headers: GetReady503ResponseHeaders{RetryAfter: &wait}}, nil
	}
	return GetReady200JSONResponse(out), nil
}
