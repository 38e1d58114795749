// Command generate makes the sample workbooks in a folder, of the day for which
// they are made or as they were on an earlier one.
package main

import (
	"fmt"
	"os"

	"regcert/internal/calendar"
	"regcert/internal/samples"
)

func main() {
	day := samples.AsOf()
	var err error
	if len(os.Args) == 3 {
		day, err = calendar.ParseISO(os.Args[2])
	}
	if len(os.Args) < 2 || len(os.Args) > 3 || err != nil {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/samples/generate DIR [YYYY-MM-DD]")
		os.Exit(2)
	}
	if err := samples.Write(os.Args[1], day); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
