package fault_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"tiendo/pkg/fault"
)

func TestAFileKeepsTheFirstFaultAndItsPlace(t *testing.T) {
	t.Parallel()
	f := fault.InFile("list-broken", "list.json")
	f.Because("0/day", nil)
	require.NoError(t, f.Err())
	f.Because("1/day", fault.New(fault.Invalid, "day-unreadable", "Không đọc được ngày %q", "Day %q cannot be read", "31/2"))
	f.Broken("2/name", "thiếu tên", "the name is missing")
	f.Because("3/day", errors.New("later"))
	e, ok := fault.As(f.Err())
	require.True(t, ok)
	require.Equal(t, fault.Invalid, e.Kind)
	require.Equal(t, "list-broken", e.Code)
	require.Equal(t, `File list.json is broken at "1/day": Day "31/2" cannot be read.`, e.Text.En)
	require.Equal(t, `Tệp list.json hỏng ở "1/day": Không đọc được ngày "31/2".`, e.Text.Vi)
	require.Equal(t, "/1/day", e.Fields[0].Pointer)
}
