package api_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// rights are all that an operation can ask of its caller.
var rights = []string{"anyone", "public", "self", "read", "report", "confirm", "organise", "admit", "administer"}

func TestEveryOperationSaysWhatItAsksOfItsCaller(t *testing.T) {
	t.Parallel()
	for path, item := range theContract(t).Paths.Map() {
		for method, operation := range item.Operations() {
			require.Contains(t, rights, operation.Extensions["x-right"], "%s %s: x-right", method, path)
			if method != "GET" {
				require.NotEqual(t, "public", operation.Extensions["x-right"], "%s %s changes something", method, path)
			}
		}
	}
}
