package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestProfilesAreShownToThisMachineOnly(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:6060", ":6060", "10.0.0.1:6060", "localhost:6060", "127.0.0.1", "[::]:6060", ""} {
		require.ErrorContains(t, profile(t.Context(), address), "profile-elsewhere", address)
	}
	require.NoError(t, profile(t.Context(), "127.0.0.1:0"))
	for host, status := range map[string]int{"127.0.0.1:6060": http.StatusOK, "localhost:6060": http.StatusMisdirectedRequest, "evil.example": http.StatusMisdirectedRequest} {
		r := httptest.NewRequest(http.MethodGet, "http://"+host+"/debug/pprof/", http.NoBody)
		w := httptest.NewRecorder()
		profiles("127.0.0.1:6060").ServeHTTP(w, r)
		require.Equal(t, status, w.Code, host)
	}
}
