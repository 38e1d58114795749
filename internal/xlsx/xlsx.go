// Package xlsx reads and patches the file format of Excel workbooks (ECMA-376): it scans the cells of a worksheet straight
// from its bytes, writes single cells into those bytes leaving every other byte as it was, proves that it did, and replaces
// the file. It knows nothing of what the cells mean.
package xlsx

// Look is how a written cell looks, on top of the style it takes over from its neighbour.
type Look uint8

const (
	Plain   Look = iota // the neighbour's style
	Heading             // the neighbouring heading's style
	Date                // shown as dd/mm/yyyy
	Red                 // fill and a font colour that can be read on it
	Amber
	Green
	Grey
)

// Limits bound what Open accepts, so that a hostile package costs neither memory nor time.
type Limits struct {
	File       int64 // bytes of the package
	Unpacked   int64 // bytes of all entries together, inflated
	Entries    int   // number of entries
	Ratio      int   // inflated : deflated of one entry, where it is larger than RatioFloor
	RatioFloor int64 // bytes
	Depth      int   // nesting of XML elements
	Part       int64 // bytes of a part that is read as a whole: any but a worksheet and the shared strings
	Strings    int64 // bytes of memory that the shared strings take
}

// DefaultLimits are far above any workbook that staff make.
func DefaultLimits() Limits {
	return Limits{File: 64 << 20, Unpacked: 512 << 20, Entries: 1000, Ratio: 100, RatioFloor: 100 << 10, Depth: 64, Part: 32 << 20, Strings: 256 << 20}
}

// Table is an Excel table on a worksheet (18.5.1.2).
type Table struct {
	Name          string // the name that formulas use (displayName)
	Part          string // name of its entry in the package
	Ref           Range  // header and totals rows included
	HeaderRows    int
	TotalsRows    int
	Columns       []string // the names of its columns, as in its header row
	HasAutoFilter bool
}
