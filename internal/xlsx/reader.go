package xlsx

import (
	"bytes"
	"io"
	"unicode/utf8"
)

// space is what an element's namespace means to us.
type space uint8

const (
	spaceOther space = iota
	spaceMain        // SpreadsheetML, transitional
	spaceMainStrict
	spaceRels
	spaceTypes
)

func spaceOf(uri string) space {
	switch uri {
	case "http://schemas.openxmlformats.org/spreadsheetml/2006/main":
		return spaceMain
	case "http://purl.oclc.org/ooxml/spreadsheetml/main":
		return spaceMainStrict
	case "http://schemas.openxmlformats.org/package/2006/relationships":
		return spaceRels
	case "http://schemas.openxmlformats.org/package/2006/content-types":
		return spaceTypes
	}
	return spaceOther
}

// binding is a namespace declaration that is in force from its element down.
type binding struct {
	depth  int
	prefix string // with its colon; "" for the default namespace
	space  space
}

// reader gives the tokens of a part and holds them to the rules of nesting: every end tag closes what is open, one root,
// no deeper than allowed. It reads a part that is in memory, or one that is being inflated.
type reader struct {
	lexer
	src      *stream // nil: the whole part is in buf
	chunk    []byte  // the stream's bytes last copied
	maxDepth int
	depth    int
	names    []byte // names of the open elements, one behind the other
	ends     []int  // where each ends in names
	bindings []binding
	started  bool // the root has been seen
	hollow   bool // the last token was self-closed: its depth and its declarations end with the next one
	begun    bool // the encoding has been looked at
	valid    int  // how far buf is known to be UTF-8
	holding  bool // the bytes from held on are kept
	held     int
}

// newReader reads a part that is in memory.
func newReader(part []byte, lim Limits) (*reader, error) {
	r := &reader{lexer: lexer{buf: part, last: true}, maxDepth: lim.Depth}
	return r, r.begin()
}

// openReader reads an entry while it is being inflated. The caller closes it.
func (a *archive) openReader(e *entry, lim Limits) (*reader, error) {
	r := &reader{src: a.stream(e), maxDepth: lim.Depth}
	if err := r.begin(); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *reader) close() {
	if r.src != nil {
		r.src.close()
	}
}

// begin skips a byte order mark, and refuses what is not UTF-8.
func (r *reader) begin() error {
	for len(r.buf) < 4 && !r.last {
		if err := r.more(); err != nil {
			return err
		}
	}
	switch b := r.buf; {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		r.pos = 3
	case bytes.HasPrefix(b, []byte("\xFE\xFF")), bytes.HasPrefix(b, []byte("\xFF\xFE")),
		len(b) > 1 && (b[0] == 0 || b[1] == 0):
		return &Refusal{Kind: Unsupported, Detail: "the part is in UTF-16", Remedy: openAndSave}
	}
	r.begun = true
	return r.checkUTF8()
}

// longest is the most that one row, or one token, of a part that is being inflated may take up: a row of as many cells as
// there can be takes about one MiB.
const longest = 16 << 20

// mostBindings is how many namespace declarations may be in force at once: programs make about thirty.
const mostBindings = 120

// more fetches bytes behind those at hand, as many again where a row is long, so that starting over stays cheap.
// Bytes before pos, or before what is held, are forgotten: offsets that the caller has become invalid.
func (r *reader) more() error {
	cut := r.pos
	if r.holding {
		cut = r.held
	}
	if cut > 0 {
		r.valid -= cut
		r.buf = r.buf[:copy(r.buf, r.buf[cut:])]
		r.pos -= cut
		r.held = 0
	}
	if len(r.buf) > longest {
		return tooLarge("", "one row, text or tag takes more than %d MiB", longest>>20)
	}
	for want := min(2*len(r.buf), longest+1); !r.last && (len(r.buf) < want || want == 0); {
		got, err := r.src.next(r.chunk)
		r.chunk = got
		if err != nil && err != io.EOF {
			return err
		}
		r.last = err == io.EOF
		r.buf = append(r.buf, got...)
		if want == 0 {
			break
		}
	}
	return r.checkUTF8()
}

// drain passes over all that is left, so that its size and CRC are checked.
func (r *reader) drain() error {
	for !r.last {
		r.pos = len(r.buf)
		if err := r.more(); err != nil {
			return err
		}
	}
	return nil
}

// checkUTF8 looks at the bytes that have come in since the last time.
func (r *reader) checkUTF8() error {
	if !r.begun {
		return nil
	}
	fresh := r.buf[max(r.valid, 0):]
	cut := len(fresh)
	if !r.last { // the last character may still be cut in two
		for i := 1; i <= min(utf8.UTFMax-1, cut); i++ {
			if tail := fresh[cut-i:]; utf8.RuneStart(tail[0]) {
				if !utf8.FullRune(tail) {
					cut -= i
				}
				break
			}
		}
	}
	if !utf8.Valid(fresh[:cut]) {
		return malformed("the part holds bytes that are not UTF-8")
	}
	r.valid = len(r.buf) - len(fresh) + cut
	return nil
}

// next gives the next token; its slices are valid until the call after it.
func (r *reader) next() (token, error) {
	if r.hollow {
		r.hollow = false
		r.depth--
	}
	r.unbind()
	for {
		t, err := r.lexer.next()
		if err == errMore {
			if err = r.more(); err != nil {
				return t, err
			}
			continue
		}
		if err != nil {
			return t, err
		}
		return t, r.nest(&t)
	}
}

// nest holds a token against those before it.
func (r *reader) nest(t *token) error {
	switch t.kind {
	case tokStart, tokEmpty:
		return r.open(t)
	case tokEnd:
		return r.shut(t)
	case tokText, tokCDATA:
		if r.depth == 0 && len(bytes.TrimLeft(t.text, " \t\r\n")) > 0 {
			return malformed("text outside the root element")
		}
	case tokPI:
		if name, _, _ := bytes.Cut(t.text, []byte(" ")); string(name) == "xml" {
			return r.xmlDecl(t)
		}
	case tokEOF:
		if r.depth > 0 {
			return malformed("the part ends before </%s>", r.top())
		}
		if !r.started {
			return malformed("the part holds no element")
		}
	}
	return nil
}

func (r *reader) xmlDecl(t *token) error {
	enc, ok := attr(t.text[len("xml"):], "encoding")
	if r.started {
		return malformed("an XML declaration inside the part")
	}
	if ok && !bytes.EqualFold(enc, []byte("utf-8")) && !bytes.EqualFold(enc, []byte("us-ascii")) {
		return &Refusal{Kind: Unsupported, Detail: "the part is in " + string(clip(enc, 20)) + ", not UTF-8", Remedy: openAndSave}
	}
	return nil
}

func (r *reader) open(t *token) error {
	if r.depth == 0 && r.started {
		return malformed("a second root element, %s", quoteBytes(t.name))
	}
	if r.depth >= r.maxDepth {
		return forbidden("its elements are nested too deeply")
	}
	if err := checkAttrs(t.attrs); err != nil {
		return err
	}
	r.started = true
	r.depth++
	if len(t.attrs) > 0 && bytes.Contains(t.attrs, []byte("xmlns")) {
		if r.bind(t.attrs); len(r.bindings) > mostBindings {
			return malformed("more than %d namespaces are declared at once", mostBindings)
		}
	}
	if t.kind == tokEmpty {
		r.hollow = true
		return nil
	}
	r.names = append(r.names, t.name...)
	r.ends = append(r.ends, len(r.names))
	return nil
}

// unbind forgets the declarations of elements that are closed.
func (r *reader) unbind() {
	for n := len(r.bindings); n > 0 && r.bindings[n-1].depth > r.depth; n-- {
		r.bindings = r.bindings[:n-1]
	}
}

func (r *reader) bind(attrs []byte) {
	for {
		a, rest, ok, _ := nextAttr(attrs)
		if !ok {
			return
		}
		attrs = rest
		name, isDecl := bytes.CutPrefix(a.name, []byte("xmlns"))
		if !isDecl {
			continue
		}
		prefix := ""
		if len(name) > 0 {
			if name[0] != ':' {
				continue
			}
			prefix = string(name[1:]) + ":"
		}
		uri, err := appendDecoded(nil, a.value)
		if err != nil {
			uri = nil
		}
		r.bindings = append(r.bindings, binding{r.depth, prefix, spaceOf(string(uri))})
	}
}

// space is the namespace of an element, by its qualified name, where the reader stands.
func (r *reader) space(name []byte) space {
	prefix := prefixOf(name)
	for i := len(r.bindings) - 1; i >= 0; i-- {
		if r.bindings[i].prefix == string(prefix) {
			return r.bindings[i].space
		}
	}
	return spaceOther
}

func (r *reader) shut(t *token) error {
	if r.depth == 0 || !bytes.Equal(r.top(), t.name) {
		return malformed("the end tag </%s> closes nothing that is open", clip(t.name, 40))
	}
	r.ends = r.ends[:len(r.ends)-1]
	r.names = r.names[:len(r.names)-len(t.name)]
	r.depth--
	return nil
}

// top is the name of the innermost open element.
func (r *reader) top() []byte {
	if len(r.ends) == 0 {
		return nil
	}
	from := 0
	if len(r.ends) > 1 {
		from = r.ends[len(r.ends)-2]
	}
	return r.names[from:]
}

// inside gives what stands between the tags of the element that t, just taken, has opened, and passes over it.
func (r *reader) inside(t token) ([]byte, error) {
	r.holding, r.held = true, r.pos
	defer func() { r.holding = false }()
	for outside := r.depth - 1; ; {
		end, err := r.next()
		if err != nil {
			return nil, err
		}
		if r.depth == outside {
			return r.buf[r.held:end.start], nil
		}
	}
}

// skip passes over the rest of the element that t opened.
func (r *reader) skip(t token) error {
	if t.kind != tokStart {
		return nil
	}
	for outside := r.depth - 1; r.depth > outside; {
		if _, err := r.next(); err != nil {
			return err
		}
	}
	return nil
}
