package api

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/civil"
	"tiendo/pkg/mirror/mirrortest"
	"tiendo/pkg/timeline"
)

func TestWhatIsAppendedByHandIsWhatTheContractsTypesWouldSay(t *testing.T) {
	t.Parallel()
	l := mirrortest.Open(t, mirrortest.Places())
	v := l.View(t)
	s := &Server{zone: mirrortest.Zone}
	for i := range v.Frame().List.Len() {
		built, err := timeline.Build(v, i, civil.Cutoff{Day: civil.Must("2021-03-01"), Clock: civil.NewClock(9, 0)}, timeline.Options{})
		require.NoError(t, err)
		for _, x := range append(built.Items, built.Above...) {
			byHand, err := s.appendItem(nil, &x)
			require.NoError(t, err)
			byType, err := json.Marshal(s.item(x))
			require.NoError(t, err)
			require.JSONEq(t, string(byType), string(byHand))
		}
		whole, err := s.encodeTimeline(v, i, built)
		require.NoError(t, err)
		var read Timeline
		require.NoError(t, json.Unmarshal(whole, &read))
		require.Len(t, read.Items, len(built.Items))
		require.Len(t, read.Above, len(built.Above))
	}
}

func BenchmarkEncodeTimeline(b *testing.B) {
	l := mirrortest.Open(b, mirrortest.Places())
	v := l.View(b)
	s := &Server{zone: time.FixedZone("+07", 7*3600)}
	i, _ := v.Frame().List.Index("31")
	built, err := timeline.Build(v, i, civil.Cutoff{Day: civil.Must("2021-03-01"), Clock: civil.NewClock(9, 0)}, timeline.Options{})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		body, err := s.encodeTimeline(v, i, built)
		require.NoError(b, err)
		b.SetBytes(int64(len(body)))
	}
}
