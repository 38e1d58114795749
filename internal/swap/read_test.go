package swap

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadFile(t *testing.T) {
	d := newDesk(t)
	data, sum, err := Read(d.book, int64(len(oldText)))
	if err != nil || string(data) != oldText || sum != d.before {
		t.Errorf("%q, %x, %v", data, sum, err)
	}
	if _, _, err := Read(d.book, int64(len(oldText))-1); err == nil || !strings.Contains(err.Error(), "16 bytes") {
		t.Errorf("too large: %v", err)
	}
	if _, _, err := Read(d.dir, 1<<20); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, _, err := Read(filepath.Join(d.dir, "none.xlsx"), 1<<20); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no file: %v", err)
	}
	empty := filepath.Join(d.dir, "empty.xlsx")
	d.save(empty, "")
	if data, sum, err := Read(empty, 0); err != nil || len(data) != 0 || sum != sha256.Sum256(nil) {
		t.Errorf("an empty file: %v", err)
	}
}

// A file that is saved while it is read has changed, however it is saved.
func TestReadFileMeetsASave(t *testing.T) {
	for name, c := range map[string]struct {
		read int64 // how much has been read when the save comes
		save func(d *desk) error
	}{
		"renamed over, the same text": {0, func(d *desk) error {
			d.save(d.book+".tmp", oldText)
			return os.Rename(d.book+".tmp", d.book)
		}},
		"gone for a moment": {0, func(d *desk) error { return os.Remove(d.book) }},
		"written in place":  {4, func(d *desk) error { return os.WriteFile(d.book, []byte("longer than the old workbook"), 0o644) }},
		"cut":               {4, func(d *desk) error { return os.Truncate(d.book, 3) }},
	} {
		d := newDesk(t)
		file, err := openShared(d.book)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.Seek(c.read, 0); err != nil {
			t.Fatal(err)
		}
		if err := c.save(d); err != nil {
			t.Fatal(err)
		}
		if _, _, err := readOpened(file, d.book, 1<<20); !errors.Is(err, ErrChanging) || !Deferred(err) {
			t.Errorf("%s: %v", name, err)
		}
		file.Close()
	}
}

func TestRecalls(t *testing.T) {
	for attributes, want := range map[uint32]bool{0x20: false, 0x80: false, 0x1000: true, 0x40000: true, 0x400020: true, 0x500020 &^ 0x400000: false} {
		if recalls(attributes) != want {
			t.Errorf("recalls(%#x) = %v", attributes, !want)
		}
	}
	if !Deferred(fmt.Errorf("claims.xlsx: %w", ErrPlaceholder)) {
		t.Error("a placeholder is not for later")
	}
}

func TestIsTransient(t *testing.T) {
	for name, want := range map[string]bool{
		"~$claims.xlsx": true, ".~lock.claims.xlsx#": true, ".regcert-123.tmp": true, ".regcert-123.part": true,
		"claims (conflicted copy regcert 2026-05-11 081200).xlsx": false,
		"claims.xlsx": false, "~claims.xlsx": false, "regcert-claims.xlsx": false, "": false,
	} {
		if IsTransient(name) != want {
			t.Errorf("IsTransient(%q) = %v", name, !want)
		}
	}
}
