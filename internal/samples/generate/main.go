// Command generate makes the sample workbooks in a folder.
package main

import (
	"fmt"
	"os"

	"regcert/internal/samples"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/samples/generate DIR")
		os.Exit(2)
	}
	if err := samples.Write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}
