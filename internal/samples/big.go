package samples

import (
	"archive/zip"
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"regcert/internal/calendar"
)

// BigColumns is how many columns a register can have.
const BigColumns = 28

// Register is a register of enrolments to be made.
type Register struct {
	Rows    int
	After   int      // how many learners are in other registers: numbers go on from there
	Columns []string // the headings that it has; nil: all BigColumns
	Seed    uint64   // the same seed makes the same bytes
}

// NarrowColumns are as many columns as leave room for a million rows, and for
// the answers to them, in a file of 64 MiB that unpacks to 512 MiB.
func NarrowColumns() []string {
	return []string{"Learner ID", "Qualification Code", "Course Start", "Submitted to AIM", "AIM Confirmed", "AIM Registration No", "Accuracy Checked"}
}

// WriteRegister writes a register as Excel would save it: one sheet, every text
// a shared string, dates as numbers with a date format, blank cells left out,
// and none of the columns that regcert writes. On the day AsOf most learners of
// it are registered and a few are in each other position.
func WriteRegister(w io.Writer, r Register) error {
	g, err := newGenerator(r)
	if err != nil {
		return err
	}
	out := zip.NewWriter(w)
	for _, p := range bigParts(fmt.Sprintf("$A$1:$%s$%d", g.letters(g.wide), r.Rows+1)) {
		if err := writePart(out, p.name, func(b *bufio.Writer) { b.WriteString(p.content) }); err != nil {
			return err
		}
	}
	if err := writePart(out, "xl/worksheets/sheet1.xml", g.sheet); err != nil {
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
	Register
	rand    *rand.Rand
	days    *calendar.Calendar
	index   map[string]int // of the shared strings that come again
	strings []string
	used    int // how often a shared string was referred to

	row  []byte             // of the row being made
	at   string             // its number
	col  int                // the last column written
	refs [BigColumns]string // the letters of the columns; "" where the register has no such column
	wide int                // how many it has
}

func newGenerator(r Register) (*generator, error) {
	holidays, err := calendar.BankHolidays(calendar.EnglandAndWales, nil)
	if err != nil {
		return nil, err
	}
	g := &generator{Register: r, rand: rand.New(rand.NewPCG(r.Seed, 0)), days: calendar.New(holidays, nil), index: map[string]int{}}
	for i, h := range bigHeadings {
		if r.Columns == nil || slices.Contains(r.Columns, h) {
			g.wide++
			g.refs[i] = g.letters(g.wide)
		}
	}
	return g, nil
}

func (g *generator) letters(col int) string { return strings.TrimSuffix(name(col, 1), "1") }

// bigHeadings are in the order in which enrolment and registration fill them.
var bigHeadings = [BigColumns]string{
	"Learner ID", "ULN", "Legal First Name", "Legal Last Name", "Date of Birth", "Email", "Ethnicity",
	"Qualification Code", "Qualification Title", "Level", "Credits", "Course Start", "Course End",
	"First Attendance", "Admin Notified", "ID Verified", "MIS Logged", "Submitted to AIM", "AIM Confirmed", "AIM Registration No",
	"Accuracy Checked", "Registration Expiry", "Late Reason", "Head of Quality Notified", "AIM Contacted", "Late Fee Paid",
	"Corrective Action", "Quality Log Ref",
}

func (g *generator) sheet(w *bufio.Writer) {
	last := name(g.wide, g.Rows+1)
	fmt.Fprintf(w, xmlHead+`<worksheet xmlns=%q><dimension ref="A1:%s"/><sheetViews><sheetView tabSelected="1" workbookViewId="0">`+
		`<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>`+
		`<cols><col min="1" max="1" width="11" customWidth="1"/><col min="2" max="%d" width="14" customWidth="1"/></cols><sheetData>`, mainNS, last, g.wide)
	g.begin(1)
	for _, h := range bigHeadings {
		g.text(h, headFormat)
	}
	w.Write(g.end())
	for i := range g.Rows {
		g.begin(i + 2)
		g.enrolment(g.After + i)
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
	g.row = append(g.row, `" spans="1:`...)
	g.row = append(strconv.AppendInt(g.row, int64(g.wide), 10), `">`...)
}

func (g *generator) end() []byte {
	g.row = append(g.row, "</row>"...)
	return g.row
}

// blank leaves a cell out, or a column that the register does not have.
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
	if s == "" || g.refs[g.col] == "" {
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
	if g.refs[g.col] == "" {
		g.blank()
		return
	}
	g.used++
	g.cell(g.share(s), plainFormat, ` t="s"`)
}

func (g *generator) share(s string) int {
	g.strings = append(g.strings, s)
	return len(g.strings) - 1
}

func (g *generator) cell(v, format int, typ string) {
	if g.refs[g.col] == "" {
		g.blank()
		return
	}
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
