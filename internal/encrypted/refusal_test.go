package encrypted

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestRefusals: what cannot be opened is refused with its own reason, which
// never tells the password.
func TestRefusals(t *testing.T) {
	info, stream, err := sealAgile(strings.NewReader(strings.Repeat("salt and pepper ", 10)), strongest(), utf16Bytes("hunter2"), 10, noise(5000))
	if err != nil {
		t.Fatal(err)
	}
	descriptor := func(old, new string) []byte {
		if !strings.Contains(string(info), old) {
			t.Fatalf("the descriptor has no %s", old)
		}
		return []byte(strings.ReplaceAll(string(info), old, new))
	}
	changed := func(b []byte, at int, value ...byte) []byte {
		b = slices.Clone(b)
		copy(b[at:], value)
		return b
	}
	header := func(flags, algorithm, hash, bits uint32, verifier ...uint32) []byte {
		return slices.Concat(numbered(3|2<<16, flags), numbered(32, flags, 0, algorithm, hash, bits, 0x18, 0, 0), numbered(verifier...))
	}
	const certificate = `<keyEncryptor uri="http://schemas.microsoft.com/office/2006/keyEncryptor/certificate">`
	const key = `<keyEncryptor uri="` + passwordNS + `">`
	drm := (&entry{kind: kindStorage, name: dataSpaces}).with((&entry{kind: kindStorage, name: "TransformInfo"}).with(&entry{kind: kindStorage, name: "DRMEncryptedTransform"}))
	other := (&entry{kind: kindStorage, name: dataSpaces}).with((&entry{kind: kindStorage, name: "TransformInfo"}).with(&entry{kind: kindStorage, name: "OtherTransform"}))
	enough := make([]uint32, 18)

	for name, test := range map[string]struct {
		data        []byte
		unsupported bool
		want        string
	}{
		"rights management": {compoundOf(t, info, stream, drm), true, "rights management (IRM)"},
		"other transform":   {compoundOf(t, info, stream, other), true, `"OtherTransform"`},
		"old RC4":           {compoundOf(t, changed(info, 0, 1, 0, 1, 0), stream), true, "version 1.1"},
		"extensible":        {compoundOf(t, changed(info, 0, 3, 0, 3, 0), stream), true, "extensible"},
		"a later version":   {compoundOf(t, changed(info, 0, 5, 0, 4, 0), stream), true, "version 5.4"},
		"certificate only":  {compoundOf(t, descriptor(key, certificate), stream), true, "certificate only"},
		"other cipher":      {compoundOf(t, descriptor(`"AES"`, `"3DES"`), stream), true, `"3DES"`},
		"other chaining":    {compoundOf(t, descriptor("ChainingModeCBC", "ChainingModeCFB"), stream), true, "ChainingModeCFB"},
		"other hash":        {compoundOf(t, descriptor("SHA512", "WHIRLPOOL"), stream), true, "WHIRLPOOL"},
		"standard RC4":      {compoundOf(t, header(4, 0x6801, 0x8004, 128, enough...), stream), true, "cipher 0x6801"},
		"standard external": {compoundOf(t, header(0x30, 0x660E, 0x8004, 128, enough...), stream), true, "cipher 0x660e"},
		"standard, hash":    {compoundOf(t, header(0x24, 0x660E, 0x800C, 128, enough...), stream), true, "hash 0x800c"},

		"no compound file":    {[]byte("PK\x03\x04"), false, "no compound file"},
		"no descriptor":       {compoundOf(t, nil, stream), false, "EncryptionInfo has 0 bytes"},
		"no XML":              {compoundOf(t, info[:100], stream), false, "no encryption descriptor"},
		"other XML":           {compoundOf(t, descriptor("<encryption", "<decryption"), stream), false, "no encryption descriptor"},
		"no base64":           {compoundOf(t, descriptor(`saltValue="`, `saltValue="?`), stream), false, "no encryption descriptor"},
		"no number":           {compoundOf(t, descriptor(`"10"`, `"ten"`), stream), false, "no encryption descriptor"},
		"a huge descriptor":   {compoundOf(t, append(info, make([]byte, maxInfo)...), stream), false, "bytes"},
		"too many rounds":     {compoundOf(t, descriptor(`"10"`, `"10000001"`), stream), false, "10000001 rounds"},
		"less than no rounds": {compoundOf(t, descriptor(`"10"`, `"-1"`), stream), false, "-1 rounds"},
		"two keys":            {compoundOf(t, descriptor("</keyEncryptors>", key+"</keyEncryptor></keyEncryptors>"), stream), false, "not one key"},
		"an empty key":        {compoundOf(t, descriptor("p:encryptedKey", "p:otherKey"), stream), false, "not one key"},
		"size of key":         {compoundOf(t, descriptor(`"256"`, `"255"`), stream), false, "do not go together"},
		"size of hash":        {compoundOf(t, descriptor(`"64"`, `"63"`), stream), false, "do not go together"},
		"size of salt":        {compoundOf(t, descriptor(`saltSize="16"`, `saltSize="17"`), stream), false, "do not go together"},
		"size of block":       {compoundOf(t, descriptor(`blockSize="16"`, `blockSize="8"`), stream), false, "do not go together"},
		"short verifier":      {compoundOf(t, descriptor(`encryptedVerifierHashInput="`, `encryptedVerifierHashInput="" x="`), stream), false, "too short"},
		"half a block":        {compoundOf(t, descriptor(`encryptedKeyValue="`, `encryptedKeyValue="AAAA`), stream), false, "too short"},
		"short check":         {compoundOf(t, descriptor(`encryptedHmacValue="`, `encryptedHmacValue="" x="`), stream), false, "too short"},
		"standard, cut":       {compoundOf(t, header(0x24, 0x660E, 0x8004, 128), stream), false, "cut short"},
		"standard, no header": {compoundOf(t, header(0x24, 0x660E, 0x8004, 128)[:10], stream), false, "cut short"},
		"standard, key":       {compoundOf(t, header(0x24, 0x660E, 0x8004, 256, enough...), stream), false, "do not go together"},
		"standard, verifier":  {compoundOf(t, header(0x24, 0x660E, 0x8004, 128, enough...), stream), false, "do not go together"},
		"no package":          {compoundOf(t, info, nil), false, "EncryptedPackage has 0 bytes"},
		"other package":       {compoundOf(t, info, changed(stream, 3000, 1, 2, 3)), false, "integrity check"},
		"other length":        {compoundOf(t, info, changed(stream, 0, 1)), false, "integrity check"},
		"package cut":         {compoundOf(t, info, stream[:len(stream)-16]), false, "integrity check"},
		"other check":         {compoundOf(t, descriptor(`encryptedHmacValue="`, `encryptedHmacValue="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA`), stream), false, "integrity check"},
		"no check, cut":       {compoundOf(t, descriptor("dataIntegrity", "other"), stream[:len(stream)-16]), false, "cut short"},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := Open(test.data, "hunter2")
			var un *Unsupported
			var bad *Damaged
			if p != nil || errors.As(err, &un) != test.unsupported || errors.As(err, &bad) == test.unsupported || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "; ") {
				t.Errorf("%v, want one that says %q and what to do", err, test.want)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("it tells the password")
			}
			// Without a password the reason is the same, but for what only the password shows.
			_, without := Open(test.data, "")
			if test.want != "integrity check" && name != "no check, cut" && (without == nil || without.Error() != err.Error()) {
				t.Errorf("without a password: %v", without)
			}
		})
	}

	// The integrity check is optional.
	p, err := Open(compoundOf(t, descriptor("dataIntegrity", "other"), stream), "hunter2")
	if err != nil || !slices.Equal(p.Content, noise(5000)) {
		t.Errorf("without an integrity check: %v", err)
	}
	// One who opens it by certificate would be shut out.
	p, err = Open(compoundOf(t, descriptor("</keyEncryptors>", certificate+"</keyEncryptor></keyEncryptors>"), stream), "hunter2")
	if err != nil {
		t.Fatal(err)
	}
	if why := p.ReadOnly(); !strings.Contains(why, "certificate") {
		t.Errorf("it can be sealed: %s", why)
	}
	if data, err := p.Seal(p.Content); data != nil || err == nil || err.Error() != p.ReadOnly() {
		t.Errorf("it was sealed: %v", err)
	}
}

// TestMissingStreams: a compound file that is something else.
func TestMissingStreams(t *testing.T) {
	for _, text := range []string{"", "Workbook 5000", "EncryptionInfo 100", "EncryptedPackage 5000", "EncryptionInfo\nEncryptedPackage 100"} {
		data, err := tree(text).write()
		if err != nil {
			t.Fatal(err)
		}
		var bad *Damaged
		if _, err := Open(data, "x"); !errors.As(err, &bad) || !strings.Contains(err.Error(), "no stream") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// FuzzCompound: whatever the bytes, reading ends, and what was read is written
// back the same.
func FuzzCompound(f *testing.F) {
	for _, text := range []string{"", "a 1", "a 100\nb 5000\nc\n d 70\ne 9000", many(20, 10)} {
		data, err := tree(text).write()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		root, err := readCompound(data)
		if err != nil {
			return
		}
		if all := root.size(); all > 2*len(data) {
			t.Fatalf("%d bytes hold %d", len(data), all)
		}
		again, err := root.write()
		if err != nil {
			t.Fatal(err)
		}
		if got, err := readCompound(again); err != nil || !got.equal(root) {
			t.Fatalf("it came back as something else: %v", err)
		}
	})
}

func (e *entry) size() int {
	n := len(e.content)
	for _, c := range e.children {
		n += c.size()
	}
	return n
}

// FuzzScheme: whatever the descriptor and the package, opening ends.
func FuzzScheme(f *testing.F) {
	for _, content := range [][]byte{nil, noise(20), noise(4097)} {
		info, stream, err := sealAgile(strings.NewReader(strings.Repeat("x", 200)), strongest(), utf16Bytes("p"), 3, content)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(info, stream)
	}
	f.Add(slices.Concat(numbered(3|2<<16, 0x24, 32, 0x24, 0, 0x660E, 0x8004, 128, 0x18, 0, 0, 16, 1, 2, 3, 4, 1, 2, 3, 4, 20), make([]byte, 32)), make([]byte, 100))
	f.Fuzz(func(t *testing.T, info, stream []byte) {
		s, err := readScheme(info)
		if err != nil || len(stream) < sizePrefix {
			return
		}
		if a, ok := s.(*agile); ok && a.key.Spins > 1000 {
			return
		}
		content, err := s.open(utf16Bytes("p"), slices.Clone(stream))
		if err == nil && len(content) > len(stream) {
			t.Fatalf("%d bytes hold %d", len(stream), len(content))
		}
	})
}
