package postgres_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/area"
	"tiendo/pkg/tracker"
)

// BenchmarkReports is what reports cost the program and its database where nothing
// is flushed to a disk: by one writer, and by many.
func BenchmarkReports(b *testing.B) {
	for _, writers := range []int{1, 16, 64} {
		b.Run(fmt.Sprint(writers), func(b *testing.B) {
			w := open(b, area.Edition2021().Only("small", "06"))
			var codes []area.Code
			for i := range w.opening.Frame.List.Len() {
				if a := w.opening.Frame.List.At(i); a.Level == area.LevelCommune {
					codes = append(codes, a.Code)
				}
			}
			var next atomic.Int64
			b.SetParallelism((writers + 1) / 2)
			b.ReportAllocs()
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				c := w.command(codes[int(next.Add(1))%len(codes)], "polling_team", "duty")
				for pb.Next() {
					if c.Status.Value == tracker.InProgress {
						c.Status = tracker.To(tracker.NotStarted)
					} else {
						c.Status = tracker.To(tracker.InProgress)
					}
					out, err := w.UpdateTask(context.Background(), id, actor, c)
					require.NoError(b, err)
					c.If = out.Record.Tasks[0].Revision
				}
			})
		})
	}
}
