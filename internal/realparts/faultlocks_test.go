package realparts

import (
	"encoding/binary"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

// ownerFile is Excel's owner file of a user: 165 bytes, with the name in a code page and in UTF-16.
func ownerFile(user string) []byte {
	data := append([]byte{byte(len(user))}, user+strings.Repeat(" ", 54-len(user))...)
	units := utf16.Encode([]rune(user))
	data = binary.LittleEndian.AppendUint16(data, uint16(len(units)))
	for _, u := range units {
		data = binary.LittleEndian.AppendUint16(data, u)
	}
	for len(data) < 165 {
		data = append(data, ' ', 0)
	}
	return data[:165]
}

// TestLocks: a workbook that somebody has open is left alone. Who that is stands on the terminal only.
func TestLocks(t *testing.T) {
	const who = "Jo Bloggs"
	const hint = " (if nobody has it open, a program left its lock file behind: open the workbook and close it again)"
	now := time.Now().UTC()
	libre := func(since time.Time) []byte {
		return []byte(who + ",jo,office," + since.Format("02.01.2006 15:04") + ",file:///home/jo;")
	}
	old := now.Add(-25 * time.Hour)
	for name, test := range map[string]struct {
		lock     string
		data     []byte
		modified time.Time
		want     string // between "open in" and the reason's end
		hint     bool
	}{
		"Excel":                          {"~$claims.xlsx", ownerFile(who), now, "Excel since ", false},
		"LibreOffice":                    {".~lock.claims.xlsx#", libre(now), now, "LibreOffice since ", false},
		"Excel, since yesterday":         {"~$claims.xlsx", ownerFile(who), old, "Excel since ", true},
		"LibreOffice, since yesterday":   {".~lock.claims.xlsx#", libre(old), now, "LibreOffice since ", true},
		"LibreOffice, file from earlier": {".~lock.claims.xlsx#", libre(now), old, "LibreOffice since ", false},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, registerOf(t, firstRegister))
			before := sumOf(t, d.book())
			writeFile(t, d.beside(test.lock), test.data)
			check(t, os.Chtimes(d.beside(test.lock), test.modified, test.modified))

			text := d.run(t, "--format", "text")
			if text.code != 3 || !strings.Contains(text.stdout, "deferred: it is open in "+test.want) || !strings.Contains(text.stdout, "("+who+" has it open)") {
				t.Errorf("exit code %d, and it does not say who has it open:\n%s", text.code, text.stdout)
			}
			e := d.run(t)
			e.want(t, 3, "claims.xlsx deferred")
			reason := e.Workbooks[0].Reason
			if !strings.Contains(reason, "it is open in "+test.want) || strings.HasSuffix(reason, hint) != test.hint {
				t.Errorf("the reason is %q", reason)
			}
			if strings.Contains(e.stdout+e.stderr, who) {
				t.Errorf("the JSON names who has it open:\n%s", e.stdout)
			}
			if d.stateHolds(t, who) || !d.stateHolds(t, "claims.xlsx") {
				t.Error("the state names who has it open, or nothing at all")
			}
			if sumOf(t, d.book()) != before || len(d.copies(t)) > 0 {
				t.Error("it was written all the same")
			}
			check(t, os.Remove(d.beside(test.lock)))
			d.run(t).want(t, 0, "claims.xlsx written")
		})
	}
}

// TestHalfSynchronised: a workbook that is not all there yet is tried again; one that has been so for long is broken.
func TestHalfSynchronised(t *testing.T) {
	whole := registerOf(t, firstRegister)
	for name, part := range map[string][]byte{
		"cut in the middle": whole[:len(whole)/2],
		"zeros":             make([]byte, len(whole)),
		"zeros at the end":  append(append([]byte{}, whole[:len(whole)/2]...), make([]byte, len(whole)-len(whole)/2)...),
		"empty":             nil,
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, part)
			for _, moment := range []struct {
				age     time.Duration
				outcome string
			}{{0, "deferred"}, {time.Hour, "failed"}} {
				stamp := time.Now().Add(-moment.age)
				check(t, os.Chtimes(d.book(), stamp, stamp))
				e := d.run(t)
				e.want(t, 3, "claims.xlsx "+moment.outcome)
				if reason := e.Workbooks[0].Reason; strings.HasPrefix(reason, "it is not whole, and came only at ") != (moment.age == 0) || reason == "" {
					t.Errorf("the reason is %q", reason)
				}
				if string(readFile(t, d.book())) != string(part) || len(d.copies(t)) > 0 {
					t.Error("it was written all the same")
				}
			}
			writeFile(t, d.book(), whole)
			d.run(t).want(t, 0, "claims.xlsx written")
		})
	}
}

// TestConflictCopiesOfOthers: what a synchronising program puts beside the workbook is reported and not read.
func TestConflictCopiesOfOthers(t *testing.T) {
	for _, name := range []string{"claims-LAPTOP-4F2K9QX.xlsx", "claims (Jo's conflicted copy 2026-05-10).xlsx", "claims.sync-conflict-20260510-091200-ABCDEFG.xlsx"} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, registerOf(t, firstRegister))
			later := registerOf(t, laterRegister)
			writeFile(t, d.beside(name), later)
			e := d.run(t)
			outcomes := []string{name + " deferred", "claims.xlsx written"}
			if name > "claims.xlsx" {
				outcomes[0], outcomes[1] = outcomes[1], outcomes[0]
			}
			e.want(t, 3, strings.Join(outcomes, ", "))
			if len(e.Rows) != 2 || string(readFile(t, d.beside(name))) != string(later) {
				t.Errorf("it was read or written: %d rows, want the 2 of the workbook", len(e.Rows))
			}
			check(t, os.Remove(d.beside(name)))
			// It was never read, so nobody misses it.
			d.run(t).want(t, 0, "claims.xlsx unchanged")
		})
	}
}

// TestVanished: a workbook that was there a short while ago is missed, and nothing is taken for gone.
func TestVanished(t *testing.T) {
	d := newDesk(t, registerOf(t, firstRegister))
	d.run(t).want(t, 0, "claims.xlsx written")
	away := d.book() + ".away"
	check(t, os.Rename(d.book(), away))
	e := d.run(t)
	e.want(t, 3, "claims.xlsx deferred")
	if reason := e.Workbooks[0].Reason; !strings.Contains(reason, "it is not there, though it was a short while ago") {
		t.Errorf("the reason is %q", reason)
	}
	if _, err := os.Stat(d.book()); err == nil || len(d.copies(t)) != 1 {
		t.Error("something was put in its place, or its copy is gone")
	}
	check(t, os.Rename(away, d.book()))
	d.run(t).want(t, 0, "claims.xlsx unchanged")
}
