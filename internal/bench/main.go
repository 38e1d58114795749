// Command bench measures regcert on made registers: one large, many small, one
// very large and one in which most is late, each against the least work that reading
// and writing such workbooks takes, and against a library that rewrites them; and
// the daemon while it has nothing to do. `make bench` runs it.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// options are what the measurements are made with.
type options struct {
	regcert, config    string
	rows, books, large int
	late, watched      int
	runs               int
	excelize           bool
}

func main() {
	var o options
	do := flag.String("do", "", "for the bench's own child processes: the step to take")
	flag.StringVar(&o.regcert, "regcert", "./regcert", "the regcert `binary` to measure")
	flag.StringVar(&o.config, "config", "", "a config `file` to run it with instead of one that has nothing but the registers; its workbooks must be *.xlsx")
	flag.IntVar(&o.rows, "rows", 100_000, "`rows` of the large register; 0: it is not measured")
	flag.IntVar(&o.books, "books", 500, "how many small `workbooks`; 0: they are not measured")
	flag.IntVar(&o.large, "large", 1_000_000, "`rows` of the very large register; 0: it is not measured")
	flag.IntVar(&o.late, "late", 48_000, "`rows` of the register of which most are late, some 50,000 findings; 0: it is not measured")
	flag.IntVar(&o.watched, "watched", 200, "how many `workbooks` the idle daemon watches, on Linux; 0: it is not measured")
	flag.IntVar(&o.runs, "runs", 5, "how many rounds of measurements, half as many of the very large register; the median counts")
	flag.BoolVar(&o.excelize, "excelize", true, "measure excelize too, once: it takes most of a minute and 2 GB")
	flag.Parse()
	if o.runs < 1 || min(o.rows, o.books, o.large, o.late, o.watched) < 0 {
		fmt.Fprintln(os.Stderr, "bench: -runs is at least 1, and nothing is less than 0")
		os.Exit(2)
	}
	var err error
	if *do != "" {
		err = step(*do, flag.Args())
	} else {
		err = compare(o)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// compare takes all measurements in a temporary folder and prints them.
func compare(o options) error {
	dir, err := os.MkdirTemp("", "regcert-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b, err := newBench(o, dir)
	if err != nil {
		return err
	}
	for _, l := range loads(o) {
		if err := b.measureAll(l); err != nil {
			return err
		}
	}
	return b.print(os.Stdout)
}

// defaultConfig has nothing but the registers, and somebody who gets a digest.
const defaultConfig = "timezone: Europe/London\nworkbooks:\n  - path: \"*.xlsx\"\nstate_dir: state\nrecipients:\n  - {name: Head of Quality, email: quality@centre.example}\n"

// configure writes the config file into the folder and returns its path.
func configure(dir, from string) (string, error) {
	text := []byte(defaultConfig)
	if from != "" {
		var err error
		if text, err = os.ReadFile(from); err != nil {
			return "", err
		}
	}
	path := filepath.Join(dir, "config.yaml")
	return path, os.WriteFile(path, text, 0o600)
}
