package xlsx

import (
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/flate"
)

// stumbling is a reader of flate with a mistake in it.
type stumbling struct{}

func (stumbling) Read([]byte) (int, error)      { panic("stumbled") }
func (stumbling) Reset(io.Reader, []byte) error { return nil }

// A panic in a goroutine would end the process: it comes out where the work is waited for, and can be recovered there.
func TestPanicsReachWhoWaits(t *testing.T) {
	a, err := readArchive(small(t), DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	a.flates.readers.New = func() any { return stumbling{} }
	a.flates.writers.New = func() any { return &flate.Writer{} } // not made by NewWriter: it stumbles
	entry := a.byName[sheetPart]
	for name, work := range map[string]func(){
		"check": func() { _ = a.check(a.entries) },
		"stream": func() {
			s := a.stream(entry)
			defer s.close()
			_, _ = s.next(nil)
		},
		"packer": func() {
			p := a.newPacker(entry)
			for range 100 { // more than there are buffers
				p.write(make([]byte, 1024))
			}
			p.finish()
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if p, ok := recover().(string); !ok || !strings.Contains(p, "goroutine") {
					t.Errorf("recovered %v", p)
				}
			}()
			work()
		})
	}
}
