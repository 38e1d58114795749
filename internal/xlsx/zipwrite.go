package xlsx

import (
	"hash/crc32"
	"slices"
)

// packed is the new content of an entry.
type packed struct {
	deflated []byte
	size     int64
	crc      uint32
}

// packer deflates the new content of an entry as it is written, in a goroutine of its own.
type packer struct {
	flates *flates
	buf    []byte
	size   int64
	crc    uint32
	full   chan []byte
	empty  chan []byte
	done   chan struct{}
	panic  relay // set before done is closed
	out    appender
}

// appender collects what is written to it.
type appender []byte

func (a *appender) Write(p []byte) (int, error) {
	*a = append(*a, p...)
	return len(p), nil
}

// newPacker is for content that will be about as large as that of an entry.
func (a *archive) newPacker(like *entry) *packer {
	buffers := min(like.size/chunk+2, 4)
	p := &packer{flates: a.flates, full: make(chan []byte, buffers), empty: make(chan []byte, buffers), done: make(chan struct{})}
	p.out = make(appender, 0, like.packed+like.packed/8+1024)
	room := int(min(like.size+1024, chunk))
	for range buffers - 1 {
		p.empty <- make([]byte, 0, room)
	}
	p.buf = make([]byte, 0, room)
	go p.deflate()
	return p
}

func (p *packer) deflate() {
	defer close(p.done)
	defer p.passOn()
	defer p.panic.catch()
	w := p.flates.writer(&p.out)
	for buf := range p.full {
		p.size += int64(len(buf))
		p.crc = crc32.Update(p.crc, crc32.IEEETable, buf)
		_, _ = w.Write(buf)
		p.empty <- buf[:0]
	}
	_ = w.Close()
	p.flates.writers.Put(w)
}

// passOn lets the writer go on where deflate could not: it learns of the panic when it has finished.
func (p *packer) passOn() {
	for buf := range p.full {
		p.empty <- buf[:0]
	}
}

// write takes bytes over; b may be changed afterwards.
func (p *packer) write(b []byte) {
	for len(b) > 0 {
		n := copy(p.buf[len(p.buf):cap(p.buf)], b)
		p.buf = p.buf[:len(p.buf)+n]
		if b = b[n:]; len(p.buf) == cap(p.buf) {
			p.full <- p.buf
			p.buf = <-p.empty
		}
	}
}

// finish waits for the last bytes, and ends the goroutine; it must be called, even where the result is not wanted.
func (p *packer) finish() packed {
	p.full <- p.buf
	close(p.full)
	<-p.done
	p.panic.raise()
	return packed{p.out, p.size, p.crc}
}

// pack deflates content that is in memory.
func (a *archive) pack(content []byte) packed {
	var out appender
	w := a.flates.writer(&out)
	_, _ = w.Write(content) // an appender cannot fail
	_ = w.Close()
	a.flates.writers.Put(w)
	return packed{out, int64(len(content)), crc32.ChecksumIEEE(content)}
}

// rewrite gives the package with the content of some entries changed. All others are copied as they are stored, with
// their local headers and descriptors; their records in the directory differ by their offsets at most.
func (a *archive) rewrite(changed map[*entry]packed) []byte {
	size := len(a.data) + 1024
	for e, c := range changed {
		size += len(c.deflated) - int(e.packed) + 64
	}
	out := make([]byte, 0, size)
	order := slices.Clone(a.entries)
	slices.SortStableFunc(order, func(x, y *entry) int { return int(x.header - y.header) })
	offsets := make(map[*entry]int64, len(order))
	for _, e := range order {
		offsets[e] = int64(len(out))
		if c, ok := changed[e]; ok {
			out = e.appendChanged(out, a.data, c)
		} else {
			out = append(out, a.data[e.header:e.end]...)
		}
	}
	start := len(out)
	for _, e := range a.entries {
		if c, ok := changed[e]; ok {
			out = e.appendCentral(out, c, offsets[e])
		} else {
			out = e.appendMoved(out, offsets[e])
		}
	}
	length := len(out) - start
	out = append(out, sigEnd...)
	out = append(out, 0, 0, 0, 0)
	out = le.AppendUint16(out, uint16(len(a.entries)))
	out = le.AppendUint16(out, uint16(len(a.entries)))
	out = le.AppendUint32(out, uint32(length))
	out = le.AppendUint32(out, uint32(start))
	out = le.AppendUint16(out, uint16(len(a.comment)))
	return append(out, a.comment...)
}

// appendChanged writes the local header, with the old one's version, time and extra fields, and the new content.
func (e *entry) appendChanged(out, data []byte, c packed) []byte {
	old := data[e.header:e.body]
	names := int(le.Uint16(old[26:]))
	extra := withoutZip64(old[lenLocal+names:])
	at := len(out)
	out = append(out, old[:lenLocal+names]...)
	h := out[at:]
	le.PutUint16(h[6:], le.Uint16(h[6:])&^flagDescriptor)
	le.PutUint16(h[8:], 8)
	le.PutUint32(h[14:], c.crc)
	le.PutUint32(h[18:], uint32(len(c.deflated)))
	le.PutUint32(h[22:], uint32(c.size))
	le.PutUint16(h[28:], uint16(len(extra)))
	return append(append(out, extra...), c.deflated...)
}

// appendCentral writes the record of a changed entry.
func (e *entry) appendCentral(out []byte, c packed, offset int64) []byte {
	names, extras := int(le.Uint16(e.central[28:])), int(le.Uint16(e.central[30:]))
	extra := withoutZip64(e.central[lenCentral+names : lenCentral+names+extras])
	at := len(out)
	out = append(out, e.central[:lenCentral+names]...)
	h := out[at:]
	le.PutUint16(h[8:], le.Uint16(h[8:])&^flagDescriptor)
	le.PutUint16(h[10:], 8)
	le.PutUint32(h[16:], c.crc)
	le.PutUint32(h[20:], uint32(len(c.deflated)))
	le.PutUint32(h[24:], uint32(c.size))
	le.PutUint16(h[30:], uint16(len(extra)))
	le.PutUint32(h[42:], uint32(offset))
	return append(append(out, extra...), e.central[lenCentral+names+extras:]...)
}

// appendMoved writes the record of an entry that only moved.
func (e *entry) appendMoved(out []byte, offset int64) []byte {
	at := len(out)
	out = append(out, e.central...)
	h := out[at:]
	if le.Uint32(h[42:]) != all32 {
		le.PutUint32(h[42:], uint32(offset))
		return out
	}
	// The offset stands in the Zip64 field, behind those sizes that do.
	names, extras := int(le.Uint16(h[28:])), int(le.Uint16(h[30:]))
	zip64 := zip64Extra(h[lenCentral+names : lenCentral+names+extras])
	for _, size := range []int{24, 20} {
		if le.Uint32(h[size:]) == all32 {
			zip64 = zip64[8:]
		}
	}
	le.PutUint64(zip64, uint64(offset))
	return out
}

// withoutZip64 drops the Zip64 field: within Limits no new size needs it.
func withoutZip64(extra []byte) []byte {
	var out []byte
	for len(extra) >= 4 {
		n := 4 + int(le.Uint16(extra[2:]))
		if n > len(extra) {
			break
		}
		if le.Uint16(extra) != 1 {
			out = append(out, extra[:n]...)
		}
		extra = extra[n:]
	}
	return append(out, extra...)
}
