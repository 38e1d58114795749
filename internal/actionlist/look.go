package actionlist

import (
	"strings"

	"github.com/xuri/excelize/v2"
)

// look is what a cell looks like.
type look struct {
	part part
	kind kind
	tone Tone
}

// part is a part of a sheet.
type part uint8

const (
	body part = iota
	heading
	title
	about
	warning
)

// The fonts are in points, the colours RRGGBB.
const (
	family   = "Calibri"
	ink      = "1B2330"
	paleInk  = "566070"
	hairline = "D1D5DB"
	headFill = "1F3A5F"
)

// colours are those of a tone: the fill, and the font that is read on it.
func (t Tone) colours() (fill, font string) {
	switch t {
	case Red:
		return "FFC7CE", "9C0006"
	case Amber:
		return "FFEB9C", "7F6000"
	case Green:
		return "C6EFCE", "006100"
	case Blue:
		return "DDEBF7", "1F4E79"
	case Violet:
		return "E8DFF5", "5B2C8A"
	case Grey:
		return "D9D9D9", "404040"
	}
	return "", ink
}

// The number formats of cells. Text has one of its own, so that what looks like
// a formula or a number is still text when somebody edits the cell.
const (
	formatText = 49 // the built-in @
	formatDay  = "dd/mm/yyyy"
	formatLeft = "0;[Red]-0"
)

// Heights of rows, in points.
const (
	titleHeight = 26
	lineHeight  = 13
	spareHeight = 3
)

// height is how high a row is in which the longest cell has so many lines. Not
// every program finds that out by itself.
func height(lines int) float64 {
	return min(float64(lines*lineHeight+spareHeight), excelize.MaxRowHeight)
}

// lines estimates in how many lines a text stands in a column, rather one too
// many than one too few.
func lines(text string, width float64) int {
	const edges = 0.8 // what the cell leaves free beside the text
	width -= edges
	n, used := 1, 0.0
	for word := range strings.SplitSeq(text, " ") {
		length := 0.0
		for _, r := range word {
			length += breadth(r)
		}
		if used > 0 {
			used += breadth(' ')
		}
		if used > 0 && used+length > width {
			n, used = n+1, 0
		}
		for used += length; used > width; used -= width {
			n++
		}
	}
	return n
}

// breadth is how broad a letter is, in the unit of a column's width: a digit of
// the size that is usual.
func breadth(r rune) float64 {
	switch {
	case strings.ContainsRune(" ijlI.,;:'!|()[]", r):
		return 0.46
	case strings.ContainsRune("frt-/", r):
		return 0.65
	case strings.ContainsRune("mw", r):
		return 1.5
	case strings.ContainsRune("MW@%", r), r >= 0x2e80: // from there on are the scripts of East Asia
		return 1.9
	case r >= 'A' && r <= 'Z':
		return 1.12
	case r >= 'a' && r <= 'z':
		return 0.91
	}
	return 1
}

// style is the look as excelize wants it.
func (l look) style() *excelize.Style {
	s := &excelize.Style{
		Font:      &excelize.Font{Family: family, Size: 10, Color: ink},
		Alignment: &excelize.Alignment{Vertical: "top"},
		NumFmt:    formatText,
	}
	switch l.part {
	case title:
		s.Font.Size, s.Font.Bold, s.Font.Color = 16, true, headFill
	case about:
		s.Font.Color = paleInk
	case warning:
		_, s.Font.Color = Amber.colours()
		s.Font.Bold = true
	case heading:
		s.Font.Bold, s.Font.Color = true, "FFFFFF"
		s.Fill = plainFill(headFill)
		s.Alignment = &excelize.Alignment{Vertical: "center", WrapText: true}
	case body:
		l.dress(s)
	}
	return s
}

// dress adds what the cells of a table have.
func (l look) dress(s *excelize.Style) {
	s.Border = []excelize.Border{{Type: "bottom", Color: hairline, Style: 1}}
	fill, font := l.tone.colours()
	s.Font.Color = font
	if fill != "" {
		s.Fill = plainFill(fill)
		s.Font.Bold = true
	}
	switch l.kind {
	case isDay:
		s.NumFmt, s.CustomNumFmt = 0, ptr(formatDay)
		s.Alignment.Horizontal = "left"
	case isNumber:
		s.NumFmt, s.CustomNumFmt = 0, ptr(formatLeft)
		s.Alignment.Horizontal = "center"
	default:
		s.Alignment.WrapText = true
	}
}

func plainFill(rgb string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{rgb}}
}

func ptr[T any](v T) *T { return &v }
