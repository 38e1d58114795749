package swap

import (
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"maps"
	"strings"
	"testing"
)

// model is a file system in memory, with people who save into it, and with crashes. The protocol that runs on it is the
// one of the program: the same steps, the same code.
type model struct {
	way    Way
	links  bool
	names  map[string]*inode
	synced []map[string]*inode // the names as they were when a folder was last synced, and after each change since

	ops      int // operations so far, by all processes
	schedule []event
	writer   *inode // the file into which somebody is writing at this moment
	saves    int
	gone     map[string]bool // versions that people's own saves replaced, or that were lost in the one way there is
	broken   string          // what was wrong first
	crashed  bool
}

// inode is a file, whatever its names.
type inode struct {
	content string
	durable bool
	lost    bool // its last name was taken by what people did, or by our rename in the one way that may
}

// event is something that happens before an operation.
type event struct {
	at   int
	kind kind
}

type kind string

const (
	saveOver  kind = "save over"     // a new file is renamed over the workbook
	saveBegin kind = "begin to save" // the workbook is written in place: for a while it is half of what it shall be
	saveEnd   kind = "end saving"
	crash     kind = "crash"
	powerNew  kind = "power cut"      // what was not synced of the files' content is lost
	powerOld  kind = "long power cut" // and so is what happened to names since a folder was synced
)

// The places of the model.
const (
	inFolder    = "/registers"
	modelBook   = inFolder + "/claims.xlsx"
	modelCopies = "/copies/claims"
)

type crashed struct{}

// tornText is what a file holds of which not everything has reached the disk, or that is half written by us.
const tornText = "torn"

func newModel(way Way, links bool, schedule []event) *model {
	m := &model{way: way, links: links, names: map[string]*inode{}, gone: map[string]bool{}, schedule: schedule}
	m.names[modelBook] = &inode{content: oldText, durable: true}
	m.sync()
	return m
}

func (m *model) sync() { m.synced = []map[string]*inode{maps.Clone(m.names)} }

// changed is called after each change of names.
func (m *model) changed() { m.synced = append(m.synced, maps.Clone(m.names)) }

// tick is called before each operation of ours: now the events of that moment happen.
func (m *model) tick() {
	m.whole()
	for len(m.schedule) > 0 && m.schedule[0].at <= m.ops {
		e := m.schedule[0]
		m.schedule = m.schedule[1:]
		m.happen(e.kind)
	}
	m.ops++
}

func (m *model) happen(k kind) {
	book := m.names[modelBook]
	switch k {
	case saveOver:
		m.saves++
		m.names[modelBook] = &inode{content: saveText(m.saves), durable: true}
		if book != nil {
			m.gone[book.content], book.lost = true, true
		}
		m.sync() // how people's programs treat the disk is not the matter
	case saveBegin:
		if book != nil && m.writer == nil {
			m.saves++
			m.gone[book.content] = true
			m.writer, book.content = book, "half of "+saveText(m.saves)
		}
	case saveEnd:
		m.endSaving()
	case powerNew, powerOld:
		if k == powerOld {
			m.names = maps.Clone(m.synced[0])
		}
		for _, f := range m.names {
			if !f.durable {
				f.content = tornText
			}
		}
		m.endSaving() // by somebody on another computer, say
		m.sync()
		for _, text := range m.saved() { // what the power cut took is not ours
			m.gone[text] = m.gone[text] || !m.versions()[text]
		}
		fallthrough
	case crash:
		m.crashed = true
		panic(crashed{})
	}
}

func (m *model) endSaving() {
	if m.writer == nil {
		return
	}
	m.writer.content = strings.TrimPrefix(m.writer.content, "half of ")
	if m.writer.lost {
		m.gone[m.writer.content] = true
	}
	m.writer = nil
}

func saveText(n int) string { return "save " + string(rune('0'+n)) }

// named tells whether a file has a name.
func (m *model) named(f *inode) bool {
	for _, other := range m.names {
		if other == f {
			return true
		}
	}
	return false
}

// whole holds the first invariant: the workbook is there, and is a whole version.
func (m *model) whole() {
	book := m.names[modelBook]
	switch {
	case m.broken != "":
	case book == nil && m.way == Exchange:
		m.broken = "the workbook is not there"
	case book != nil && book.content == tornText:
		m.broken = "the workbook is torn"
	case book != nil && !book.durable && book.content == newText:
		m.broken = "the workbook is not on the disk"
	}
}

// The operations.

func (m *model) real(path string) (string, error)  { return path, nil }
func (m *model) holder(path string) *Held          { return nil }
func (m *model) makeDir(string) error              { return nil }
func (m *model) list(dir string) ([]string, error) { return nil, nil }

func (m *model) file(path string) (*inode, error) {
	m.tick()
	if f := m.names[path]; f != nil {
		return f, nil
	}
	return nil, fs.ErrNotExist
}

func (m *model) look(path string) (look, error) {
	f, err := m.file(path)
	if err != nil {
		return look{}, err
	}
	names := uint64(0)
	for _, other := range m.names {
		if other == f {
			names++
		}
	}
	return look{true, true, names}, nil
}

func (m *model) hash(path string) (Sum, error) {
	f, err := m.file(path)
	if err != nil {
		return Sum{}, err
	}
	return sha256.Sum256([]byte(f.content)), nil
}

func (m *model) open(path string) (io.ReadCloser, error) {
	f, err := m.file(path)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(strings.NewReader(f.content)), nil
}

func (m *model) create(path string) (file, error) {
	m.tick()
	if m.names[path] != nil {
		return nil, fs.ErrExist
	}
	f := &inode{content: tornText}
	m.names[path] = f
	m.changed()
	return &modelFile{m: m, f: f}, nil
}

func (m *model) exchange(a, b string) error {
	m.tick()
	if m.way != Exchange {
		return errors.ErrUnsupported
	}
	if m.names[a] == nil || m.names[b] == nil {
		return fs.ErrNotExist
	}
	m.names[a], m.names[b] = m.names[b], m.names[a]
	m.changed()
	return nil
}

// replaceFile takes two steps, between which the workbook is not there.
func (m *model) replaceFile(path, in, out string) error {
	if m.way != ReplaceFile {
		return errors.ErrUnsupported
	}
	if err := m.renameNew(path, out); err != nil {
		return err
	}
	err := m.renameNew(in, path)
	if errors.Is(err, fs.ErrExist) { // somebody saved into the gap
		return replaceError(path, in, errors.Join(err, errHalfReplaced))
	}
	return err
}

func (m *model) rename(from, to string) error {
	f, err := m.file(from)
	if err != nil {
		return err
	}
	before := m.names[to]
	delete(m.names, from)
	m.names[to] = f
	if before != nil && !m.named(before) && to == modelBook {
		if m.way != Rename {
			m.broken = "a version was renamed over"
		}
		before.lost = true
		m.gone[before.content] = true
	}
	m.changed()
	return nil
}

func (m *model) renameNew(from, to string) error {
	f, err := m.file(from)
	if err != nil {
		return err
	}
	if m.names[to] != nil {
		return fs.ErrExist
	}
	delete(m.names, from)
	m.names[to] = f
	m.changed()
	return nil
}

func (m *model) link(from, to string) error {
	f, err := m.file(from)
	if err != nil {
		return err
	}
	if !m.links {
		return errors.ErrUnsupported
	}
	m.names[to] = f
	m.changed()
	return nil
}

func (m *model) remove(path string) error {
	if _, err := m.file(path); err != nil {
		return err
	}
	delete(m.names, path)
	m.changed()
	return nil
}

func (m *model) syncDir(dir string) error {
	m.tick()
	m.sync()
	return nil
}

// modelFile is a file that is being made.
type modelFile struct {
	m    *model
	f    *inode
	text string
}

func (f *modelFile) Write(p []byte) (int, error) {
	f.m.tick()
	f.text += string(p)
	f.f.content = tornText + " " + f.text // all of it is there when it is closed
	return len(p), nil
}

func (f *modelFile) keep(string) error { f.m.tick(); return nil }
func (f *modelFile) Sync() error       { f.m.tick(); f.f.durable = true; return nil }
func (f *modelFile) Close() error      { f.m.tick(); f.f.content = f.text; return nil }

// do runs a process to its end, or to the crash.
func (m *model) do(process func()) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(crashed); !ok {
				panic(p)
			}
		}
	}()
	process()
}

// versions are what can be found anywhere.
func (m *model) versions() map[string]bool {
	found := map[string]bool{}
	for _, f := range m.names {
		found[f.content] = true
	}
	return found
}

// saved are the versions that somebody saved, whole.
func (m *model) saved() []string {
	texts := []string{oldText}
	for n := 1; n <= m.saves; n++ {
		texts = append(texts, saveText(n))
	}
	return texts
}

func TestModelIsAFileSystem(t *testing.T) {
	m := newModel(Exchange, true, nil)
	if err := m.rename(modelBook, "/registers/b"); err != nil || m.names[modelBook] != nil {
		t.Error(err)
	}
	if err := m.renameNew("/registers/b", "/registers/b"); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	if _, err := m.hash(modelBook); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
