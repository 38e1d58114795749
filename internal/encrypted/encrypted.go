// Package encrypted opens workbooks that are protected by a password, and seals
// them again: the compound file ([MS-CFB]), and in it the encrypted package and
// how it was encrypted ([MS-OFFCRYPTO] 2.3.4). Bytes in, bytes out; neither the
// password nor the package ever touches a disk here.
package encrypted

import (
	"bytes"
	"crypto/aes"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"unicode/utf16"
)

var le = binary.LittleEndian

// ErrPassword is the error of a password that does not open the workbook.
var ErrPassword = errors.New("the password does not open it")

// Unsupported is the error of a workbook that may be sound, but is protected in
// a way that is not understood with certainty.
type Unsupported struct {
	Detail string // what was found
	Remedy string // what to do
}

func (u *Unsupported) Error() string { return u.Detail + "; " + u.Remedy }

// Damaged is the error of a file whose bytes are not what was written.
type Damaged struct {
	Detail string
}

func (d *Damaged) Error() string {
	return "the encrypted workbook is damaged: " + d.Detail + "; restore an earlier copy, or open it in Excel and save it again"
}

func damaged(format string, args ...any) error {
	return &Damaged{Detail: fmt.Sprintf(format, args...)}
}

// saveAgain is the remedy for what an up-to-date Excel would have written otherwise.
const saveAgain = "open it in an up-to-date Excel and save it, or take the password off (File, Info, Protect Workbook)"

// sizePrefix is how many bytes stand before the encrypted ones, and say how many
// those stand for ([MS-OFFCRYPTO] 2.3.4.4).
const sizePrefix = 8

// The streams of an encrypted workbook ([MS-OFFCRYPTO] 2.3.4).
const (
	infoStream    = "EncryptionInfo"
	packageStream = "EncryptedPackage"
)

// Package is a workbook that its password has opened.
type Package struct {
	Content []byte // the package itself, a zip

	root     *entry        // everything the compound file holds, without the two streams above
	spins    int           // how often the password was hashed
	password func() []byte // as it is hashed; a function, so that no way of printing a Package shows it
	readOnly string        // why it is never sealed again; empty: it can be
}

// Open decrypts a workbook with its password. Its errors are ErrPassword (of an
// empty password too, where a password could open the workbook), *Unsupported
// and *Damaged. What the package holds is not looked at.
func Open(data []byte, password string) (*Package, error) {
	root, err := readCompound(data)
	if err != nil {
		return nil, err
	}
	if err := onlyPassword(root); err != nil {
		return nil, err
	}
	info, content := root.take(infoStream), root.take(packageStream)
	if info == nil || content == nil {
		return nil, damaged("it has no stream %s, or no %s", infoStream, packageStream)
	}
	s, err := readScheme(info.content)
	if err != nil {
		return nil, err
	}
	if len(content.content) < sizePrefix {
		return nil, damaged("the stream %s has %d bytes", packageStream, len(content.content))
	}
	if password == "" {
		return nil, ErrPassword
	}
	p := &Package{root: root, password: func() []byte { return utf16Bytes(password) }}
	if p.Content, err = s.open(p.password(), content.content); err != nil {
		return nil, err
	}
	p.spins, p.readOnly = s.spins(), s.readOnly()
	if _, old := s.(*standard); old {
		root.forgetCipher()
	}
	return p, nil
}

// scheme is one of the two ways in which a password protects a package.
type scheme interface {
	// open decrypts the stream EncryptedPackage in place. The password is in UTF-16.
	open(password, stream []byte) ([]byte, error)
	spins() int
	readOnly() string
}

// readScheme reads how the package was encrypted ([MS-OFFCRYPTO] 2.3.4.5, 2.3.4.6 and 2.3.4.10).
func readScheme(info []byte) (scheme, error) {
	if len(info) < 8 {
		return nil, damaged("the stream %s has %d bytes", infoStream, len(info))
	}
	major, minor := le.Uint16(info), le.Uint16(info[2:])
	switch {
	case major == 4 && minor == 4:
		return readAgile(info[8:])
	case minor == 2 && 2 <= major && major <= 4:
		return readStandard(info[8:])
	case minor == 3 && (major == 3 || major == 4):
		return nil, &Unsupported{Detail: "it is encrypted by an additional program of its own (extensible encryption)", Remedy: saveAgain}
	}
	return nil, &Unsupported{Detail: fmt.Sprintf("it is encrypted in a way of version %d.%d, which is not known", major, minor), Remedy: saveAgain}
}

// split parts the stream EncryptedPackage into how many bytes the package has
// and its encrypted blocks ([MS-OFFCRYPTO] 2.3.4.4).
func split(stream []byte) (size uint64, blocks []byte, err error) {
	size, blocks = le.Uint64(stream), stream[sizePrefix:]
	blocks = blocks[:len(blocks)/aes.BlockSize*aes.BlockSize]
	if size > uint64(len(blocks)) {
		return 0, nil, damaged("the stream %s is cut short", packageStream)
	}
	return size, blocks, nil
}

// ReadOnly says why the workbook can be opened, but not be sealed again without
// taking something away, and what to do; empty: it can be.
func (p *Package) ReadOnly() string { return p.readOnly }

// Seal encrypts a package with the password that opened the workbook, and gives
// the whole file: AES-256, SHA-512, at least 100,000 rounds and an integrity
// check, as Excel does it, with a fresh key and fresh salts. Whatever else the
// file held stays in it. The result has been opened again and compared before
// it is returned. A Package that is ReadOnly is not sealed.
func (p *Package) Seal(content []byte) ([]byte, error) {
	return p.seal(rand.Reader, content)
}

func (p *Package) seal(random io.Reader, content []byte) ([]byte, error) {
	if p.readOnly != "" {
		return nil, errors.New(p.readOnly)
	}
	info, stream, err := sealAgile(random, strongest(), p.password(), max(leastSpins, p.spins), content)
	if err != nil {
		return nil, err
	}
	root := p.root
	if root.child(dataSpaces) == nil {
		root = root.with(passwordDataSpaces())
	}
	data, err := root.with(
		&entry{kind: kindStream, name: infoStream, content: info},
		&entry{kind: kindStream, name: packageStream, content: stream},
	).write()
	if err != nil {
		return nil, err
	}
	if err := prove(data, p.password(), root, content); err != nil {
		return nil, fmt.Errorf("what was encrypted does not open again as it was: %w", err)
	}
	return data, nil
}

// prove opens what was sealed and compares it with what went in.
func prove(data, password []byte, others *entry, content []byte) error {
	root, err := readCompound(data)
	if err != nil {
		return err
	}
	info, stream := root.take(infoStream), root.take(packageStream)
	if info == nil || stream == nil || !root.equal(others) {
		return errors.New("its streams differ")
	}
	s, err := readScheme(info.content)
	if err != nil {
		return err
	}
	got, err := s.open(password, stream.content)
	if err == nil && !bytes.Equal(got, content) {
		err = errors.New("its package differs")
	}
	return err
}

// utf16Bytes is a text in UTF-16LE.
func utf16Bytes(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = le.AppendUint16(b, u)
	}
	return b
}
