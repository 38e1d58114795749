package samples

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

// overview makes the sheet of counts, block beside block, and a chart on their
// right.
func (b *book) overview(o overview) {
	_, err := b.NewSheet(o.sheet)
	b.try(err)
	b.try(b.SetCellValue(o.sheet, "A1", o.title))
	b.try(b.MergeCell(o.sheet, "A1", name(3*len(o.counts)+4, 1)))
	b.try(b.SetCellStyle(o.sheet, "A1", "A1", b.style(style{title: true})))
	b.try(b.SetRowHeight(o.sheet, 1, 28))
	b.position(o.sheet)
	for i, k := range o.counts {
		b.count(o.sheet, 1+3*i, k)
	}
	b.chart(o, name(1+3*len(o.counts), firstCount))
	b.try(b.SetSheetProps(o.sheet, &excelize.SheetPropsOptions{TabColorRGB: ptr("FFB45309"), FitToPage: ptr(true)}))
	b.try(b.SetSheetView(o.sheet, 0, &excelize.ViewOptions{ShowGridLines: ptr(false)}))
	b.dimension(o.sheet, 3*len(o.counts)-1, firstCount+1+len(o.counts[0].values))
	b.page(o.sheet, nil)
	b.try(b.SetPageLayout(o.sheet, &excelize.PageLayoutOptions{FitToHeight: ptr(1)}))
}

const firstCount = 4 // the row of the headings of counts

// count makes one block.
func (b *book) count(sheet string, col int, k count) {
	a := b.areas[k.sheet]
	values := k.values
	if len(values) == 0 {
		for _, q := range b.centre.sheets["Qualifications"] {
			values = append(values, q["Qualification Code"])
		}
	}
	b.try(b.SetCellValue(sheet, name(col, firstCount), k.heading))
	b.try(b.SetCellValue(sheet, name(col+1, firstCount), k.of))
	b.try(b.SetCellStyle(sheet, name(col, firstCount), name(col, firstCount), b.style(style{head: true})))
	b.try(b.SetCellStyle(sheet, name(col+1, firstCount), name(col+1, firstCount), b.style(style{head: true, right: true})))
	counted := fmt.Sprintf("%s!%s", a.sheet, absolute(a.col(k.column), a.header+1, a.last+spare))
	if a.table != "" {
		counted = fmt.Sprintf("%s[%s]", a.table, k.column)
	}
	at, total := firstCount, 0
	for _, v := range values {
		at++
		n := 0
		for _, r := range b.centre.sheets[k.sheet] {
			if r[k.column] == v {
				n++
			}
		}
		total += n
		b.try(b.SetCellValue(sheet, name(col, at), v))
		b.formula(sheet, name(col+1, at), fmt.Sprintf("COUNTIF(%s,%s)", counted, name(col, at)), n)
		b.try(b.SetCellStyle(sheet, name(col, at), name(col, at), b.style(style{border: true})))
		b.try(b.SetCellStyle(sheet, name(col+1, at), name(col+1, at), b.style(style{border: true, right: true})))
	}
	b.try(b.SetCellValue(sheet, name(col, at+1), "All"))
	b.formula(sheet, name(col+1, at+1), fmt.Sprintf("SUM(%s:%s)", name(col+1, firstCount+1), name(col+1, at)), total)
	b.try(b.SetCellStyle(sheet, name(col, at+1), name(col, at+1), b.style(style{bold: true})))
	b.try(b.SetCellStyle(sheet, name(col+1, at+1), name(col+1, at+1), b.style(style{bold: true, right: true})))
	for i, width := range []float64{24, 11, 4} {
		letter, err := excelize.ColumnNumberToName(col + i)
		b.try(err)
		b.try(b.SetColWidth(sheet, letter, letter, width))
	}
}

// chart draws the first block of counts as bars.
func (b *book) chart(o overview, at string) {
	k := o.counts[0]
	last := firstCount + len(k.values)
	text := excelize.Font{Family: "Calibri", Size: 10, Color: ink}
	b.try(b.AddChart(o.sheet, at, &excelize.Chart{
		Type: excelize.Bar,
		Series: []excelize.ChartSeries{{
			Name:       o.sheet + "!$B$4",
			Categories: o.sheet + "!" + absolute(1, firstCount+1, last),
			Values:     o.sheet + "!" + absolute(2, firstCount+1, last),
			Fill:       excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{slate}},
		}},
		Title:     excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: k.heading + " by status", Font: &excelize.Font{Family: "Calibri", Size: 13, Bold: true, Color: slate}}}},
		Legend:    excelize.ChartLegend{Position: "none"},
		Dimension: excelize.ChartDimension{Width: 620, Height: uint(80 + 24*len(k.values))},
		XAxis:     excelize.ChartAxis{ReverseOrder: true, Font: text},
		YAxis:     excelize.ChartAxis{None: true},
		PlotArea:  excelize.ChartPlotArea{ShowVal: true},
		GapWidth:  ptr(uint(40)),
	}))
}

// absolute returns the absolute reference of some rows of a column.
func absolute(col, from, to int) string {
	letter, err := excelize.ColumnNumberToName(col)
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("$%s$%d:$%[1]s$%[3]d", letter, from, to)
}
