package main

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"regcert/internal/register"
	"regcert/internal/samples"
	"regcert/internal/xlsx"
)

const (
	sheetName = "Enrolments"
	sheetPart = "xl/worksheets/sheet1.xml"
)

// step does, in a child process, one of the things that are measured, on the
// workbooks of a folder.
func step(name string, args []string) error {
	switch {
	case name == "make" && len(args) == 4:
		return makeBooks(args[0], args[1], args[2], args[3])
	case name == "hash" && len(args) == 1:
		_, err := hashes(args[0])
		return err
	case name == "floor" && len(args) == 1:
		return leastWork(args[0])
	case name == "read" && len(args) == 1:
		return readAlone(args[0])
	case name == "excelize" && len(args) == 3:
		return rewrite(args[0], args[1], args[2])
	}
	return fmt.Errorf("there is no step %s %q", name, args)
}

// makeBooks makes registers of different learners. Columns are headings with
// commas between them, none for all.
func makeBooks(dir, books, rows, columns string) error {
	n, err := strconv.Atoi(books)
	if err != nil {
		return err
	}
	r := samples.Register{}
	if r.Rows, err = strconv.Atoi(rows); err != nil {
		return err
	}
	if columns != "" {
		r.Columns = strings.Split(columns, ",")
	}
	for i := range n {
		r.Seed, r.After = uint64(i+1), i*r.Rows
		if err := makeBook(filepath.Join(dir, fmt.Sprintf("register%03d.xlsx", i)), r); err != nil {
			return err
		}
	}
	return nil
}

func makeBook(path string, r samples.Register) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = samples.WriteRegister(w, r)
	return errors.Join(err, w.Flush(), f.Close())
}

// leastWork inflates each sheet once, scans its bytes once and deflates it once
// at the fastest level, with the standard library and on one processor: what
// patching it takes a plain program at the least.
func leastWork(dir string) error {
	paths, err := booksIn(dir)
	if err != nil {
		return err
	}
	out, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	if err != nil {
		return err
	}
	chunk := make([]byte, 1<<16)
	for _, path := range paths {
		out.Reset(io.Discard)
		if err := rewriteSheet(path, out, chunk); err != nil {
			return err
		}
	}
	return nil
}

func rewriteSheet(path string, out *flate.Writer, chunk []byte) error {
	in, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer in.Close()
	sheet, err := in.Open(sheetPart)
	if err != nil {
		return err
	}
	defer sheet.Close()
	tags := 0
	for {
		n, err := sheet.Read(chunk)
		for rest := chunk[:n]; ; tags++ {
			i := bytes.IndexByte(rest, '<')
			if i < 0 {
				break
			}
			rest = rest[i+1:]
		}
		if _, err := out.Write(chunk[:n]); err != nil {
			return err
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
	}
	if tags == 0 {
		return fmt.Errorf("%s holds no tags", sheetPart)
	}
	return out.Close()
}

// readAlone reads the registers into records, as every regcert command does
// first, one after the other.
func readAlone(dir string) error {
	paths, err := booksIn(dir)
	if err != nil {
		return err
	}
	reader := register.NewReader(samples.AsOf(), register.Aliases{})
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := xlsx.Open(data, xlsx.DefaultLimits())
		if err != nil {
			return err
		}
		book, err := reader.Read(path, file)
		if err != nil {
			return err
		}
		if len(book.Sheets) == 0 || len(book.Sheets[0].Records) == 0 {
			return errors.New("no records were read")
		}
	}
	return nil
}

// rewrite does with excelize what regcert run does with the cells, on some of
// the workbooks: the whole sheet is read, four cells are set in each row, and
// the workbook is saved.
func rewrite(from, to, some string) error {
	paths, err := booksIn(from)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(some)
	if err != nil || n > len(paths) {
		return fmt.Errorf("%s holds no %s workbooks", from, some)
	}
	for _, path := range paths[:n] {
		if err := rewriteBook(path, filepath.Join(to, filepath.Base(path))); err != nil {
			return err
		}
	}
	return nil
}

func rewriteBook(from, to string) error {
	book, err := excelize.OpenFile(from)
	if err != nil {
		return err
	}
	defer book.Close()
	rows, err := book.GetRows(sheetName)
	if err != nil {
		return err
	}
	for i := range rows {
		for j, value := range []any{"Registered", float64(samples.AsOf()), "Nothing to do", ""} {
			ref, err := excelize.CoordinatesToCellName(samples.BigColumns+1+j, i+1)
			if err != nil {
				return err
			}
			if err := book.SetCellValue(sheetName, ref, value); err != nil {
				return err
			}
		}
	}
	return book.SaveAs(to)
}
