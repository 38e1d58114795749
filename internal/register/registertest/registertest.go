// Package registertest makes sets of workbooks from small text tables.
package registertest

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"regcert/internal/calendar"
	"regcert/internal/register"
	"regcert/internal/xlsx"
)

var isoDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

// File is a workbook as bytes, and what it is called.
type File struct {
	Name string
	Data []byte
}

// Files makes workbooks from text:
//
//	== enrolments.xlsx
//	-- Enrolments
//	Learner ID | Qualification Code | Course Start
//	L001       | 610/1234/5         | 2026-03-24
//
// "++ A1:B1" merges cells of the sheet. "-- Name @3" puts the header row at row 3, "== name 1904" uses the 1904 date
// system. A cell such as 2026-03-24 becomes a real date, 12.5 a number, TRUE
// and FALSE logical values, =A1 a formula that was never calculated; after an
// apostrophe all is text.
func Files(t testing.TB, text string) []File {
	t.Helper()
	var files []File
	var book *excelize.File
	date := 0
	save := func() {
		if book == nil {
			return
		}
		check(t, book.DeleteSheet("Sheet1"))
		buf, err := book.WriteToBuffer()
		check(t, err)
		files[len(files)-1].Data = buf.Bytes()
	}
	sheet, row := "", 0
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case strings.HasPrefix(line, "== "):
			save()
			name, system, _ := strings.Cut(strings.TrimSpace(line[3:]), " ")
			files = append(files, File{Name: name})
			book = excelize.NewFile()
			if yes := system == "1904"; yes {
				check(t, book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
			}
			var err error
			date, err = book.NewStyle(&excelize.Style{NumFmt: 14})
			check(t, err)
		case strings.HasPrefix(line, "-- "):
			name, at, moved := strings.Cut(line[3:], "@")
			sheet, row = strings.TrimSpace(name), 1
			if moved {
				n, err := strconv.Atoi(strings.TrimSpace(at))
				check(t, err)
				row = n
			}
			_, err := book.NewSheet(sheet)
			check(t, err)
		case strings.HasPrefix(line, "++ "):
			first, last, _ := strings.Cut(strings.TrimSpace(line[3:]), ":")
			check(t, book.MergeCell(sheet, first, last))
		default:
			for i, cell := range strings.Split(line, "|") {
				ref, err := excelize.CoordinatesToCellName(i+1, row)
				check(t, err)
				setCell(t, book, sheet, ref, strings.TrimSpace(cell), date)
			}
			row++
		}
	}
	save()
	return files
}

func setCell(t testing.TB, book *excelize.File, sheet, ref, text string, date int) {
	t.Helper()
	number, notNumber := strconv.ParseFloat(text, 64)
	switch {
	case text == "":
	case text[0] == '\'':
		check(t, book.SetCellStr(sheet, ref, text[1:]))
	case text[0] == '=':
		check(t, book.SetCellFormula(sheet, ref, text[1:]))
	case text == "TRUE" || text == "FALSE":
		check(t, book.SetCellBool(sheet, ref, text == "TRUE"))
	case isoDate.MatchString(text):
		d, err := calendar.ParseISO(text)
		check(t, err)
		props, err := book.GetWorkbookProps()
		check(t, err)
		if props.Date1904 != nil && *props.Date1904 {
			d -= 1462
		}
		check(t, book.SetCellInt(sheet, ref, int64(d)))
		check(t, book.SetCellStyle(sheet, ref, ref, date))
	case notNumber == nil:
		check(t, book.SetCellFloat(sheet, ref, number, -1, 64))
	default:
		check(t, book.SetCellStr(sheet, ref, text))
	}
}

// Read makes the workbooks of Files and reads them.
func Read(t testing.TB, asOf calendar.Date, text string) []*register.Workbook {
	t.Helper()
	reader := register.NewReader(asOf, register.Aliases{})
	var set []*register.Workbook
	for _, f := range Files(t, text) {
		file, err := xlsx.Open(f.Data, xlsx.DefaultLimits())
		check(t, err)
		book, err := reader.Read(f.Name, file)
		check(t, err)
		set = append(set, book)
	}
	return set
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
