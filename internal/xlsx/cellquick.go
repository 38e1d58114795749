package xlsx

import "bytes"

// quick reads a cell in one of the forms that programs write, and gives the offset behind it; 0 where it is in none,
// or where the bytes end before that is clear.
func (p *rowParser) quick(b []byte, i int, c *Cell) int {
	if !bytes.HasPrefix(b[i:], p.tagC) {
		return 0
	}
	typ, i, hollow := p.quickTag(b, i+len(p.tagC), c)
	if i == 0 {
		return 0
	}
	if hollow {
		c.settle(typ, nil, false, p.maxSST)
		return i
	}
	if bytes.HasPrefix(b[i:], p.tagF) {
		i += len(p.tagF)
		n := bytes.IndexByte(b[i:], '<')
		if n < 0 || !bytes.HasPrefix(b[i+n:], p.endF) || bytes.IndexByte(b[i:i+n], '&') >= 0 {
			return 0
		}
		i += n + len(p.endF)
		c.Formula = true
	}
	return p.quickValue(b, i, typ, c)
}

// quickTag reads the attributes r, s and t, and gives the offset behind the start tag; 0 where it cannot.
func (p *rowParser) quickTag(b []byte, i int, c *Cell) (typ cellType, next int, hollow bool) {
	for seen := byte(0); i+4 < len(b); i++ {
		switch b[i] {
		case '>':
			return typ, i + 1, false
		case '/':
			if b[i+1] == '>' {
				return typ, i + 2, true
			}
			return 0, 0, false
		case ' ':
		default:
			return 0, 0, false
		}
		if b[i+2] != '=' || b[i+3] != '"' {
			return 0, 0, false
		}
		name, from, bit := b[i+1], i+4, byte(0)
		for i = from; i < len(b) && b[i] != '"'; i++ {
		}
		value, ok := b[from:i], false
		switch name {
		case 'r':
			bit, ok = 1, p.quickRef(value, c)
		case 's':
			bit = 2
			c.Style, ok = atoi(value)
		case 't':
			bit = 4
			typ, ok = cellTypeOf(value)
		}
		if !ok || seen&bit != 0 {
			return 0, 0, false
		}
		seen |= bit
	}
	return 0, 0, false
}

// quickRef reads a reference in its usual form, of the row it stands in.
func (p *rowParser) quickRef(ref []byte, c *Cell) bool {
	col, i := 0, 0
	for ; i < len(ref) && i < 3 && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		col = col*26 + int(ref[i]-'A') + 1
	}
	row, ok := atoi(ref[i:])
	c.Col = col
	return ok && row == p.row.Num && i > 0 && col <= MaxCol
}

// quickValue reads what follows a cell's formula, up to the end of the cell.
func (p *rowParser) quickValue(b []byte, i int, typ cellType, c *Cell) int {
	shut, has := p.endV, true
	switch {
	case bytes.HasPrefix(b[i:], p.tagV):
		i += len(p.tagV)
	case typ == typInline && bytes.HasPrefix(b[i:], p.tagT):
		i += len(p.tagT)
		shut = p.endT
	case typ == typInline && bytes.HasPrefix(b[i:], p.tagTS):
		i += len(p.tagTS)
		shut = p.endT
	case bytes.HasPrefix(b[i:], p.endC):
		shut, has = p.endC, false
	default:
		return 0
	}
	from := i
	for ; i < len(b) && b[i] != '<'; i++ {
		if b[i] == '&' {
			return 0
		}
	}
	if !bytes.HasPrefix(b[i:], shut) || c.settle(typ, b[from:i], has, p.maxSST) != "" {
		return 0
	}
	c.lo, c.hi = int32(from), int32(i)
	return i + len(shut)
}
