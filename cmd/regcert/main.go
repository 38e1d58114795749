// Regcert keeps a training centre's registrations and certificate claims in
// order, straight from the workbooks in which staff keep them.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"regcert/internal/cli"
)

func main() {
	debug.SetGCPercent(50) // regcert shares a small machine: memory counts for more than time
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], cli.System())
	stop()
	os.Exit(code)
}
