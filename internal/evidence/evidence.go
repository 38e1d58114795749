// Package evidence makes the pack for an auditor: what was checked in a period, by
// which rules, what was found of each learner and what became of it, and who was
// sent what, as a workbook and as a page. It is pure: values in, files out.
package evidence

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"regcert/internal/calendar"
	"regcert/internal/history"
	"regcert/internal/policy"
	"regcert/internal/store"
)

// The files of a pack.
const (
	Workbook = "evidence.xlsx"
	Page     = "evidence.html"
	Manifest = "manifest.txt"
)

// Record is what a pack is made of.
type Record struct {
	Centre   string // may be empty
	From, To calendar.Date
	MadeAt   time.Time // its time zone is that of all times in the pack
	Program  string    // the version of regcert that makes the pack
	Begins   time.Time // when the oldest run that is held began; no time where there is none
	Pruned   calendar.Date
	Runs     []store.Run // of the period, the latest first
	RuleSets map[string]*policy.RuleSet
	Lives    []*history.Life // all that are held
	Messages []store.Message // of the period
}

// File is a file of a pack.
type File struct {
	Name string
	Data []byte
}

// Files makes the pack: the page, the workbook, and last the manifest with their
// SHA-256. The same record gives the same bytes.
func (r *Record) Files() ([]File, error) {
	book := r.book()
	workbook, err := book.Bytes()
	if err != nil {
		return nil, err
	}
	page, err := r.page(book)
	if err != nil {
		return nil, err
	}
	files := []File{{Page, page}, {Workbook, workbook}}
	return append(files, File{Manifest, manifest(files)}), nil
}

// manifest lists files with their SHA-256, as sha256sum does.
func manifest(files []File) []byte {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "%x  %s\n", sha256.Sum256(f.Data), f.Name)
	}
	return []byte(b.String())
}

// IsWhole reports whether files are those of a pack as Files made it: the
// manifest, and what it lists, unchanged.
func IsWhole(files map[string][]byte) bool {
	return len(files) == 3 && string(files[Manifest]) == string(manifest([]File{{Page, files[Page]}, {Workbook, files[Workbook]}}))
}

// notHeld says in short sentences what one could look for in the pack and not find.
func (r *Record) notHeld() []string {
	var out []string
	switch {
	case r.Begins.IsZero() && len(r.Lives) == 0:
		out = append(out, "Nothing is recorded.")
	case r.Pruned > r.From:
		out = append(out, fmt.Sprintf("What came to its end before %s has been deleted, as keep_history in the configuration asks.", r.Pruned.Long()))
	case calendar.FromTime(r.Begins.In(r.MadeAt.Location())) > r.From:
		out = append(out, fmt.Sprintf("The record begins on %s.", r.day(r.Begins).Long()))
	}
	if r.To >= r.day(r.MadeAt) {
		out = append(out, fmt.Sprintf("The period was not over when this was made, on %s.", r.at(r.MadeAt)))
	}
	earlier := 0
	for i := range r.Runs {
		if r.Runs[i].RuleSet == "" {
			earlier++
		}
	}
	if earlier > 0 {
		out = append(out, fmt.Sprintf("Of %s it is not recorded what they were for and by which rules they judged: an earlier version of regcert made them.", plural(earlier, "run")))
	}
	return out
}

// day is the day of a moment.
func (r *Record) day(t time.Time) calendar.Date {
	return calendar.FromTime(t.In(r.MadeAt.Location()))
}

// at is how the pack writes a moment: so that text sorts as time.
func (r *Record) at(t time.Time) string {
	return t.In(r.MadeAt.Location()).Format("2006-01-02 15:04:05")
}

// scope says what the pack covers and what it comes from.
func (r *Record) scope() string {
	return fmt.Sprintf("From %s to %s. Made on %s by regcert %s.", r.From.Long(), r.To.Long(), r.at(r.MadeAt), r.Program)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
