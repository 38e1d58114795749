// Regcert keeps a training centre's registrations and certificate claims in
// order, straight from the workbooks in which staff keep them.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"regcert/internal/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Main(ctx, os.Args[1:], cli.System())
	stop()
	os.Exit(code)
}
