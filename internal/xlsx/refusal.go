package xlsx

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"
)

// RefusalKind says in one word why a package, or a patch, is refused.
type RefusalKind string

const (
	NotWorkbook RefusalKind = "not a workbook" // no zip package, or one without a workbook in it
	Empty       RefusalKind = "empty"          // a file of no bytes
	OldExcel    RefusalKind = "old Excel"      // .xls, the format before 2007
	Binary      RefusalKind = "binary"         // .xlsb
	Encrypted   RefusalKind = "encrypted"      // password-protected
	Damaged     RefusalKind = "damaged"        // what is stored is not what was written
	Hostile     RefusalKind = "hostile"        // duplicate or overlapping entries, custom entities
	TooLarge    RefusalKind = "too large"      // beyond Limits
	Unsupported RefusalKind = "unsupported"    // sound, perhaps, but not understood with certainty
	ReadOnly    RefusalKind = "read-only"      // can be read, is never written
	Occupied    RefusalKind = "occupied"       // a cell to be written holds what is not ours to overwrite
)

// Refusal is why a package is not read, or a patch not made: what is wrong, where, and what to do about it.
type Refusal struct {
	Kind   RefusalKind
	Part   string // the entry or "Sheet!A1", "" where it is the file as a whole
	Detail string // what is wrong
	Remedy string // what to do
}

func (r *Refusal) Error() string {
	var b strings.Builder
	if r.Part != "" {
		b.WriteString(visible(r.Part) + ": ")
	}
	b.WriteString(r.Detail)
	if r.Remedy != "" {
		b.WriteString("; " + r.Remedy)
	}
	return printable(b.String())
}

// visible makes the name of a part or a sheet fit for a message, whatever stands in it.
func visible(name string) string { return printable(string(clip([]byte(name), 200))) }

// printable keeps a message in one line, and keeps out of it what a terminal takes for a command.
func printable(message string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, message)
}

// remedies that several refusals share.
const (
	openAndSave = "open it in Excel, let Excel repair it if it offers to, and save it"
	restoreCopy = "restore an earlier copy, or open it in Excel and save it again"
	reportIt    = "nothing was written; please report this with a copy of the workbook"
)

// refusePart turns an error met in a part into a Refusal that names it; a Refusal that names its place stays as it is.
func refusePart(part string, err error) error {
	if err == nil {
		return nil
	}
	var r *Refusal
	if errors.As(err, &r) {
		if r.Part == "" {
			r.Part = part
		}
		return err
	}
	var x *syntaxError
	if errors.As(err, &x) && x.hostile {
		return hostile(part, "%s", x.what)
	}
	return &Refusal{Kind: Damaged, Part: part, Detail: "damaged: " + err.Error(), Remedy: openAndSave}
}
