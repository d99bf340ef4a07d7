package postgres

import (
	"flag"
	"testing"

	"go.uber.org/goleak"
	_ "pgregory.net/rapid" // whose flag is set here
)

// fewer is how often a property is tried unless the command says otherwise:
// each time takes a database's work.
const fewer = "12"

func TestMain(m *testing.M) {
	said := false
	flag.Parse()
	flag.Visit(func(f *flag.Flag) { said = said || f.Name == "rapid.checks" })
	if !said {
		if err := flag.Set("rapid.checks", fewer); err != nil {
			panic(err)
		}
	}
	goleak.VerifyTestMain(
		m,
		// The private server of the tests runs as long as they do.
		goleak.IgnoreAnyFunction("tiendo/pkg/pglocal.launch.func1"),
		goleak.IgnoreAnyFunction("tiendo/pkg/pglocal.(*Server).begin.func1"),
		goleak.IgnoreAnyFunction("os/exec.(*Cmd).Start.func2"),
		goleak.IgnoreAnyFunction("os/exec.(*Cmd).watchCtx.func1"),
	)
}
