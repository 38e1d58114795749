package batch_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"regcert/internal/batch"
	"regcert/internal/encrypted"
)

const password = "hunter2"

// protect encrypts a workbook of the centre, and gives every workbook of the
// job this password.
func (c *centre) protect(name string, with batch.Password) {
	c.t.Helper()
	data, err := excelize.Encrypt(c.bytes(name), &excelize.Options{Password: password})
	check(c.t, err)
	c.put(name, data)
	for i := range c.job.Workbooks {
		c.job.Workbooks[i].Password = with
	}
}

// unlocked is the package in an encrypted workbook.
func unlocked(t *testing.T, data []byte) []byte {
	t.Helper()
	p, err := encrypted.Open(data, password)
	check(t, err)
	return p.Content
}

// sealed is the workbook as the program itself encrypts it.
func sealed(t *testing.T, data []byte) []byte {
	t.Helper()
	p, err := encrypted.Open(data, password)
	check(t, err)
	data, err = p.Seal(p.Content)
	check(t, err)
	return data
}

// withCertificate adds a second way to open a sealed workbook to its
// descriptor, in the room that its last mini sector has left.
func withCertificate(t *testing.T, data []byte) []byte {
	t.Helper()
	const end, more = "</keyEncryptors></encryption>", `<keyEncryptor uri="c"/>`
	at := bytes.Index(data, []byte(end))
	if room := data[at+len(end):][:len(more)]; at < 0 || !bytes.Equal(room, make([]byte, len(more))) {
		t.Fatal("the descriptor has no room")
	}
	copy(data[at:], more+end)
	var name []byte
	for _, c := range "EncryptionInfo" {
		name = append(name, byte(c), 0)
	}
	size := data[bytes.Index(data, name)+120:]
	binary.LittleEndian.PutUint32(size, binary.LittleEndian.Uint32(size)+uint32(len(more)))
	return data
}

// TestPasswords: an encrypted workbook is read and written with its password,
// and left alone without.
func TestPasswords(t *testing.T) {
	right := batch.Password{Source: "$PW", Text: password}
	untouched := func(_ *testing.T, data []byte) []byte { return data }
	tests := map[string]struct {
		password batch.Password
		change   func(*testing.T, []byte) []byte
		want     string
	}{
		"none configured": {batch.Password{}, untouched, "failed!: the workbook is protected by a password; take the password off (File, Info, Protect Workbook) and save it; or name the environment variable"},
		"none there":      {batch.Password{Source: "$PW"}, untouched, "failed!: the workbook is protected by a password, and $PW, which should hold it, is empty"},
		"a wrong one":     {batch.Password{Source: "$PW", Text: "hunter3"}, untouched, "failed!: the workbook is protected by a password, and the one in $PW does not open it"},
		"damaged": {right, func(t *testing.T, data []byte) []byte {
			data = sealed(t, data)
			data[len(data)-1000] ^= 1
			return data
		}, "failed!: the encrypted workbook is damaged: it does not pass its own integrity check; restore"},
		"a certificate": {right, func(t *testing.T, data []byte) []byte {
			return withCertificate(t, sealed(t, data))
		}, "read-only!: it can also be opened in another way than by its password, such as by a certificate, and that would be lost; leave it"},
		"no workbook in it": {right, func(t *testing.T, data []byte) []byte {
			p, err := encrypted.Open(data, password)
			check(t, err)
			data, err = p.Seal([]byte("learners"))
			check(t, err)
			return data
		}, "failed!: this is not an Excel workbook"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCentre(t, small("a.xlsx"))
			c.protect("a.xlsx", test.password)
			before := test.change(t, c.bytes("a.xlsx"))
			c.put("a.xlsx", before)
			result, got := c.run()
			if !strings.HasPrefix(got, "a.xlsx: "+test.want) || strings.Contains(got, "hunter") {
				t.Errorf("%s\nwant %s", got, test.want)
			}
			if read := len(result.Report.Rows) > 0; read != strings.HasPrefix(test.want, "read-only") {
				t.Errorf("read is %v", read)
			}
			if !bytes.Equal(c.bytes("a.xlsx"), before) {
				t.Error("it was written")
			}
		})
	}
}

// TestEncryptedIsWritten: what is written into an encrypted workbook is what
// would have been written without the password, and it is encrypted again.
func TestEncryptedIsWritten(t *testing.T) {
	plain := newCentre(t, adjustments)
	c := newCentre(t, adjustments)
	c.put("a.xlsx", plain.bytes("a.xlsx"))
	c.protect("a.xlsx", batch.Password{Source: "$PW", Text: password})
	before := c.bytes("a.xlsx")
	plain.mustRun("a.xlsx: written")
	result := c.mustRun("a.xlsx: written")

	after := c.bytes("a.xlsx")
	if !bytes.Equal(unlocked(t, after), plain.bytes("a.xlsx")) {
		t.Error("the package in it is not what was written without a password")
	}
	sum := sha256.Sum256(after)
	if w := result.Workbooks[0]; w.SHA256 != hex.EncodeToString(sum[:]) || w.Cells == 0 {
		t.Errorf("the result tells of %d cells and %s", w.Cells, w.SHA256)
	}
	book, err := excelize.OpenReader(bytes.NewReader(after), excelize.Options{Password: password})
	check(t, err)
	if rows, err := book.GetRows("Adjustments"); err != nil || len(rows) < 2 || rows[1][4] != "Retained" {
		t.Errorf("another program sees %q, %v", rows, err)
	}
	copies := c.backups("a.xlsx")
	if len(copies) != 1 {
		t.Fatalf("the copies are %q", copies)
	}
	if kept, err := os.ReadFile(copies[0]); err != nil || !bytes.Equal(kept, before) {
		t.Errorf("the copy is not what was there before: %v", err)
	}
	check(t, filepath.WalkDir(c.dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(password)) || bytes.Contains(data, []byte("h\x00u\x00n\x00t\x00e\x00r\x002\x00")) || bytes.Contains(data, []byte("PK\x03\x04")) {
			t.Errorf("%s holds the password, or a workbook in the clear", path)
		}
		return err
	}))

	result = c.mustRun("a.xlsx: unchanged")
	if !bytes.Equal(c.bytes("a.xlsx"), after) || result.Workbooks[0].Cells != 0 {
		t.Error("it was written a second time")
	}
	// From one day to the next it is written again, from the program's own encryption.
	for _, x := range []*centre{plain, c} {
		x.on("2029-04-02") // the record may be disposed of
		x.mustRun("a.xlsx: written")
	}
	if again := c.bytes("a.xlsx"); bytes.Equal(again, after) || !bytes.Equal(unlocked(t, again), plain.bytes("a.xlsx")) {
		t.Error("the next day's answers are not in it")
	}
}
