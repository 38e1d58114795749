// Command bench measures regcert on a made register against the least work
// that reading and writing such a workbook takes, and against a library that
// rewrites it. `make bench` runs it.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// options are what the measurements are made with.
type options struct {
	regcert, config string
	rows, runs      int
	excelize        bool
}

func main() {
	var o options
	do := flag.String("do", "", "for the bench's own child processes: the step to take")
	flag.StringVar(&o.regcert, "regcert", "./regcert", "the regcert `binary` to measure")
	flag.StringVar(&o.config, "config", "", "a config `file` to run it with instead of one that has nothing but the register; its workbooks must be register.xlsx")
	flag.IntVar(&o.rows, "rows", 100_000, "`rows` of the register")
	flag.IntVar(&o.runs, "runs", 5, "how many rounds of measurements; the median counts")
	flag.BoolVar(&o.excelize, "excelize", true, "measure excelize too, once: it takes most of a minute and 2 GB")
	flag.Parse()
	if o.runs < 1 || o.rows < 1 {
		fmt.Fprintln(os.Stderr, "bench: -runs and -rows are at least 1")
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
	if err := b.measureAll(); err != nil {
		return err
	}
	return b.print(os.Stdout)
}

// defaultConfig has nothing but the register.
const defaultConfig = "timezone: Europe/London\nworkbooks:\n  - path: register.xlsx\nstate_dir: state\n"

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
