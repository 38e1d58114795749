package encrypted

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

const password = "Höflich 🔑 pass" // two bytes, and four, in UTF-16

// empty is a workbook that a password has opened, of a file that holds no other streams.
func empty(password string) *Package {
	return &Package{root: &entry{kind: kindRoot, name: "Root Entry"}, password: func() []byte { return utf16Bytes(password) }}
}

func seal(t *testing.T, p *Package, content []byte) []byte {
	t.Helper()
	data, err := p.Seal(content)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// noise is bytes that no cipher could have left as they were.
func noise(size int) []byte {
	b := make([]byte, size)
	r := rand.NewChaCha8([32]byte{1})
	r.Read(b)
	return b
}

// decrypted is what another implementation makes of a file.
func decrypted(t *testing.T, data []byte, password string) []byte {
	t.Helper()
	got, err := excelize.Decrypt(bytes.Clone(data), &excelize.Options{Password: password})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestRoundTrip(t *testing.T) {
	for _, size := range []int{0, 1, 15, 16, 17, 4080, 4087, 4088, 4089, 4095, 4096, 4097, 8191, 8192, 8193, 1 << 20, 8<<20 + 3} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			t.Parallel()
			content := noise(size)
			info, stream, err := sealAgile(rand.NewChaCha8([32]byte{}), strongest(), utf16Bytes(password), 10, content) // few rounds: they take most of the time
			if err != nil {
				t.Fatal(err)
			}
			data := compoundOf(t, info, stream)
			p, err := Open(data, password)
			if err != nil || !bytes.Equal(p.Content, content) {
				t.Fatalf("it came back as something else: %v", err)
			}
			if got := decrypted(t, data, password); !bytes.Equal(got, content) {
				t.Errorf("another implementation sees %d bytes, and not the same", len(got))
			}
			if size > 16 && bytes.Contains(data, content[:16]) {
				t.Error("the package stands in the file in the clear")
			}
		})
	}
}

func TestWrongPassword(t *testing.T) {
	data := seal(t, empty(password), noise(5000))
	for _, wrong := range []string{"", "x", password + " ", strings.ToLower(password), password[:len(password)-1]} {
		if _, err := Open(data, wrong); !errors.Is(err, ErrPassword) {
			t.Errorf("with %q: %v", wrong, err)
		}
	}
}

// TestKnownAnswer: the same salts and keys give the same file, whatever the
// machine; what it holds was checked with other implementations.
func TestKnownAnswer(t *testing.T) {
	secret := make([]byte, 3*16+32+64)
	for i := range secret {
		secret[i] = byte(i)
	}
	content := append([]byte("PK\x05\x06"), make([]byte, 18)...) // a zip of nothing
	data, err := empty("pass").seal(bytes.NewReader(secret), content)
	if err != nil {
		t.Fatal(err)
	}
	if got := decrypted(t, data, "pass"); !bytes.Equal(got, content) {
		t.Errorf("%q", got)
	}
	sum := sha256.Sum256(data)
	if got, want := hex.EncodeToString(sum[:]), "adf4ca3b9a7a949822a8a12590cb3019cd9a21cb09aecdc31d85b69aafcc9674"; got != want || len(data) != 5120 {
		t.Errorf("%d bytes %s, want %s", len(data), got, want)
	}
	if _, err := empty("pass").seal(io.LimitReader(bytes.NewReader(secret), 100), nil); err == nil {
		t.Error("it was sealed with too few random bytes")
	}
}

func TestSealedTwiceDiffers(t *testing.T) {
	content := noise(5000)
	a, b := seal(t, empty(password), content), seal(t, empty(password), content)
	x, err := readCompound(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := readCompound(b)
	if err != nil {
		t.Fatal(err)
	}
	v, err := readAgile(x.child(infoStream).content[8:])
	if err != nil {
		t.Fatal(err)
	}
	w, err := readAgile(y.child(infoStream).content[8:])
	if err != nil {
		t.Fatal(err)
	}
	for name, pair := range map[string][2][]byte{
		"salt": {v.Data.Salt, w.Data.Salt}, "salt of the key": {v.key.Salt, w.key.Salt}, "both salts": {v.Data.Salt, v.key.Salt},
		"key": {v.key.Key, w.key.Key}, "HMAC key": {v.Integrity.HMACKey, w.Integrity.HMACKey},
		"package": {x.child(packageStream).content[8:24], y.child(packageStream).content[8:24]},
	} {
		if bytes.Equal(pair[0], pair[1]) {
			t.Errorf("the %s is the same", name)
		}
	}
}

// TestStandard: what another program encrypts as Excel 2007 did is read, and
// sealed more strongly.
func TestStandard(t *testing.T) {
	for _, size := range []int{4088, 4096, 4097, 100_001} { // what it makes of less, nothing can read
		content := noise(size)
		data, err := excelize.Encrypt(content, &excelize.Options{Password: password})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Open(data, "other"); !errors.Is(err, ErrPassword) {
			t.Errorf("with a wrong password: %v", err)
		}
		p, err := Open(data, password)
		if err != nil || !bytes.Equal(p.Content, content) {
			t.Fatalf("%d bytes came back of %d, %v", len(p.Content), size, err)
		}
		data = seal(t, p, append(content, "more"...))
		if got := decrypted(t, data, password); string(got) != string(content)+"more" {
			t.Error("another implementation sees something else")
		}
		root, err := readCompound(data)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{`keyBits="256"`, `hashAlgorithm="SHA512"`, `spinCount="100000"`, `<dataIntegrity `} {
			if !strings.Contains(string(root.child(infoStream).content), want) {
				t.Errorf("the descriptor has no %s", want)
			}
		}
		if root.at(dataSpaces, "TransformInfo", passwordTransform, "\x06Primary") == nil {
			t.Error("the file does not say which transform its package went through")
		}
	}
}

// TestSchemes: every combination that is known is read, and sealed with no fewer rounds.
func TestSchemes(t *testing.T) {
	content := noise(9000)
	for _, bits := range []int{128, 192, 256} {
		for name, size := range map[string]int{"SHA1": 20, "SHA-1": 20, "SHA256": 32, "SHA384": 48, "SHA512": 64} {
			p := strongest()
			p.KeyBits, p.Hash, p.HashSize = bits, name, size
			for _, salt := range []int{1, 16, 20} {
				p.SaltSize = salt
				info, stream, err := sealAgile(rand.NewChaCha8([32]byte{}), p, utf16Bytes(password), 1001, content)
				if err != nil {
					t.Fatal(err)
				}
				data := compoundOf(t, info, stream)
				opened, err := Open(data, password)
				if err != nil || !bytes.Equal(opened.Content, content) {
					t.Fatalf("%+v: %v", p, err)
				}
				// The other implementation takes keys of 192 bits, and those longer than
				// the hash, for something else than the format says.
				if salt == 16 && bits == 128 && name != "SHA-1" && !bytes.Equal(decrypted(t, data, password), content) {
					t.Errorf("%+v: another implementation sees something else", p)
				}
				if opened.spins != 1001 {
					t.Errorf("%d rounds", opened.spins)
				}
			}
		}
	}
	p := empty(password)
	p.spins = 100_001
	root, err := readCompound(seal(t, p, content))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(root.child(infoStream).content), `spinCount="100001"`) {
		t.Error("it was sealed with fewer rounds than before")
	}
}

// compoundOf is an encrypted workbook of the two streams and nothing else.
func compoundOf(t *testing.T, info, stream []byte, others ...*entry) []byte {
	t.Helper()
	root := &entry{kind: kindRoot, name: "Root Entry"}
	data, err := root.with(
		append(others, &entry{kind: kindStream, name: infoStream, content: info}, &entry{kind: kindStream, name: packageStream, content: stream})...,
	).write()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestOthersStay: whatever else the file holds is in it after sealing too.
func TestOthersStay(t *testing.T) {
	old := empty(password)
	spaces := passwordDataSpaces()
	spaces.times = [16]byte{1, 2, 3}
	info := spaces.child("TransformInfo")
	*info = *info.with(&entry{kind: kindStream, name: "LabelInfo", content: noise(300)})
	old.root.class, old.root.times = [16]byte{9, 8, 7}, [16]byte{8: 6}
	old.root = old.root.with(
		spaces,
		&entry{kind: kindStream, name: "\x05SummaryInformation", content: noise(200), state: 5},
		&entry{kind: kindStream, name: "\x05DocumentSummaryInformation", content: noise(4096)},
		&entry{kind: kindStorage, name: "Anything", class: [16]byte{1}, times: [16]byte{2}, children: []*entry{{kind: kindStream, name: "Empty"}}},
	)
	p, err := Open(seal(t, old, noise(100)), password)
	if err != nil {
		t.Fatal(err)
	}
	if p.root.child("\x05SummaryInformation") == nil {
		t.Error("a stream is missing already")
	}
	root, err := readCompound(seal(t, p, noise(200)))
	if err != nil {
		t.Fatal(err)
	}
	if root.take(infoStream) == nil || root.take(packageStream) == nil {
		t.Fatal("the package is missing")
	}
	if want := empty("").root.with(old.root.children...); len(root.children) != len(want.children) || root.class != old.root.class || root.times != old.root.times {
		t.Errorf("the root is %+v", root)
	}
	for _, e := range old.root.children {
		if got := root.child(e.name); got == nil || got.content != nil && !bytes.Equal(got.content, e.content) || got.state != e.state || got.times != e.times || got.class != e.class {
			t.Errorf("%q is %+v, and was %+v", e.name, got, e)
		}
	}
	if got := root.at(dataSpaces, "TransformInfo", "LabelInfo"); got == nil || !bytes.Equal(got.content, noise(300)) {
		t.Error("the label is gone")
	}
}

// TestExcels opens what Excel has encrypted, seals it, and opens it again.
func TestExcels(t *testing.T) {
	corpus := os.Getenv("REGCERT_CORPUS")
	if corpus == "" {
		if os.Getenv("REGCERT_REQUIRE_ALL") == "1" {
			t.Fatal("REGCERT_CORPUS is not set")
		}
		t.Skip("REGCERT_CORPUS is not set")
	}
	for name, password := range map[string]string{
		"poi/60320-protected.xlsx":     "Test001!!", // SHA-512 and AES-256 for the key, SHA-1 and AES-128 for the package
		"poi/protected_sha512.xlsx":    "this is a test",
		"calamine/pass_protected.xlsx": "123",
	} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join(corpus, name))
			if err != nil {
				t.Fatal(err)
			}
			p, err := Open(data, password)
			if err != nil {
				t.Fatal(err)
			}
			// Where key and package differ in their hash, the other implementation errs.
			mixed := strings.HasPrefix(name, "poi/60320")
			if !mixed && !bytes.Equal(decrypted(t, data, password), p.Content) {
				t.Error("another implementation sees another package")
			}
			if _, err := Open(data, password+"x"); !errors.Is(err, ErrPassword) {
				t.Errorf("with a wrong password: %v", err)
			}
			// Excel's own storage is the one that is given to files without any.
			if want := passwordDataSpaces(); !sameContent(p.root.child(dataSpaces), want) {
				t.Error("Excel describes the transform otherwise")
			}
			sealed := seal(t, p, p.Content)
			if was, is := descriptorOf(t, data), descriptorOf(t, sealed); is != was && !mixed {
				t.Errorf("the descriptor is\n%s\nand Excel's\n%s", is, was)
			}
			again, err := Open(sealed, password)
			if err != nil || !bytes.Equal(again.Content, p.Content) || !again.root.equal(p.root) {
				t.Errorf("it is not what it was: %v", err)
			}
			if book, err := excelize.OpenReader(bytes.NewReader(sealed), excelize.Options{Password: password}); err != nil || len(book.GetSheetList()) == 0 {
				t.Errorf("another reader sees no sheets: %v", err)
			}
		})
	}
}

// descriptorOf is the stream EncryptionInfo, without what is random in it.
func descriptorOf(t *testing.T, data []byte) string {
	t.Helper()
	root, err := readCompound(data)
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`((saltValue|encrypted[A-Za-z]+)=")[^"]*`).ReplaceAllString(string(root.child(infoStream).content), "$1")
}

// sameContent compares entries but for their times.
func sameContent(a, b *entry) bool {
	if a == nil || b == nil || a.kind != b.kind || a.name != b.name || len(a.children) != len(b.children) || !bytes.Equal(a.content, b.content) {
		return false
	}
	for i := range a.children {
		if !sameContent(a.children[i], b.children[i]) {
			return false
		}
	}
	return true
}

// TestPasswordIsNotPrinted: however a Package is printed.
func TestPasswordIsNotPrinted(t *testing.T) {
	p, err := Open(seal(t, empty("hunter2"), nil), "hunter2")
	if err != nil {
		t.Fatal(err)
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%q"} {
		for _, secret := range []string{"hunter2", string(utf16Bytes("hunter2")), fmt.Sprintf("%x", utf16Bytes("hunter2")), strings.Trim(fmt.Sprint(utf16Bytes("hunter2")), "[]")} {
			for _, text := range []string{fmt.Sprintf(verb, p), fmt.Sprintf(verb, *p)} {
				if strings.Contains(text, secret) {
					t.Errorf("%s prints the password", verb)
				}
			}
		}
	}
}
