package xlsx

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// errMore says that the bytes at hand end in the middle of a token: the caller fetches more and asks again.
var errMore = errors.New("xlsx: more bytes are needed")

// syntaxError is XML that is not well-formed, or that no workbook has reason to hold.
type syntaxError struct {
	what    string
	hostile bool   // nobody writes that by mistake (a document type, a custom entity)
	at      string // the cell or the row of a worksheet, as in "B7" or "7:7"; "" where neither is known
}

func (e *syntaxError) Error() string { return e.what }

func malformed(format string, args ...any) error {
	return &syntaxError{what: fmt.Sprintf(format, args...)}
}

func forbidden(format string, args ...any) error {
	return &syntaxError{what: fmt.Sprintf(format, args...), hostile: true}
}

// tokenKind tells the tokens of an XML part apart.
type tokenKind uint8

const (
	tokEOF     tokenKind = iota
	tokStart             // <name …>
	tokEmpty             // <name …/>
	tokEnd               // </name>
	tokText              // character data, entities undecoded
	tokCDATA             // <![CDATA[…]]>
	tokComment           // <!--…-->
	tokPI                // <?…?>
)

// token is one token of a part. Its slices point into the lexer's buffer.
type token struct {
	kind       tokenKind
	start, end int    // offsets in the buffer
	name       []byte // qualified name of an element
	attrs      []byte // what stands between the name and the closing bracket
	text       []byte // text: as it stands; CDATA: the inside
}

// local returns the name without its prefix.
func (t *token) local() []byte { return localName(t.name) }

// is reports whether the token opens (or is) the element of that local name.
func (t *token) opens(local string) bool {
	return (t.kind == tokStart || t.kind == tokEmpty) && string(t.local()) == local
}

func localName(name []byte) []byte {
	return name[bytes.IndexByte(name, ':')+1:]
}

// prefixOf returns the prefix with its colon ("x:"), or nothing.
func prefixOf(name []byte) []byte {
	return name[:bytes.IndexByte(name, ':')+1]
}

// lexer splits XML into tokens without copying. It knows nothing of nesting; reader does.
type lexer struct {
	buf  []byte
	pos  int
	last bool // buf reaches to the end of the part: running out is an error, not errMore
}

// next gives the token at pos and moves past it. After errMore pos is unchanged.
func (x *lexer) next() (token, error) {
	b := x.buf[x.pos:]
	if len(b) == 0 {
		if x.last {
			return token{kind: tokEOF, start: x.pos, end: x.pos}, nil
		}
		return token{}, errMore
	}
	if b[0] != '<' {
		n := bytes.IndexByte(b, '<')
		if n < 0 {
			if !x.last {
				return token{}, errMore
			}
			n = len(b)
		}
		return x.take(token{kind: tokText, text: b[:n]}, n), nil
	}
	if len(b) < 2 {
		return token{}, x.short("a tag")
	}
	switch b[1] {
	case '!':
		return x.declaration(b)
	case '?':
		return x.delimited(b, tokPI, "<?", "?>", "a processing instruction")
	case '/':
		return x.endTag(b)
	}
	return x.startTag(b)
}

func (x *lexer) take(t token, n int) token {
	t.start, t.end = x.pos, x.pos+n
	x.pos += n
	return t
}

func (x *lexer) short(what string) error {
	if x.last {
		return malformed("the part ends inside %s", what)
	}
	return errMore
}

func (x *lexer) delimited(b []byte, kind tokenKind, open, shut, what string) (token, error) {
	n := bytes.Index(b[len(open):], []byte(shut))
	if n < 0 {
		return token{}, x.short(what)
	}
	text := b[len(open) : len(open)+n]
	return x.take(token{kind: kind, text: text}, len(open)+n+len(shut)), nil
}

func (x *lexer) declaration(b []byte) (token, error) {
	const cdata = "<![CDATA["
	switch {
	case bytes.HasPrefix(b, []byte("<!--")):
		return x.delimited(b, tokComment, "<!--", "-->", "a comment")
	case bytes.HasPrefix(b, []byte(cdata)):
		return x.delimited(b, tokCDATA, cdata, "]]>", "a CDATA section")
	case len(b) < len(cdata) && !x.last:
		return token{}, errMore
	}
	return token{}, forbidden("it holds a document type declaration, which no workbook needs (custom entities are not read)")
}

func (x *lexer) endTag(b []byte) (token, error) {
	n := bytes.IndexByte(b, '>')
	if n < 0 {
		return token{}, x.short("an end tag")
	}
	name := bytes.TrimRight(b[2:n], " \t\r\n")
	if len(name) == 0 || bytes.ContainsAny(name, " \t\r\n<\"'/=&") {
		return token{}, malformed("the end tag %s", quoteBytes(b[:n+1]))
	}
	return x.take(token{kind: tokEnd, name: name}, n+1), nil
}

func (x *lexer) startTag(b []byte) (token, error) {
	i := 1
	for i < len(b) && !isSpace(b[i]) && b[i] != '>' && b[i] != '/' {
		if c := b[i]; c == '<' || c == '"' || c == '\'' || c == '=' || c == '&' {
			return token{}, malformed("the tag %s", quoteBytes(b[:i+1]))
		}
		i++
	}
	name := b[1:i]
	from := i
	for i < len(b) {
		switch b[i] {
		case '>':
			if len(name) == 0 {
				return token{}, malformed("a tag without a name")
			}
			if b[i-1] == '/' {
				return x.take(token{kind: tokEmpty, name: name, attrs: b[from : i-1]}, i+1), nil
			}
			return x.take(token{kind: tokStart, name: name, attrs: b[from:i]}, i+1), nil
		case '"', '\'':
			n := bytes.IndexByte(b[i+1:], b[i])
			if n < 0 {
				return token{}, x.short("an attribute")
			}
			i += n + 2
		case '<':
			return token{}, malformed("the tag %s", quoteBytes(b[:i+1]))
		default:
			i++
		}
	}
	return token{}, x.short("a tag")
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

// attribute is one attribute of a start tag; value is as it stands (undecoded), inside its quotes.
type attribute struct{ name, value []byte }

// nameByte tells which bytes may stand in the name of an attribute; that of other characters is not looked into.
var nameByte = func() (ok [256]bool) {
	for c := range ok {
		ok[c] = c > ' ' && !strings.ContainsRune(`"'/<>&=`, rune(c))
	}
	return ok
}()

// nextAttr takes the first attribute off attrs. ok is false when none is left.
func nextAttr(attrs []byte) (a attribute, rest []byte, ok bool, err error) {
	i := 0
	for i < len(attrs) && isSpace(attrs[i]) {
		i++
	}
	if i == len(attrs) {
		return a, nil, false, nil
	}
	if i == 0 {
		return a, nil, false, malformed("attributes without a space between them")
	}
	from := i
	for i < len(attrs) && nameByte[attrs[i]] {
		i++
	}
	a.name = attrs[from:i]
	for i < len(attrs) && isSpace(attrs[i]) {
		i++
	}
	if len(a.name) == 0 || i == len(attrs) || attrs[i] != '=' {
		return a, nil, false, malformed("the attribute %s has no value", quoteBytes(attrs[from:]))
	}
	i++
	for i < len(attrs) && isSpace(attrs[i]) {
		i++
	}
	if i == len(attrs) || attrs[i] != '"' && attrs[i] != '\'' {
		return a, nil, false, malformed("the attribute %s", quoteBytes(attrs[from:]))
	}
	n := bytes.IndexByte(attrs[i+1:], attrs[i])
	if n < 0 {
		return a, nil, false, malformed("the attribute %s is not closed", quoteBytes(a.name))
	}
	a.value = attrs[i+1 : i+1+n]
	return a, attrs[i+n+2:], true, nil
}

// attr looks an attribute up by its whole name ("r", "xml:space"); value undecoded.
func attr(attrs []byte, name string) (value []byte, ok bool) {
	for {
		a, rest, more, err := nextAttr(attrs)
		if err != nil || !more {
			return nil, false
		}
		if string(a.name) == name {
			return a.value, true
		}
		attrs = rest
	}
}

// attrLocal looks up an attribute that carries some prefix ("r:id" as "id", whatever the prefix).
func attrLocal(attrs []byte, local string) (value []byte, ok bool) {
	for {
		a, rest, more, err := nextAttr(attrs)
		if err != nil || !more {
			return nil, false
		}
		if p := prefixOf(a.name); len(p) > 0 && string(a.name[len(p):]) == local {
			return a.value, true
		}
		attrs = rest
	}
}

// attrString is attr decoded; "" where it is absent.
func attrString(attrs []byte, name string) string {
	v, _ := attr(attrs, name)
	s, err := appendDecoded(nil, v)
	if err != nil {
		return string(v)
	}
	return string(s)
}

// attrInt is an attribute that holds a whole number; def where it is absent or none.
func attrInt(attrs []byte, name string, def int) int {
	v, ok := attr(attrs, name)
	if !ok {
		return def
	}
	n, err := strconv.Atoi(string(bytes.TrimSpace(v)))
	if err != nil {
		return def
	}
	return n
}

// attrBool is an attribute of type xsd:boolean; def where it is absent or none.
func attrBool(attrs []byte, name string, def bool) bool {
	v, ok := attr(attrs, name)
	if !ok {
		return def
	}
	switch string(bytes.TrimSpace(v)) {
	case "1", "true", "on":
		return true
	case "0", "false", "off":
		return false
	}
	return def
}

// mostAttrs is how many attributes a tag may have: far more than any has, and so few that a byte numbers them.
const mostAttrs = 250

// checkAttrs reports attributes that are not well-formed, or that stand twice.
func checkAttrs(attrs []byte) error {
	if len(attrs) == 0 {
		return nil
	}
	var few [16][]byte
	names := few[:0]
	for {
		a, rest, ok, err := nextAttr(attrs)
		if err != nil {
			return err
		}
		if !ok {
			return noneTwice(names)
		}
		if bytes.IndexByte(a.value, '<') >= 0 {
			return malformed("the attribute %s holds a <", quoteBytes(a.name))
		}
		if names = append(names, a.name); len(names) > mostAttrs {
			return malformed("a tag has more than %d attributes", mostAttrs)
		}
		attrs = rest
	}
}

// noneTwice looks for a name that stands twice, through a table of where each stands among them, counted from 1.
func noneTwice(names [][]byte) error {
	var table [512]uint8
	for i, name := range names {
		h := uint32(0)
		for _, c := range name {
			h = h*31 + uint32(c)
		}
		for ; table[h%512] > 0; h++ {
			if bytes.Equal(name, names[table[h%512]-1]) {
				return malformed("the attribute %s stands twice in one tag", quoteBytes(name))
			}
		}
		table[h%512] = uint8(i + 1)
	}
	return nil
}

// clip is the beginning of b, of at most n bytes and whole characters, where there is more.
func clip(b []byte, n int) []byte {
	if len(b) <= n {
		return b
	}
	for n > 0 && !utf8.RuneStart(b[n]) {
		n--
	}
	return append(append([]byte(nil), b[:n]...), "…"...)
}

func quoteBytes(b []byte) string { return strconv.Quote(string(clip(b, 60))) }
