package api

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
	"tiendo/pkg/civil"
	"tiendo/pkg/fault"
)

// oneToken is a store that has one token.
type oneToken struct {
	access.Store
	digest access.Digest
}

func (o oneToken) AccessRevision(context.Context) (access.Revision, error) { return 1, nil }

func (o oneToken) TokenOf(_ context.Context, d access.Digest) (access.Token, error) {
	if d != o.digest {
		return access.Token{}, access.TokenNotFound("")
	}
	return access.Token{ID: "one", Digest: d, User: "lan", Scope: access.Scope{Access: access.ReadOnly, Area: area.Nation}, Expires: civil.New(2100, 1, 1)}, nil
}

func (o oneToken) Caller(context.Context, access.UserID) (access.Caller, error) {
	return access.Caller{Account: access.Account{User: "lan"}}, nil
}

// A client is found, held to its limits, told what is left, and noted.
func BenchmarkWhatEveryAnswerCostsForItsClient(b *testing.B) {
	secret := access.NewSecret(access.ForToken)
	accounts, err := access.NewService(oneToken{digest: secret.Digest()}, time.Now, time.UTC, nobodysPasswords{})
	require.NoError(b, err)
	_, err = accounts.TokenCaller(b.Context(), secret)
	require.NoError(b, err)
	s := &Server{access: accounts, counted: newClients(Limits{PerSecond: 1e9, AtOnce: 1e9, Quota: mostAnswers, Window: time.Hour})}
	for name, status := range map[string]int{"304": http.StatusNotModified, "200": http.StatusOK} {
		for who, header := range map[string]string{"token": "Bearer " + secret.Reveal(), "address": ""} {
			r := &http.Request{Header: http.Header{}, RemoteAddr: "192.0.2.7:4711"}
			if header != "" {
				r.Header.Set("Authorization", header)
			}
			h := http.Header{}
			b.Run(name+" by "+who, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					now := time.Now()
					delete(h, rateLimit)
					s.counted.answered(h, s.who(r, now), "/api/v1/elections/2021/areas/058/timeline", status, now)
				}
			})
		}
	}
}

type nobodysPasswords struct{}

func (nobodysPasswords) Hash(string) (string, error) {
	return "$argon2id$x", nil
}

func (nobodysPasswords) Matches(string, string) (bool, error) {
	return false, fault.New(fault.Internal, "internal", "", "")
}
