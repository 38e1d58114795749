package xlsx

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// defaultFont is what Excel takes where the part has no font.
const defaultFont = `<font><sz val="11"/><name val="Calibri"/><family val="2"/></font>`

// recoloured gives the index of the font that differs from the given one in its colour alone: RRGGBB, or "" for the one
// that text has of itself.
func (s *styleSheet) recoloured(font int, rgb string) (int, error) {
	if len(s.fonts.items) == 0 {
		p := s.prefixIn(&s.fonts)
		s.fonts.add([]byte(strings.NewReplacer("</", "</"+p, "<", "<"+p).Replace(defaultFont)))
	}
	if font < 0 || font >= len(s.fonts.items) {
		return 0, malformed("a cell format has the font %d, but the workbook has only %d", font, len(s.fonts.items))
	}
	item := s.fonts.items[font]
	e, err := parseTree(item, 1)
	if err != nil {
		return 0, err
	}
	var colour []byte
	if rgb != "" {
		colour = fmt.Appendf(nil, `<%scolor rgb="FF%s"/>`, prefixOf(e.name), rgb)
	}
	return s.fonts.findOrAdd(recolour(e, item, colour)), nil
}

// recolour gives a font with its colour element replaced in its place, or put where the schema's sequence has it: before
// name, family, charset and scheme.
func recolour(e *element, item, colour []byte) []byte {
	if e.empty {
		return slices.Concat([]byte("<"), e.name, e.attrs, []byte(">"), colour, []byte("</"), e.name, []byte(">"))
	}
	at := -1
	for i := range e.children {
		c := &e.children[i]
		switch c.local() {
		case "color":
			return applySplices(item, []splice{{at: c.start, cut: c.end - c.start, put: colour}})
		case "name", "family", "charset", "scheme":
			if at < 0 {
				at = c.start
			}
		}
	}
	if at < 0 {
		at = e.close
	}
	return applySplices(item, []splice{{at: at, put: colour}})
}

// itemKey is the same for items that mean the same.
func itemKey(item []byte) string {
	e, err := parseTree(item, 64)
	if err != nil {
		return string(item)
	}
	return canonical(e, item)
}

// fillKey is the colour alone for a fill that is one plain colour, whatever else it says.
func fillKey(item []byte) string {
	if rgb := solidColour(item); rgb != "" {
		return rgb
	}
	return itemKey(item)
}

// solidFill gives the index of the fill with one colour (RRGGBB).
func (s *styleSheet) solidFill(rgb string) int {
	p := s.prefixIn(&s.fills)
	// Excel reserves the first two fills, whatever the part says of them.
	for i, pattern := range []string{"none", "gray125"} {
		if len(s.fills.items) == i {
			s.fills.add(fmt.Appendf(nil, `<%[1]sfill><%[1]spatternFill patternType="%[2]s"/></%[1]sfill>`, p, pattern))
		}
	}
	return s.fills.findOrAdd(fmt.Appendf(nil,
		`<%[1]sfill><%[1]spatternFill patternType="solid"><%[1]sfgColor rgb="FF%[2]s"/><%[1]sbgColor indexed="64"/></%[1]spatternFill></%[1]sfill>`, p, rgb))
}

// solidColour is the colour (RRGGBB) of a fill that is one plain colour; "" for any other fill.
func solidColour(fill []byte) string {
	e, err := parseTree(fill, 2)
	if err != nil || len(e.children) != 1 {
		return ""
	}
	pattern := &e.children[0]
	if kind, _ := attr(pattern.attrs, "patternType"); string(kind) != "solid" {
		return ""
	}
	return childRGB(pattern, "fgColor")
}

// childRGB is the RRGGBB of a colour that gives just that (Excel ignores the alpha in front); "" for any other.
func childRGB(e *element, local string) string {
	colour, err := e.child(local)
	if err != nil || colour == nil {
		return ""
	}
	rgb, _ := attr(colour.attrs, "rgb")
	if _, tinted := attr(colour.attrs, "tint"); tinted || len(rgb) != 8 {
		return ""
	}
	return string(bytes.ToUpper(rgb[2:]))
}

// showsStatus tells whether font and fill are those of a status look: the mark of a status that is no longer there.
func (s *styleSheet) showsStatus(font, fill int) bool {
	if font < 0 || font >= len(s.fonts.items) || fill < 0 || fill >= len(s.fills.items) {
		return false
	}
	e, err := parseTree(s.fonts.items[font], 1)
	if err != nil {
		return false
	}
	shown := colours{solidColour(s.fills.items[fill]), childRGB(e, "color")}
	for look := Red; look <= Grey; look++ {
		if c, _ := look.colours(); c == shown {
			return true
		}
	}
	return false
}
