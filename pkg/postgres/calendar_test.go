package postgres

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/access"
	"tiendo/pkg/area"
)

func TestA18APrivateAddressIsKeptHashedAndEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := furnished(t)
	now := time.Date(2021, 1, 25, 8, 0, 0, 0, time.UTC)
	o := newAccounts(t, s, &now)
	lan := access.Actor{User: "lan", Name: "Lan"}
	asked := access.NewCalendar{User: "lan", Name: "điện thoại", CalendarScope: access.CalendarScope{
		Election: "2021", Edition: "small", Area: "058", Levels: "district,commune", Body: "front", Alarms: "7,1", Language: "en",
	}}
	made, secret, err := o.MakeCalendar(t.Context(), lan, asked)
	require.NoError(t, err)
	require.Len(t, secret.Reveal(), len("tdc_")+43, "256 bits")
	all, err := o.Calendars(t.Context(), "lan")
	require.NoError(t, err)
	require.Equal(t, []access.Calendar{made}, all)
	require.Equal(t, asked.CalendarScope, made.CalendarScope)

	found, owner, err := o.CalendarOf(t.Context(), secret)
	require.NoError(t, err)
	require.Equal(t, made, found)
	list, err := s.List(t.Context(), "small")
	require.NoError(t, err)
	role := func(code area.Code) access.Role {
		i, ok := list.Index(code)
		require.True(t, ok)
		return owner.Rights(list).Role(i)
	}
	require.Equal(t, access.Viewer, role("058"), "to read, and nothing else")
	require.Equal(t, access.None, role("06"), "its branch alone")

	require.NoError(t, o.UsedCalendar(t.Context(), &found))
	now = now.Add(30 * time.Second)
	found, _, err = o.CalendarOf(t.Context(), secret)
	require.NoError(t, err)
	require.Equal(t, now.Add(-30*time.Second), found.Used)
	require.NoError(t, o.UsedCalendar(t.Context(), &found))
	all, err = o.Calendars(t.Context(), "lan")
	require.NoError(t, err)
	require.Equal(t, now.Add(-30*time.Second), all[0].Used, "noted once a minute")

	require.NoError(t, o.RevokeCalendar(t.Context(), lan, "lan", made.ID))
	_, _, err = o.CalendarOf(t.Context(), secret)
	refused(t, "calendar-not-found", err)
	for _, wrong := range []access.Secret{"", "tdc_", access.NewSecret(access.ForCalendar), access.NewSecret(access.ForToken)} {
		_, _, other := o.CalendarOf(t.Context(), wrong)
		require.Equal(t, err, other, "in the same words")
	}
	refused(t, "calendar-not-found", o.RevokeCalendar(t.Context(), lan, "lan", made.ID))
	events, err := s.Events(t.Context(), 0, 100)
	require.NoError(t, err)
	last := events[len(events)-2:]
	require.Equal(t, []access.Kind{access.CalendarMade, access.CalendarRevoked}, []access.Kind{last[0].Kind, last[1].Kind})
	require.Equal(t, access.Detail{Name: "điện thoại", Calendar: made.ID, Election: "2021"}, last[0].After)
}

func TestA18APrivateAddressIsMadeByItsOwnerWhereHeHoldsARole(t *testing.T) {
	t.Parallel()
	s := furnished(t)
	now := time.Date(2021, 1, 25, 8, 0, 0, 0, time.UTC)
	o := newAccounts(t, s, &now)
	make1 := func(by access.Actor, user access.UserID, code area.Code, name string) (access.Secret, error) {
		_, secret, err := o.MakeCalendar(t.Context(), by, access.NewCalendar{
			User: user, Name: name, CalendarScope: access.CalendarScope{Election: "2021", Edition: "small", Area: code, Language: "vi"},
		})
		return secret, err
	}
	lan := access.Actor{User: "lan", Name: "Lan"}
	_, err := make1(lan, "lan", "06", "x")
	refused(t, "calendar-without-role", err, "above his own")
	_, err = make1(lan, "lan", area.Nation, "x")
	refused(t, "calendar-without-role", err)
	_, err = make1(lan, "lan", "058", " ")
	refused(t, "calendar-name-missing", err)
	_, err = make1(lan, "binh", "058", "x")
	refused(t, "not-allowed", err)
	_, err = make1(access.Actor{User: "lan", Scope: &access.Scope{Access: access.ReadWrite, Area: area.Nation}}, "lan", "058", "x")
	refused(t, "token-not-for-this", err)
	secret, err := make1(lan, "lan", "01840", "x")
	require.NoError(t, err)
	for range 19 {
		_, err = make1(lan, "lan", "058", "x")
		require.NoError(t, err)
	}
	_, err = make1(lan, "lan", "058", "x")
	refused(t, "calendars-too-many", err)

	_, err = o.Disable(t.Context(), access.Operator("test"), "lan", access.AnyRevision)
	require.NoError(t, err)
	_, _, err = o.CalendarOf(t.Context(), secret)
	refused(t, "calendar-not-found", err)
}
