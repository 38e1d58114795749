package xlsx

import (
	"bytes"
	"errors"
)

// Scan streams the rows of the sheet, in order. The *Row and its cells are valid only during the call, and to be believed
// only when Scan has returned nil: its size and CRC are known at its end. An error from fn ends the scan and is returned
// as it is, what was seen being unchecked; every other error is a *Refusal that names the sheet. Rows or cells that are
// out of order, or stand twice, are refused, as Excel itself takes such a sheet for damaged.
func (s *Sheet) Scan(fn func(*Row) error) error {
	sc, err := s.open()
	if err != nil {
		return err
	}
	defer sc.close()
	for {
		row, err := sc.row()
		if row == nil && err == nil {
			err = sc.drain()
			if err == nil {
				return nil
			}
		}
		if err != nil {
			if damage := s.Check(); damage != nil {
				return damage // tells more than what the damage led to
			}
			return s.refuse(err)
		}
		if err := fn(row); err != nil {
			return err
		}
	}
}

// Check reads the sheet to its end only to see that its size and CRC are right, as Scan does too.
func (s *Sheet) Check() error {
	return s.refuse(s.f.zip.check([]*entry{s.entry}))
}

// refuse names the sheet with the cell or row, where those are known, else with its part.
func (s *Sheet) refuse(err error) error {
	place := s.Name + " (" + s.Part + ")"
	var r *Refusal
	if errors.As(err, &r) && r.Part == s.Part {
		r.Part = place
	}
	var x *syntaxError
	if errors.As(err, &x) && x.at != "" {
		place = s.Name + "!" + x.at
	}
	return refusePart(place, err)
}

// sheetScan walks through a worksheet part: tokens up to its rows, rows, tokens behind them.
type sheetScan struct {
	*reader
	f     *File
	rows  *rowParser   // nil before sheetData
	done  bool         // sheetData has been left
	head  func(*token) // is shown what stands before the rows; may be nil
	alien bool         // sheetData holds elements besides rows
}

func (s *Sheet) open() (*sheetScan, error) {
	r, err := s.f.zip.openReader(s.entry, s.f.lim)
	if err != nil {
		return nil, s.refuse(err)
	}
	return &sheetScan{reader: r, f: s.f}, nil
}

// row gives the next row; nil behind the last. Its bytes are the reader's, up to the next call.
func (sc *sheetScan) row() (*Row, error) {
	if sc.rows == nil {
		if found, err := sc.toRows(); !found || err != nil {
			return nil, err
		}
	}
	for !sc.done {
		n, err := sc.tryRow()
		if n > 0 || err != nil {
			sc.pos += n
			return &sc.rows.row, err
		}
		if err := sc.between(); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// tryRow takes the row apart that begins where the reader stands, and says how long it is; 0 where none begins.
func (sc *sheetScan) tryRow() (int, error) {
	for {
		err := errMore
		if b := sc.buf[sc.pos:]; len(b) > len(sc.rows.tagRow) || sc.last {
			if !bytes.HasPrefix(b, sc.rows.tagRow) || isNameByte(b[len(sc.rows.tagRow):]) {
				return 0, nil
			}
			var n int
			if n, err = sc.rows.parse(b, sc.last); err == nil {
				sc.rows.last = sc.rows.row.Num
				return n, nil
			}
		}
		if err == errMore {
			err = sc.more()
		}
		if err != nil {
			return 0, err
		}
	}
}

// isNameByte reports whether a name goes on at the beginning of b.
func isNameByte(b []byte) bool {
	return len(b) > 0 && !isSpace(b[0]) && b[0] != '>' && b[0] != '/'
}

// between passes over what stands between rows: the end of them, most of the time.
func (sc *sheetScan) between() error {
	t, err := sc.next()
	if err != nil {
		return err
	}
	switch t.kind {
	case tokEnd:
		sc.done = true
	case tokText, tokCDATA:
		if !blank(t.text) {
			return malformed("there is text between the rows")
		}
	case tokStart, tokEmpty:
		sc.alien = true
		return sc.skip(t)
	}
	return nil
}

// toRows passes over what stands before the rows, and reports whether there are any.
func (sc *sheetScan) toRows() (bool, error) {
	for {
		t, err := sc.next()
		if err != nil {
			return false, err
		}
		switch {
		case t.kind == tokEOF:
			return false, nil
		case sc.depth == 1 && (t.kind == tokStart || t.kind == tokEmpty):
			if !t.opens("worksheet") || !mainSpace(sc.space(t.name)) {
				return false, malformed("the part is no worksheet")
			}
		case sc.head != nil && sc.depth == 3 && t.kind != tokEnd:
			sc.head(&t)
		case sc.depth == 2 && t.opens("sheetData") && mainSpace(sc.space(t.name)):
			if t.kind == tokEmpty {
				return false, nil
			}
			sc.rows = newRowParser(sc.f, prefixOf(t.name), sc.maxDepth-sc.depth)
			return true, nil
		}
	}
}
