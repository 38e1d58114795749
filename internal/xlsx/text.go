package xlsx

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// appendRich appends the text of a string item, the inside of <si> or <is> (18.4.8, 18.3.1.53): that of <t>, and of <t>
// in each <r>. Phonetic runs are not part of the text. _xHHHH_ stays.
func appendRich(dst, inside []byte) ([]byte, error) {
	x := lexer{buf: inside, last: true}
	var open []string // local names
	for {
		t, err := x.next()
		if err != nil {
			return dst, err
		}
		wanted := len(open) == 1 && open[0] == "t" || len(open) == 2 && open[0] == "r" && open[1] == "t"
		switch t.kind {
		case tokEOF:
			return dst, nil
		case tokStart:
			open = append(open, string(t.local()))
		case tokEnd:
			if len(open) == 0 {
				return dst, malformed("the tags of a string do not match")
			}
			open = open[:len(open)-1]
		case tokText:
			if wanted {
				if dst, err = appendDecoded(dst, t.text); err != nil {
					return dst, err
				}
			}
		case tokCDATA:
			if wanted {
				dst = append(dst, t.text...)
			}
		}
	}
}

// appendFlat is the text of a <v>: character data with entities, CDATA and comments among it.
func appendFlat(dst, inside []byte) []byte {
	x := lexer{buf: inside, last: true}
	for {
		t, err := x.next()
		if err != nil || t.kind == tokEOF {
			return dst
		}
		switch t.kind {
		case tokText:
			dst, _ = appendDecoded(dst, t.text)
		case tokCDATA:
			dst = append(dst, t.text...)
		}
	}
}

// unescapeBstr decodes _xHHHH_, which stands for a UTF-16 code unit in the strings of a workbook (ECMA-376 part 1,
// 22.9.2.19, ST_Xstring). Pairs of units are put together, a lone half becomes U+FFFD.
func unescapeBstr(s string) string {
	i := strings.Index(s, "_x")
	if i < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for {
		out = append(out, s[:i]...)
		s = s[i:]
		if r, n := bstrRune(s); n > 0 {
			out = utf8.AppendRune(out, r)
			s = s[n:]
		} else {
			out = append(out, s[0])
			s = s[1:]
		}
		if i = strings.Index(s, "_x"); i < 0 {
			return string(append(out, s...))
		}
	}
}

// bstrRune decodes the escape, or the two, at the beginning of s, and says how long it is; 0 where there is none.
func bstrRune(s string) (rune, int) {
	hi, ok := bstrUnit(s)
	if !ok {
		return 0, 0
	}
	if utf16.IsSurrogate(hi) {
		if lo, ok := bstrUnit(s[bstrLen:]); ok {
			if r := utf16.DecodeRune(hi, lo); r != utf8.RuneError {
				return r, 2 * bstrLen
			}
		}
		return utf8.RuneError, bstrLen
	}
	return hi, bstrLen
}

const bstrLen = len("_xHHHH_")

func bstrUnit(s string) (rune, bool) {
	if len(s) < bstrLen || s[:2] != "_x" || s[6] != '_' {
		return 0, false
	}
	for _, c := range []byte(s[2:6]) {
		if !(c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f') {
			return 0, false
		}
	}
	n, _ := strconv.ParseUint(s[2:6], 16, 16)
	return rune(n), true
}

// Text is the cell's value as text: strings decoded, numbers and ISO dates as the file holds them, errors as "#REF!",
// booleans as "TRUE" and "FALSE", "" without a value.
func (c *Cell) Text() string {
	if c.Kind == None {
		return ""
	}
	if c.shared >= 0 {
		return c.row.f.strings.at(int(c.shared))
	}
	raw := c.row.raw[c.lo:c.hi]
	switch c.Kind {
	case Bool:
		if v := bytes.TrimSpace(raw); string(v) == "1" || string(v) == "true" {
			return "TRUE"
		}
		return "FALSE"
	case Text:
		if c.rich {
			text, _ := appendRich(nil, raw)
			return unescapeBstr(string(text))
		}
	}
	if c.odd {
		raw = appendFlat(nil, raw)
	} else if bytes.IndexByte(raw, '\r') >= 0 {
		raw, _ = appendDecoded(nil, raw)
	}
	if c.Kind == Text {
		return unescapeBstr(string(raw))
	}
	return string(raw)
}

// Number is the value of a number; false for everything else, and for a number that is none.
func (c *Cell) Number() (float64, bool) {
	if c.Kind != Number {
		return 0, false
	}
	raw := c.row.raw[c.lo:c.hi]
	if n, ok := atoi(raw); ok {
		return float64(n), true
	}
	if c.odd {
		raw = appendFlat(nil, raw)
	}
	raw = bytes.TrimSpace(raw)
	if bytes.IndexFunc(raw, func(r rune) bool { return !strings.ContainsRune("+-.0123456789Ee", r) }) >= 0 {
		return 0, false // no number of XML Schema, though Go would take "Inf" or "0x1p4" for one
	}
	f, err := strconv.ParseFloat(string(raw), 64)
	return f, err == nil
}

// MarkedText reports whether the cell is marked as the text that a formula gave (t="str").
func (c *Cell) MarkedText() bool { return c.str }

// IsDateFormat reports whether the cell's number format shows a date or a time.
func (c *Cell) IsDateFormat() bool {
	return c.Style < len(c.row.f.dates) && c.row.f.dates[c.Style]
}
