package xlsx

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// appendDecoded appends character data with its entities decoded and its line ends made "\n" (XML 1.0, 2.11 and 4.6).
func appendDecoded(dst, raw []byte) ([]byte, error) {
	for len(raw) > 0 {
		i := bytes.IndexAny(raw, "&\r")
		if i < 0 {
			return append(dst, raw...), nil
		}
		dst = append(dst, raw[:i]...)
		raw = raw[i:]
		if raw[0] == '\r' {
			dst = append(dst, '\n')
			raw = bytes.TrimPrefix(raw[1:], []byte("\n"))
			continue
		}
		semi := bytes.IndexByte(raw, ';')
		if semi < 0 {
			return dst, malformed("an & that begins no entity")
		}
		r, err := entity(raw[1:semi])
		if err != nil {
			return dst, err
		}
		dst = utf8.AppendRune(dst, r)
		raw = raw[semi+1:]
	}
	return dst, nil
}

// entity is the character that an entity or character reference stands for.
func entity(name []byte) (rune, error) {
	switch string(name) {
	case "amp":
		return '&', nil
	case "lt":
		return '<', nil
	case "gt":
		return '>', nil
	case "quot":
		return '"', nil
	case "apos":
		return '\'', nil
	}
	if len(name) > 1 && name[0] == '#' {
		digits, base := name[1:], 10
		if digits[0] == 'x' {
			digits, base = digits[1:], 16
		}
		if n, err := strconv.ParseUint(string(digits), base, 32); err == nil && utf8.ValidRune(rune(n)) && n != 0 {
			return rune(n), nil
		}
	}
	return 0, forbidden("it holds the entity &%s; (custom entities are not read)", clip(name, 40))
}

// legalXML reports whether a character may stand in an XML 1.0 document.
func legalXML(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= 0x10FFFF
}

// appendEscaped appends s as character data or the inside of a quoted attribute: what XML gives a meaning is escaped,
// line ends and tabs too (an attribute would lose them), and what XML cannot hold is dropped.
func appendEscaped(dst []byte, s string) []byte {
	for i, r := range s {
		switch r {
		case '&':
			dst = append(dst, "&amp;"...)
		case '<':
			dst = append(dst, "&lt;"...)
		case '>':
			dst = append(dst, "&gt;"...)
		case '"':
			dst = append(dst, "&quot;"...)
		case '\t', '\n', '\r':
			dst = fmt.Appendf(dst, "&#%d;", r)
		case utf8.RuneError:
			if _, n := utf8.DecodeRuneInString(s[i:]); n > 1 {
				dst = append(dst, "\uFFFD"...)
			}
		default:
			if legalXML(r) {
				dst = utf8.AppendRune(dst, r)
			}
		}
	}
	return dst
}
