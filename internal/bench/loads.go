package main

import (
	"fmt"
	"time"

	"github.com/dustin/go-humanize"

	"regcert/internal/samples"
)

// load is a set of workbooks that is measured.
type load struct {
	name      string // of its folder
	books     int
	rows      int // of each workbook
	columns   []string
	rounds    int
	byLibrary int  // how many of the workbooks the library gets; 0: it is not measured
	digest    bool // what is measured is what is made of its findings, not what is written back
	daemon    bool // what is measured is the daemon, which has nothing to do
}

// The loads, by name.
const (
	largeRegister  = "large"
	smallWorkbooks = "small"
	hugeRegister   = "huge"
	lateRegister   = "late"
	watched        = "watched"
)

// loads are the sets that are measured.
func loads(o options) []load {
	all := []load{
		{name: largeRegister, books: 1, rows: o.rows, rounds: o.runs, byLibrary: 1},
		{name: smallWorkbooks, books: o.books, rows: 200, rounds: o.runs, byLibrary: min(o.books, 20)},
		{name: hugeRegister, books: 1, rows: o.large, columns: samples.NarrowColumns(), rounds: (o.runs + 1) / 2},
		// Nothing in it says that a learner is registered: on most rows something is open.
		{name: lateRegister, books: 1, rows: o.late, columns: []string{"Learner ID", "Qualification Code", "Course Start"}, rounds: o.runs, digest: true},
		{name: watched, books: o.watched, rows: 200, rounds: 1, daemon: true},
	}
	var list []load
	for _, l := range all {
		if !o.excelize {
			l.byLibrary = 0
		}
		if l.books > 0 && l.rows > 0 {
			list = append(list, l)
		}
	}
	return list
}

func (l load) String() string {
	columns := len(l.columns)
	if l.columns == nil {
		columns = samples.BigColumns
	}
	each := fmt.Sprintf("%s rows × %d columns", humanize.Comma(int64(l.rows)), columns)
	if l.books == 1 {
		return "one register of " + each
	}
	return fmt.Sprintf("%s workbooks of %s", humanize.Comma(int64(l.books)), each)
}

// target is a figure that regcert is meant to keep.
type target struct {
	what         string
	load         string
	of, to       string // measurements; to is empty where the figure is memory, or processors
	atMost       float64
	memoryAtMost int64
	busyAtLeast  float64       // processors at work, of two
	workAtMost   time.Duration // of all processors
	wallAtMost   time.Duration
}

func targets() []target {
	return []target{
		{what: "large register: first run against the floor", load: largeRegister, of: firstRun, to: floor, atMost: 3},
		{what: "large register: first run against excelize", load: largeRegister, of: firstRun, to: library, atMost: 0.1},
		{what: "large register: second run against the read alone", load: largeRegister, of: secondRun, to: check, atMost: 1.5},
		{what: "large register: peak memory of the first run", load: largeRegister, of: firstRun, memoryAtMost: 300e6},
		{what: "small workbooks: first run against the floor", load: smallWorkbooks, of: firstRun, to: floor, atMost: 8},
		{what: "small workbooks: first run against excelize", load: smallWorkbooks, of: firstRun, to: library, atMost: 0.1},
		{what: "small workbooks: processors at work in the second run", load: smallWorkbooks, of: secondRun, busyAtLeast: 1.3},
		{what: "late register: the digest's peak memory", load: lateRegister, of: digest, memoryAtMost: 200e6},
		{what: "late register: the digest against the check alone", load: lateRegister, of: digest, to: check, atMost: 2},
		{what: "huge register: first run against the floor", load: hugeRegister, of: firstRun, to: floor, atMost: 6},
		// On 130,000 of its rows something is open, and the life of each begins.
		{what: "huge register: peak memory of the first run", load: hugeRegister, of: firstRun, memoryAtMost: 1.3e9},
		{what: "watched workbooks, unchanged: a run", load: watched, of: secondRun, wallAtMost: time.Second},
		{what: "the idle daemon: processor time in a minute", load: watched, of: idle, workAtMost: 100 * time.Millisecond},
		{what: "the idle daemon: memory", load: watched, of: idle, memoryAtMost: 40e6},
	}
}
