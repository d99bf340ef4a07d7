package civil_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tiendo/pkg/civil"
)

// julian is the day number of Fliegel and Van Flandern (1968): integer
// arithmetic that shares nothing with package time.
func julian(y, m, d int) int {
	a := (14 - m) / 12
	y, m = y+4800-a, m+12*a-3
	return d + (153*m+2)/5 + 365*y + y/4 - y/100 + y/400 - 32045
}

func anyDate(t *rapid.T, label string) civil.Date {
	return civil.New(1, 1, 1).Add(rapid.IntRange(0, 3_600_000).Draw(t, label))
}

func TestDaysBetweenDatesAreThoseOfAnIndependentCount(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyDate(t, "a"), anyDate(t, "b")
		ya, ma, da := a.Parts()
		yb, mb, db := b.Parts()
		require.Equal(t, julian(yb, int(mb), db)-julian(ya, int(ma), da), a.DaysUntil(b))
		require.Equal(t, (julian(ya, int(ma), da)+1)%7, int(a.Weekday()))
	})
}

func TestAddingDaysAndTakingThemAwayComesBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, n := anyDate(t, "d"), rapid.IntRange(-4000, 4000).Draw(t, "n")
		if d.DaysUntil(civil.New(1, 1, 1)) > -5000 {
			n = max(n, 0)
		}
		require.Equal(t, d, d.Add(n).Add(-n))
		require.Equal(t, n, d.DaysUntil(d.Add(n)))
		require.Equal(t, n > 0, d.Before(d.Add(n)))
		require.Equal(t, n < 0, d.After(d.Add(n)))
	})
}

func TestATextIsTheDateItWasMadeOf(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := anyDate(t, "d")
		back, err := civil.Parse(d.String())
		require.NoError(t, err)
		require.Equal(t, d, back)
		raw, err := json.Marshal(d)
		require.NoError(t, err)
		var read civil.Date
		require.NoError(t, json.Unmarshal(raw, &read))
		require.Equal(t, d, read)
		v, err := d.Value()
		require.NoError(t, err)
		var scanned civil.Date
		require.NoError(t, scanned.Scan(v))
		require.Equal(t, d, scanned)
	})
}

func TestDaysOfAnyYearAreWrittenAsPackageTimeWritesThem(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := civil.New(1, 1, 1).Add(rapid.IntRange(-1_000_000, 5_000_000).Filter(func(n int) bool { return n != -1 }).Draw(t, "day"))
		y, m, day := d.Parts()
		require.Equal(t, time.Date(y, m, day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), d.String())
	})
}

func TestDaysThatDoNotExistAreRefused(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", "2021-02-31", "2021-2-3", "23/05/2021", "2021-13-01", "2021-05-23T00:00:00Z", "0000-01-01", " 2021-05-23", "2021-05-2３"} {
		_, err := civil.Parse(s)
		require.ErrorIs(t, err, civil.ErrDate, "%q", s)
	}
	leap, err := civil.Parse("2020-02-29")
	require.NoError(t, err)
	require.Equal(t, "29/02/2020", leap.Vietnamese())
	require.Equal(t, civil.Must("2020-03-01"), leap.Add(1))
}

func FuzzParseTakesOnlyWhatItWouldWrite(f *testing.F) {
	for _, s := range []string{"2021-05-23", "2021-02-31", "x", "9999-12-31", "-001-01-01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := civil.Parse(s); err == nil {
			require.Equal(t, s, d.String())
		}
	})
}

func TestNoDateIsNullEverywhere(t *testing.T) {
	t.Parallel()
	var none civil.Date
	require.True(t, none.IsZero())
	require.Empty(t, none.String())
	require.True(t, none.Add(5).IsZero(), "no date stays no date")
	raw, err := json.Marshal(struct{ D civil.Date }{})
	require.NoError(t, err)
	require.JSONEq(t, `{"D":null}`, string(raw))
	read := struct{ D civil.Date }{civil.Must("2021-05-23")}
	require.NoError(t, json.Unmarshal([]byte(`{"D":null}`), &read))
	require.True(t, read.D.IsZero())
	v, err := none.Value()
	require.NoError(t, err)
	require.Nil(t, v)
	require.Equal(t, civil.Must("2021-05-23"), civil.Later(none, civil.Must("2021-05-23")))
}

func TestTheDayOfAnInstantIsThatOfTheZoneAsked(t *testing.T) {
	t.Parallel()
	vietnam := time.FixedZone("+07", 7*3600)
	lastSecond := time.Date(2021, 5, 23, 16, 59, 59, 0, time.UTC)
	require.Equal(t, civil.Must("2021-05-23"), civil.Of(lastSecond, vietnam))
	require.Equal(t, civil.Must("2021-05-24"), civil.Of(lastSecond.Add(time.Second), vietnam))
	require.Equal(t, civil.Must("2021-05-23"), civil.Of(lastSecond.Add(time.Second), time.UTC))
	require.Equal(t, "2021-05-23T07:00:00+07:00", civil.Cutoff{Day: civil.Must("2021-05-23"), Clock: civil.NewClock(7, 0)}.RFC3339(vietnam))
}

func TestA30_AnEndIsOverAtMidnightOrAtItsVeryMinute(t *testing.T) {
	t.Parallel()
	vietnam := time.FixedZone("+07", 7*3600)
	at := func(s string) civil.Cutoff {
		instant, err := time.Parse(time.RFC3339, s)
		require.NoError(t, err)
		return civil.Now(instant, vietnam)
	}
	whole := civil.Whole(civil.Must("2021-02-07"))
	require.False(t, whole.PassedAt(at("2021-02-07T23:59:59+07:00")))
	require.True(t, whole.PassedAt(at("2021-02-08T00:00:00+07:00")))
	five := civil.Cutoff{Day: civil.Must("2021-03-14"), Clock: civil.NewClock(17, 0)}
	require.False(t, five.PassedAt(at("2021-03-14T16:59:59+07:00")))
	require.True(t, five.PassedAt(at("2021-03-14T17:00:00+07:00")))
	require.True(t, five.PassedAt(at("2021-03-14T10:00:00Z")), "the same instant, told in UTC")
	require.False(t, five.BegunAt(at("2021-03-14T16:59:59+07:00")))
	require.True(t, five.BegunAt(at("2021-03-14T17:00:00+07:00")))
	require.True(t, whole.BegunAt(at("2021-02-07T00:00:00+07:00")))
}

func TestHoursMoveOverMidnight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		from := civil.Cutoff{Day: anyDate(t, "day").Add(2000), Clock: civil.NewClock(rapid.IntRange(0, 23).Draw(t, "h"), rapid.IntRange(0, 59).Draw(t, "m"))}
		n := rapid.IntRange(-2000, 2000).Draw(t, "n")
		want := from.Day.At(from.Clock, time.UTC).Add(time.Duration(n) * time.Hour)
		require.Equal(t, civil.Now(want, time.UTC), from.AddHours(n))
		text, err := from.MarshalText()
		require.NoError(t, err)
		var back civil.Cutoff
		require.NoError(t, back.UnmarshalText(text))
		require.Equal(t, from, back)
	})
	opens := civil.Cutoff{Day: civil.Must("2021-05-23"), Clock: civil.NewClock(7, 0)}
	require.Equal(t, civil.Cutoff{Day: civil.Must("2021-05-22"), Clock: civil.NewClock(7, 0)}, opens.AddHours(-24))
}

func TestHoursOfTheDay(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"24:00", "7:00", "07:60", "", "07:00:00", "ab:cd"} {
		_, err := civil.ParseClock(s)
		require.ErrorIs(t, err, civil.ErrClock, "%q", s)
	}
	for m := range 1440 {
		c := civil.NewClock(m/60, m%60)
		back, err := civil.ParseClock(c.String())
		require.NoError(t, err)
		require.Equal(t, c, back)
		v, err := c.Value()
		require.NoError(t, err)
		var scanned civil.Clock
		require.NoError(t, scanned.Scan(v))
		require.Equal(t, c, scanned)
		require.False(t, c.IsZero(), "midnight is an hour too")
	}
	var none civil.Clock
	require.Error(t, none.Scan(int64(1440)))
	require.Error(t, none.Scan("07:00"))
	require.Panics(t, func() { civil.NewClock(24, 0) })
}

func TestASpanHoldsItsEndsAndGrowsOnlyAsNeeded(t *testing.T) {
	t.Parallel()
	s := civil.Span{}.Cover(civil.Must("2021-02-07")).Cover(civil.Date{}).Cover(civil.Must("2021-01-14")).Cover(civil.Must("2021-05-23")).Cover(civil.Must("2021-03-01"))
	require.Equal(t, civil.Span{First: civil.Must("2021-01-14"), Last: civil.Must("2021-05-23")}, s)
	require.True(t, s.Contains(s.First))
	require.True(t, s.Contains(s.Last))
	require.False(t, s.Contains(s.Last.Add(1)))
	require.Equal(t, 130, s.Days())
	require.True(t, civil.Span{First: s.First}.Contains(civil.Must("2099-01-01")), "an open end holds all that follows")
}

func TestBadValuesFromOutsideAreErrorsNotPanics(t *testing.T) {
	t.Parallel()
	var d civil.Date
	require.Error(t, d.Scan(42))
	require.ErrorIs(t, d.Scan("x"), civil.ErrDate)
	require.Error(t, json.Unmarshal([]byte(`20210523`), &d))
	require.Error(t, json.Unmarshal([]byte(`"2021-02-30"`), &d))
	require.Panics(t, func() { civil.Must("2021-02-30") })
	var c civil.Cutoff
	require.Error(t, c.UnmarshalText([]byte("2021-05-23T25:00")))
}
