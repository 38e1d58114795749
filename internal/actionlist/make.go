package actionlist

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// maker makes the workbook. The first error stops all that follows.
type maker struct {
	*excelize.File
	book   *Book
	styles map[look]int
	err    error
}

// inMemory names no folder that could be: excelize, which puts large sheets
// into temporary files where it can, is to leave what is personal in memory.
const inMemory = "\x00"

// Bytes makes the workbook: an .xlsx file, the same for the same Book.
func (b *Book) Bytes() ([]byte, error) {
	m := &maker{File: excelize.NewFile(excelize.Options{TmpDir: inMemory}), book: b, styles: map[look]int{}}
	defer m.Close()
	for i := range b.Sheets {
		s := &b.Sheets[i]
		if i == 0 {
			m.try(m.SetSheetName("Sheet1", s.Name))
		} else {
			_, err := m.NewSheet(s.Name)
			m.try(err)
		}
		m.sheet(s)
	}
	m.properties()
	if m.err != nil {
		return nil, fmt.Errorf("action list: %w", m.err)
	}
	made, err := m.WriteToBuffer()
	if err == nil {
		made, err = inOrder(made.Bytes())
	}
	if err != nil {
		return nil, fmt.Errorf("action list: %w", err)
	}
	return made.Bytes(), nil
}

// inOrder sorts the parts of a workbook by name: excelize writes the sheets in
// any order.
func inOrder(workbook []byte) (*bytes.Buffer, error) {
	parts, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(parts.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) })
	out := new(bytes.Buffer)
	w := zip.NewWriter(out)
	for _, f := range parts.File {
		if err := w.Copy(f); err != nil {
			return nil, err
		}
	}
	return out, w.Close()
}

// try keeps the first error.
func (m *maker) try(err error) {
	if m.err == nil {
		m.err = err
	}
}

// style returns excelize's number for a look.
func (m *maker) style(l look) int {
	id, known := m.styles[l]
	if !known {
		var err error
		id, err = m.NewStyle(l.style())
		m.try(err)
		m.styles[l] = id
	}
	return id
}

// program is what the properties of the workbook say it was made with. Any
// program that saves the workbook puts its own name there.
const program = "regcert"

func (m *maker) properties() {
	b, made := m.book, m.book.MadeAt.UTC().Format(time.RFC3339)
	m.try(m.SetDocProps(&excelize.DocProperties{
		Title: b.Title, Subject: b.line(""), Creator: program, LastModifiedBy: program, Created: made, Modified: made, Language: "en-GB",
	}))
	m.try(m.SetAppProps(&excelize.AppProperties{Application: program, Company: b.Centre}))
}

// IsUntouched reports whether a file is a workbook as Bytes makes them, which no
// program has saved since.
func IsUntouched(file io.ReaderAt, size int64) bool {
	parts, err := zip.NewReader(file, size)
	if err != nil {
		return false
	}
	part, err := parts.Open("docProps/app.xml")
	if err != nil {
		return false
	}
	defer part.Close()
	var app struct{ Application string }
	return xml.NewDecoder(io.LimitReader(part, 1<<16)).Decode(&app) == nil && app.Application == program
}

// line is what is said of the workbook, and of a sheet, in a line.
func (b *Book) line(about string) string {
	parts := []string{b.Centre, "as of " + b.AsOf.Long(), "", about}
	if b.For != "" {
		parts[2] = "for " + b.For
	}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " · ")
}
