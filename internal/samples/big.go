package samples

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"

	"regcert/internal/calendar"
)

// BigColumns is how many columns the register of WriteRegister has.
const BigColumns = 28

// WriteRegister writes a register of enrolments with as many rows as wanted,
// as Excel would save it: one sheet of BigColumns columns, every text a shared
// string, dates as numbers with a date format, blank cells left out, and none
// of the columns that regcert writes. On the day AsOf most learners of it are
// registered and a few are in each other position. The same seed makes the
// same bytes.
func WriteRegister(w io.Writer, rows int, seed uint64) error {
	out := zip.NewWriter(w)
	for _, p := range bigParts(rows) {
		if err := writePart(out, p.name, func(b *bufio.Writer) { b.WriteString(p.content) }); err != nil {
			return err
		}
	}
	g, err := newGenerator(seed)
	if err != nil {
		return err
	}
	sheet := func(b *bufio.Writer) { g.sheet(b, rows) }
	if err := writePart(out, "xl/worksheets/sheet1.xml", sheet); err != nil {
		return err
	}
	if err := writePart(out, "xl/sharedStrings.xml", g.sharedStrings); err != nil {
		return err
	}
	return out.Close()
}

// writePart adds a part to the package. A bufio.Writer keeps its first error,
// so that fill need not look at any.
func writePart(out *zip.Writer, name string, fill func(*bufio.Writer)) error {
	part, err := out.Create(name)
	if err != nil {
		return err
	}
	b := bufio.NewWriterSize(part, 1<<16)
	fill(b)
	return b.Flush()
}

// The cell formats of the register, by index in styles.xml.
const (
	plainFormat = iota
	headFormat
	dayFormat
	wholeFormat
)

// generator makes the rows of a register.
type generator struct {
	rand    *rand.Rand
	days    *calendar.Calendar
	index   map[string]int // of the shared strings that come again
	strings []string
	used    int // how often a shared string was referred to

	row  []byte // of the row being made
	at   string // its number
	col  int    // the last column written
	refs [BigColumns]string
}

func newGenerator(seed uint64) (*generator, error) {
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		return nil, err
	}
	g := &generator{rand: rand.New(rand.NewPCG(seed, 0)), days: calendar.New(holidays, nil), index: map[string]int{}}
	for i := range g.refs {
		g.refs[i] = strings.TrimSuffix(name(i+1, 1), "1")
	}
	return g, nil
}

// bigHeadings are in the order in which enrolment and registration fill them.
var bigHeadings = [BigColumns]string{
	"Learner ID", "ULN", "Legal First Name", "Legal Last Name", "Date of Birth", "Email", "Ethnicity",
	"Qualification Code", "Qualification Title", "Level", "Credits", "Course Start", "Course End",
	"First Attendance", "Admin Notified", "ID Verified", "MIS Logged", "Submitted to AIM", "AIM Confirmed", "AIM Registration No",
	"Accuracy Checked", "Registration Expiry", "Late Reason", "Head of Quality Notified", "AIM Contacted", "Late Fee Paid",
	"Corrective Action", "Quality Log Ref",
}

const bigWidths = `<cols><col min="1" max="1" width="11" customWidth="1"/><col min="2" max="28" width="14" customWidth="1"/></cols>`

func (g *generator) sheet(w *bufio.Writer, rows int) {
	last := name(BigColumns, rows+1)
	fmt.Fprintf(w, xmlHead+`<worksheet xmlns=%q><dimension ref="A1:%s"/><sheetViews><sheetView tabSelected="1" workbookViewId="0">`+
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>`+
		bigWidths+`<sheetData>`, mainNS, last)
	g.begin(1)
	for _, h := range bigHeadings {
		g.text(h, headFormat)
	}
	w.Write(g.end())
	for n := range rows {
		g.begin(n + 2)
		g.enrolment(n)
		w.Write(g.end())
	}
	fmt.Fprintf(w, `</sheetData><autoFilter ref="A1:%s"/><pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/></worksheet>`, last)
}

func (g *generator) sharedStrings(w *bufio.Writer) {
	fmt.Fprintf(w, xmlHead+`<sst xmlns=%q count="%d" uniqueCount="%d">`, mainNS, g.used, len(g.strings))
	for _, s := range g.strings { // nothing in them needs escaping
		w.WriteString("<si><t>")
		w.WriteString(s)
		w.WriteString("</t></si>")
	}
	w.WriteString("</sst>")
}

func (g *generator) begin(row int) {
	g.at, g.col = strconv.Itoa(row), 0
	g.row = append(g.row[:0], `<row r="`...)
	g.row = append(g.row, g.at...)
	g.row = append(g.row, `" spans="1:28">`...)
}

func (g *generator) end() []byte {
	g.row = append(g.row, "</row>"...)
	return g.row
}

// blank leaves a cell out.
func (g *generator) blank() { g.col++ }

// number writes a number in the next column.
func (g *generator) number(n, format int) { g.cell(n, format, "") }

// day writes a date in the next column, or leaves it blank where there is none.
func (g *generator) day(d calendar.Date) {
	if d.IsZero() {
		g.blank()
		return
	}
	g.cell(int(d), dayFormat, "")
}

// text writes a text that comes again and again in the next column, nothing
// where it is empty.
func (g *generator) text(s string, format int) {
	if s == "" {
		g.blank()
		return
	}
	i, ok := g.index[s]
	if !ok {
		i = g.share(s)
		g.index[s] = i
	}
	g.used++
	g.cell(i, format, ` t="s"`)
}

// unique writes a text that no other cell holds.
func (g *generator) unique(s string) {
	g.used++
	g.cell(g.share(s), plainFormat, ` t="s"`)
}

func (g *generator) share(s string) int {
	g.strings = append(g.strings, s)
	return len(g.strings) - 1
}

func (g *generator) cell(v, format int, typ string) {
	b := append(g.row, `<c r="`...)
	b = append(b, g.refs[g.col]...)
	b = append(b, g.at...)
	b = append(b, '"')
	if format != plainFormat {
		b = append(b, ` s="`...)
		b = strconv.AppendInt(b, int64(format), 10)
		b = append(b, '"')
	}
	b = append(b, typ...)
	b = append(b, `><v>`...)
	b = strconv.AppendInt(b, int64(v), 10)
	g.row = append(b, `</v></c>`...)
	g.col++
}
