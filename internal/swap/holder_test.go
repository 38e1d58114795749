package swap

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// ownerFile makes what Excel writes: 165 bytes with the name in the code page and in UTF-16.
func ownerFile(ansi, wide string) []byte {
	data := []byte(strings.Repeat(" ", 55) + strings.Repeat(" \x00", 55))
	data[0] = byte(len(ansi))
	copy(data[1:], ansi)
	units := utf16.Encode([]rune(wide))
	binary.LittleEndian.PutUint16(data[55:], uint16(len(units)))
	for i, u := range units {
		binary.LittleEndian.PutUint16(data[57+2*i:], u)
	}
	return data
}

func TestParseOwnerFile(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"both names":          {ownerFile("J. Smith", "J. Smith"), "J. Smith"},
		"wide name wins":      {ownerFile("Zo?", "Zoë Łukasz"), "Zoë Łukasz"},
		"outside the BMP":     {ownerFile("", "A 😀"), "A 😀"},
		"longest":             {ownerFile(strings.Repeat("a", 52), strings.Repeat("a", 52)), strings.Repeat("a", 52)},
		"no wide name":        {ownerFile("J. Smith", ""), "J. Smith"},
		"code page only":      {append([]byte{5}, "Smith   "...), "Smith"},
		"cut in the name":     {append([]byte{50}, "Smith"...), "Smith"},
		"cut in the wide":     {ownerFile("", "Smith")[:61], "Sm"},
		"half a unit":         {ownerFile("", "Smith")[:60], "S"},
		"wide length lies":    {append(ownerFile("Bob", "Smith")[:55], 0xff, 0xff, 'S', 0), "Bob"},
		"wide name cut":       {append(ownerFile("", "Smith")[:55], 54, 0, 'S', 0), "S"},
		"length byte lies":    {append([]byte{255}, strings.Repeat("b", 200)...), strings.Repeat("b", 54)},
		"empty":               {nil, ""},
		"one byte":            {[]byte{7}, ""},
		"zeros":               {make([]byte, 165), ""},
		"control characters":  {ownerFile("", "A\x1b[31m\nB\x00"), "A[31m B"},
		"bidi override":       {ownerFile("", "A\u202eB\u200bC"), "ABC"},
		"lone surrogate":      {append(ownerFile("", "")[:55], 2, 0, 0x00, 0xd8, 'B', 0), "B"},
		"code page not ASCII": {append([]byte{4}, "Zo\xebA"...), "ZoA"},
	} {
		if who, since := parseOwnerFile(c.data); who != c.want || !since.IsZero() {
			t.Errorf("%s: got %q, %v; want %q", name, who, since, c.want)
		}
	}
}

func TestParseLockFile(t *testing.T) {
	at := time.Date(2026, 5, 11, 9, 12, 0, 0, time.Local)
	for name, c := range map[string]struct {
		data  string
		want  string
		since time.Time
	}{
		"whole":         {"Jane Smith,jsmith,PC12,11.05.2026 09:12,file:///home/j/.config;", "Jane Smith", at},
		"no display":    {",jsmith,PC12,11.05.2026 09:12,x;", "jsmith", at},
		"only the host": {",,PC12,11.05.2026 09:12,x;", "PC12", at},
		"escapes":       {`Smith\, Jane\; B\\C,j,h,11.05.2026 09:12,x;`, `Smith, Jane; B\C`, at},
		"UTF-8":         {"Zoë Łukasz,z,h,11.05.2026 09:12,x;", "Zoë Łukasz", at},
		"no time":       {"Jane,j,h;", "Jane", time.Time{}},
		"wrong time":    {"Jane,j,h,2026-05-11,x;", "Jane", time.Time{}},
		"no end":        {"Jane,j,h,11.05.2026 09:12", "Jane", at},
		"ends early":    {"Jane;j,h,11.05.2026 09:12", "Jane", time.Time{}},
		"last escape":   {`Jane\`, `Jane\`, time.Time{}},
		"empty":         {"", "", time.Time{}},
		"broken UTF-8":  {"J\xffane,j", "Jane", time.Time{}},
	} {
		if who, since := parseLockFile([]byte(c.data)); who != c.want || !since.Equal(c.since) {
			t.Errorf("%s: got %q, %v; want %q, %v", name, who, since, c.want, c.since)
		}
	}
}

func TestCleanNameIsCut(t *testing.T) {
	got := cleanName(strings.Repeat("ë", 61))
	if want := strings.Repeat("ë", 59) + "…"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if whole := strings.Repeat("ë", 60); cleanName(whole) != whole {
		t.Error("a name of 60 characters was cut")
	}
}

func TestHolder(t *testing.T) {
	dir := t.TempDir()
	book := filepath.Join(dir, "claims 25–26.xlsx")
	if held := Holder(book); held != nil {
		t.Fatalf("%+v without a lock", held)
	}
	expect := func(what, path string, want Held) {
		t.Helper()
		if held := Holder(path); held == nil || held.Program != want.Program || held.Who != want.Who || !want.Since.IsZero() && !held.Since.Equal(want.Since) {
			t.Errorf("%s: %+v, want %+v", what, held, want)
		}
	}

	libre := filepath.Join(dir, ".~lock.claims 25–26.xlsx#")
	write(t, libre, []byte("Jane,j,h,11.05.2026 09:12,x;"))
	expect("LibreOffice", book, Held{"LibreOffice", "Jane", time.Date(2026, 5, 11, 9, 12, 0, 0, time.Local)})

	excel := filepath.Join(dir, "~$claims 25–26.xlsx")
	write(t, excel, ownerFile("Bob", "Bob"))
	when := time.Date(2026, 5, 11, 7, 0, 0, 0, time.UTC)
	if err := os.Chtimes(excel, when, when); err != nil {
		t.Fatal(err)
	}
	expect("Excel", book, Held{"Excel", "Bob", when})
	if held := Holder(filepath.Join(dir, "other.xlsx")); held != nil {
		t.Errorf("another workbook's lock counts: %+v", held)
	}
	t.Chdir(dir)
	expect("path without a folder", "claims 25–26.xlsx", Held{"Excel", "Bob", when})

	// A lock that cannot be read is a lock all the same.
	if err := os.Remove(excel); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(excel, 0o700); err != nil {
		t.Fatal(err)
	}
	expect("unreadable lock", book, Held{Program: "Excel"})
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

func FuzzLockFiles(f *testing.F) {
	f.Add(ownerFile("Bob", "Zoë"))
	f.Add([]byte("Jane\\, B,j,h,11.05.2026 09:12,x;"))
	f.Add([]byte{255})
	f.Fuzz(func(t *testing.T, data []byte) {
		a, _ := parseOwnerFile(data)
		b, _ := parseLockFile(data)
		for _, who := range []string{a, b} {
			if !utf8.ValidString(who) || utf8.RuneCountInString(who) > 60 || strings.TrimSpace(who) != who {
				t.Errorf("name %q from %q", who, data)
			}
			for _, r := range who {
				if !unicode.IsPrint(r) {
					t.Errorf("name %q holds %U", who, r)
				}
			}
		}
	})
}
