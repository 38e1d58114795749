package swap

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
)

// The names of lock files: one prefix and the workbook's name, LibreOffice's with a # behind it.
const (
	ownerPrefix = "~$"
	lockPrefix  = ".~lock."
)

// Held says that somebody has the file open.
type Held struct {
	Program string    // "Excel" or "LibreOffice"; "" where it cannot be known
	Who     string    // by the name in the lock file: a person's. "" where it cannot be known
	Since   time.Time // zero where it cannot be known
}

// Error says what is known but for the name, which is for those only who may see it.
func (h *Held) Error() string {
	text := "it is open"
	if h.Program != "" {
		text += " in " + h.Program
	}
	if !h.Since.IsZero() {
		text += " since " + h.Since.Local().Format("02/01/2006 15:04")
	}
	return text
}

// Holder tells whether a spreadsheet program has left a lock file beside the file: Excel's owner file `~$name.xlsx` or
// LibreOffice's `.~lock.name.xlsx#`. Since is the time in it, else that of the lock file itself.
//
// Both programs leave their lock behind when they crash, so one that is old is perhaps stale; and a workbook in a
// synchronised folder may be open elsewhere without any lock to be seen here: nil proves nothing.
func Holder(path string) *Held {
	dir, name := filepath.Split(path)
	for _, lock := range []struct {
		program string
		path    string
		parse   func(data []byte) (who string, since time.Time)
	}{
		{"Excel", dir + ownerPrefix + name, parseOwnerFile},
		{"LibreOffice", dir + lockPrefix + name + "#", parseLockFile},
	} {
		info, err := os.Lstat(lock.path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil { // it may be there: rather wait in vain than overwrite
			return &Held{}
		}
		held := &Held{Program: lock.program}
		if info.Mode().IsRegular() { // anything else (a pipe) might block the reader
			held.Who, held.Since = lock.parse(readHead(lock.path))
		}
		if held.Since.IsZero() {
			held.Since = info.ModTime()
		}
		return held
	}
	return nil
}

// readHead reads as much of a lock file as could matter; nothing where it cannot be read.
func readHead(path string) []byte {
	file, err := openShared(path)
	if err != nil {
		return nil
	}
	defer file.Close()
	data, _ := io.ReadAll(io.LimitReader(file, 4096))
	return data
}

// parseOwnerFile reads Excel's owner file: a byte with the length of the user's name in the local code page, the name
// filled up with spaces to offset 55, there the length of the name in UTF-16 code units (16 bits, little-endian) and
// those units. It holds no time.
func parseOwnerFile(data []byte) (who string, since time.Time) {
	const (
		wide    = 55
		longest = 54 // more is no length
	)
	if len(data) >= wide+2 && binary.LittleEndian.Uint16(data[wide:]) <= longest {
		n := int(binary.LittleEndian.Uint16(data[wide:]))
		units := make([]uint16, 0, longest)
		for rest := data[wide+2:]; len(rest) >= 2 && len(units) < n; rest = rest[2:] {
			units = append(units, binary.LittleEndian.Uint16(rest))
		}
		if who = cleanName(string(utf16.Decode(units))); who != "" {
			return who, since
		}
	}
	if len(data) > 1 {
		n := min(int(data[0]), longest, len(data)-1)
		// Which code page it is cannot be known: only ASCII is believed, the rest falls away with the bad UTF-8.
		who = cleanName(string(data[1 : 1+n]))
	}
	return who, since
}

// parseLockFile reads LibreOffice's lock file: `display name,login,host,dd.mm.yyyy hh:mm,profile;` in UTF-8, with a
// backslash before every comma, semicolon and backslash that belongs to a field. The time is the local one.
func parseLockFile(data []byte) (who string, since time.Time) {
	fields := []string{""}
	for i := 0; i < len(data) && data[i] != ';'; i++ {
		if data[i] == ',' {
			fields = append(fields, "")
			continue
		}
		if data[i] == '\\' && i+1 < len(data) {
			i++
		}
		fields[len(fields)-1] += string(data[i : i+1])
	}
	for _, field := range fields[:min(3, len(fields))] { // the login or the host is better than nobody
		if who = cleanName(field); who != "" {
			break
		}
	}
	if len(fields) > 3 {
		if t, err := time.ParseInLocation("02.01.2006 15:04", strings.TrimSpace(fields[3]), time.Local); err == nil {
			since = t
		}
	}
	return who, since
}

// cleanName makes a name from a lock file fit for one line of a message: whoever can write into the folder chose it.
// Control characters, invisible ones (which can turn the line's direction) and broken encoding are dropped, white
// space is folded, and what is longer than any name is cut.
func cleanName(s string) string {
	const longest = 60
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar, !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > longest {
		s = string(runes[:longest-1]) + "…"
	}
	return s
}
