package xlsx

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"io"
	"runtime/debug"
	"sort"
	"sync"

	"github.com/klauspost/compress/flate"
)

// chunk is how much is inflated at a time: large enough that handing it over costs nothing, small enough for the cache.
const chunk = 256 << 10

// relay takes the panic of a goroutine to the one that waits for it. There it can be recovered and cost one workbook;
// where it arose it would end the process.
type relay struct{ what any }

// catch is deferred in the goroutine.
func (r *relay) catch() {
	if p := recover(); p != nil {
		r.what = fmt.Sprintf("%v\n%s", p, debug.Stack())
	}
}

// raise goes on with the panic, if there was one.
func (r *relay) raise() {
	if r.what != nil {
		panic(r.what)
	}
}

// inflater gives the inflated bytes of one entry and enforces its size and CRC: the read that would be beyond the last
// byte gives io.EOF only if both are right.
type inflater struct {
	flates *flates
	name   string
	src    bytes.Reader
	r      io.Reader // src itself, or flate over it
	left   int64
	crc    uint32
	expect uint32
}

func (a *archive) inflate(e *entry) *inflater {
	f := &inflater{flates: a.flates, name: e.name, left: e.size, expect: e.crc}
	f.src.Reset(a.stored(e))
	f.r = &f.src
	if e.method == 8 && (e.packed > 0 || e.size > 0) { // some producers deflate nothing into nothing
		f.r = a.flates.reader(&f.src)
	}
	return f
}

// flates are readers and writers of flate that have been used: most entries of a package are small, and these are not.
type flates struct{ readers, writers sync.Pool }

func (x *flates) reader(src io.Reader) io.Reader {
	used, ok := x.readers.Get().(flate.Resetter)
	if !ok || used.Reset(src, nil) != nil {
		return flate.NewReader(src)
	}
	return used.(io.Reader)
}

// writer gives one that deflates fast.
func (x *flates) writer(out io.Writer) *flate.Writer {
	if used, ok := x.writers.Get().(*flate.Writer); ok {
		used.Reset(out)
		return used
	}
	w, _ := flate.NewWriter(out, flate.BestSpeed) // which cannot fail at that level
	return w
}

func (f *inflater) Read(p []byte) (int, error) {
	if f.left == 0 {
		return 0, f.finish()
	}
	if int64(len(p)) > f.left {
		p = p[:f.left]
	}
	n, err := f.r.Read(p)
	f.left -= int64(n)
	f.crc = crc32.Update(f.crc, crc32.IEEETable, p[:n])
	switch {
	case err == io.EOF && f.left > 0:
		return n, damaged(f.name, "it is %d bytes shorter than it should be", f.left)
	case err != nil && err != io.EOF:
		return n, damaged(f.name, "it cannot be unpacked")
	}
	return n, nil
}

func (f *inflater) finish() error {
	var one [1]byte
	n, err := f.r.Read(one[:])
	for n == 0 && err == nil {
		n, err = f.r.Read(one[:])
	}
	switch {
	case n > 0:
		return damaged(f.name, "it is longer than it should be")
	case err != io.EOF:
		return damaged(f.name, "it cannot be unpacked")
	case f.src.Len() > 0:
		return hostile(f.name, "%d bytes lie hidden behind its end", f.src.Len())
	case f.crc != f.expect:
		return damaged(f.name, "its check sum is wrong: it is not what was written")
	}
	if used, ok := f.r.(flate.Resetter); ok {
		f.flates.readers.Put(used)
		f.r = &f.src // which is at its end too
	}
	return io.EOF
}

// read gives the whole of an entry.
func (a *archive) read(e *entry) ([]byte, error) {
	out := make([]byte, e.size)
	f := a.inflate(e)
	if _, err := io.ReadFull(f, out); err != nil && err != io.EOF {
		return nil, err
	}
	if _, err := f.Read(nil); err != io.EOF {
		return nil, err
	}
	return out, nil
}

// check inflates entries only to see that their sizes and CRCs are right, two at a time, the largest first.
func (a *archive) check(entries []*entry) error {
	order := append([]*entry(nil), entries...)
	sort.SliceStable(order, func(i, j int) bool { return order[i].size > order[j].size })
	var wg sync.WaitGroup
	var panics [2]relay
	work := make(chan int, len(order))
	for i := range order {
		work <- i
	}
	close(work)
	failed := make([]error, len(order))
	for n := range panics {
		wg.Go(func() {
			defer panics[n].catch()
			var buf []byte
			for i := range work {
				if buf == nil { // the entries that follow are smaller
					buf = make([]byte, min(order[i].size+1, chunk))
				}
				failed[i] = drain(a.inflate(order[i]), buf)
			}
		})
	}
	wg.Wait()
	for n := range panics {
		panics[n].raise()
	}
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

func drain(f *inflater, buf []byte) error {
	for {
		if _, err := f.Read(buf); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// stream inflates an entry ahead of its reader, in a goroutine of its own, into a few buffers that go round.
type stream struct {
	full  chan []byte
	empty chan []byte
	stop  chan struct{}
	err   error // this and the panic are set before full is closed
	panic relay
}

func (a *archive) stream(e *entry) *stream {
	buffers := min(e.size/chunk+1, 4)
	s := &stream{full: make(chan []byte, buffers), empty: make(chan []byte, buffers), stop: make(chan struct{})}
	n := min(e.size+1, chunk)
	for range buffers {
		s.empty <- make([]byte, n)
	}
	go s.fill(a.inflate(e))
	return s
}

func (s *stream) fill(f *inflater) {
	defer close(s.full)
	defer s.panic.catch()
	for {
		select {
		case <-s.stop:
			return
		case buf := <-s.empty:
			n, err := io.ReadFull(f, buf[:cap(buf)])
			if n > 0 {
				s.full <- buf[:n]
			}
			if err != nil {
				if err != io.EOF && err != io.ErrUnexpectedEOF {
					s.err = err
				}
				return
			}
		}
	}
}

// next gives the next bytes, valid until the call after it; io.EOF behind the last.
func (s *stream) next(done []byte) ([]byte, error) {
	if done != nil {
		s.empty <- done
	}
	buf, ok := <-s.full
	if !ok {
		s.panic.raise()
		if s.err != nil {
			return nil, s.err
		}
		return nil, io.EOF
	}
	return buf, nil
}

// close ends the goroutine, read to the end or not.
func (s *stream) close() { close(s.stop) }
