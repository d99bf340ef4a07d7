package api_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/postgres/pgtest"
)

const reminders = me + "/reminders"

func TestRemindersAreOnesOwnAndAnAddressIsConfirmedByItsCode(t *testing.T) {
	t.Parallel()
	d := newDatabase(t)
	s := d.serve()
	d.user("mai", "Mai", grant("058", access.Reporter))
	cookie := s.signIn("mai")
	mai := s.stranger()

	got := mai.get(reminders, "Cookie", cookie)
	require.Equal(t, http.StatusOK, got.status, string(got.body))
	require.Equal(t, `"r1"`, got.header.Get("ETag"))
	require.JSONEq(t, `{"address":null,"confirmed":false,"wanted":true,"days_before":[7,3,1],"sending":"not_set","last":[],"revision":1}`, string(got.body))

	patch := func(tag, body string) *reply { return mai.patch(reminders, tag, body, "Cookie", cookie) }
	require.Equal(t, http.StatusPreconditionRequired, mai.do(http.MethodPatch, reminders, `{"wanted":false}`, "Content-Type", "application/merge-patch+json", "Cookie", cookie).status)
	for body, code := range map[string]string{
		`{"address":"An <an@example.vn>"}`:                 "mail-address-unreadable",
		`{"address":"an@example.vn\r\nBcc: b@example.vn"}`: "mail-address-unreadable",
		`{"days_before":[31]}`:                             "body-refused",
	} {
		require.Contains(t, string(patch(`"r1"`, body).body), code)
	}
	got = patch(`"r1"`, `{"address":"mai@example.vn","days_before":[1,5]}`)
	require.Equal(t, http.StatusOK, got.status, string(got.body))
	require.Contains(t, string(got.body), `"address":"mai@example.vn","confirmed":false,"days_before":[5,1]`)
	require.Contains(t, string(got.body), `"kind":"confirmation"`)
	require.Equal(t, http.StatusPreconditionFailed, patch(`"r1"`, `{"wanted":false}`).status)

	code := regexp.MustCompile(`[0-9]{8}`).FindString(pgtest.Value[string](t, d.pool, "accounts", "SELECT array_to_string(lines, ' ') FROM notice"))
	require.NotContains(t, string(mai.get(reminders, "Cookie", cookie).body), code, "whoever holds the session alone has not shown that he reads the address")
	wrong := mai.post(reminders+"/confirmation", `{"code":"00000000"}`, "Cookie", cookie)
	require.Contains(t, string(wrong.body), "mail-code-wrong")
	right := mai.post(reminders+"/confirmation", `{"code":"`+code+`"}`, "Cookie", cookie)
	require.Equal(t, http.StatusOK, right.status, string(right.body))
	require.Contains(t, string(right.body), `"confirmed":true`)
	require.Contains(t, string(mai.post(reminders+"/code", "", "Cookie", cookie).body), "mail-address-missing", "nothing waits to be confirmed")

	// The link in messages: looking does nothing, one click does it.
	secret := pgtest.Value[string](t, d.pool, "accounts", "SELECT secret FROM reminder WHERE user_id = 'mai'")
	require.NotContains(t, string(right.body), secret)
	link := s.base + "/mail/off/" + secret
	page, err := http.Get(link)
	require.NoError(t, err)
	require.NoError(t, page.Body.Close())
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.Contains(t, string(mai.get(reminders, "Cookie", cookie).body), `"wanted":true`)
	click := func(to string) int {
		request, err := http.NewRequestWithContext(context.Background(), http.MethodPost, to, strings.NewReader(url.Values{"List-Unsubscribe": {"One-Click"}}.Encode()))
		require.NoError(t, err)
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		answer, err := http.DefaultClient.Do(request)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		return answer.StatusCode
	}
	require.Equal(t, http.StatusOK, click(link))
	require.Equal(t, http.StatusOK, click(link), "twice is once")
	require.Contains(t, string(mai.get(reminders, "Cookie", cookie).body), `"wanted":false`)
	require.Equal(t, http.StatusNotFound, click(s.base+"/mail/off/tdm_none"))

	s.stranger().get(reminders).refused(http.StatusUnauthorized, "sign-in-needed")
	s.get(reminders).refused(http.StatusForbidden, "token-not-for-this")
}
