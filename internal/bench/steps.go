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
	"strconv"

	"github.com/xuri/excelize/v2"

	"regcert/internal/register"
	"regcert/internal/samples"
	"regcert/internal/xlsx"
)

const sheetPart = "xl/worksheets/sheet1.xml"

// step does, in a child process, one of the things that are measured.
func step(name string, args []string) error {
	switch {
	case name == "make" && len(args) == 2:
		rows, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		return makeRegister(args[0], rows)
	case name == "floor" && len(args) == 1:
		return leastWork(args[0])
	case name == "read" && len(args) == 1:
		return readAlone(args[0])
	case name == "excelize" && len(args) == 2:
		return rewrite(args[0], args[1])
	}
	return fmt.Errorf("there is no step %s %q", name, args)
}

func makeRegister(path string, rows int) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	err = samples.WriteRegister(w, samples.Register{Rows: rows, Seed: 1})
	return errors.Join(err, w.Flush(), f.Close())
}

// leastWork inflates the sheet once, scans its bytes once and deflates it once
// at the fastest level, with the standard library: what patching it takes a
// plain program at the least.
func leastWork(path string) error {
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
	out, err := flate.NewWriter(io.Discard, flate.BestSpeed)
	if err != nil {
		return err
	}
	tags := 0
	chunk := make([]byte, 1<<16)
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

// readAlone reads the register into records, as every regcert command does
// first.
func readAlone(path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	file, err := xlsx.Open(data, xlsx.DefaultLimits())
	if err != nil {
		return err
	}
	book, err := register.NewReader(samples.AsOf(), register.Aliases{}).Read(path, file)
	if err != nil {
		return err
	}
	if len(book.Sheets) == 0 || len(book.Sheets[0].Records) == 0 {
		return errors.New("no records were read")
	}
	return nil
}

// rewrite does with excelize what regcert run does with the cells: the whole
// sheet is read, four cells are set in each row, and the workbook is saved.
func rewrite(from, to string) error {
	book, err := excelize.OpenFile(from)
	if err != nil {
		return err
	}
	defer book.Close()
	const sheet = "Enrolments"
	rows, err := book.GetRows(sheet)
	if err != nil {
		return err
	}
	for i := range rows {
		for j, value := range []any{"Registered", float64(samples.AsOf()), "Nothing to do", ""} {
			ref, err := excelize.CoordinatesToCellName(samples.BigColumns+1+j, i+1)
			if err != nil {
				return err
			}
			if err := book.SetCellValue(sheet, ref, value); err != nil {
				return err
			}
		}
	}
	return book.SaveAs(to)
}
