// Package page makes a page for a browser of what was checked: all of it in one
// file, to be read, searched and printed without a network. It is pure.
package page

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/digest"
)

//go:embed page.html.tmpl
var pageText string

//go:embed style.css
var styleText string

//go:embed script.js
var scriptText string

// Report is what a page tells. No text in it is a learner's name but what staff
// have put into the columns of codes and IDs.
type Report struct {
	Centre  string        // may be empty
	Program string        // the version of regcert
	MadeAt  time.Time     // in the centre's time zone
	Result  *batch.Result // nil: nothing was checked
	Failure []string      // why nothing was checked, and what to do; a line each
}

// Render makes the page. The same report gives the same bytes.
func (r *Report) Render() ([]byte, error) {
	t, err := template.New("page").Parse(pageText)
	if err != nil {
		return nil, err
	}
	p := view{
		Centre: line(r.Centre, 60), MadeAt: calendar.FromTime(r.MadeAt).Long() + " at " + r.MadeAt.Format("15:04"), Program: line(r.Program, 60),
		Style: template.CSS(styleText), StyleSum: sum(styleText), Script: template.JS(scriptText), ScriptSum: sum(scriptText),
	}
	if r.Result != nil {
		p.fill(r.Result)
	} else {
		p.Title = "Nothing was checked"
	}
	for _, s := range r.Failure {
		p.Failure = append(p.Failure, spaced(s))
	}
	var out bytes.Buffer
	if err := t.Execute(&out, &p); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// sum is what a Content-Security-Policy calls a text that may be used inline (CSP
// Level 3, section 2.3.1).
func sum(text string) string {
	h := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(h[:]) + "'"
}

// line makes one line of a text that may come from a cell, of at most n characters.
func line(s string, n int) string { return digest.OneLine(s, n) }

// spaced is a line without what a browser would not show, its spaces as they are:
// a mark in it stands below what it is about.
func spaced(s string) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, " "))
}

// IsPage reports whether a file that begins with these bytes is such a page.
func IsPage(head []byte) bool {
	return bytes.HasPrefix(head, []byte("<!DOCTYPE html>")) && bytes.Contains(head, []byte(`<meta name="generator" content="regcert">`))
}

// HeadSize is how many bytes of a file IsPage needs.
const HeadSize = 512

// view is what the template shows.
type view struct {
	Title, Centre, MadeAt, Program string
	Policy                         string   // empty where nothing was judged
	Failure                        []string // why nothing was checked
	Counts                         []count
	Nothing                        string // said where there is nothing to count
	Snoozed                        string
	Extent                         string // how much was read
	Troubles                       []book // workbooks that could not be read, or only in part
	Severities                     []string
	Owners                         []owner
	Choice                         choice
	Filtered                       bool // there is something to filter
	Lists                          []list
	Registers                      []registerOf
	Books                          []book
	NotChecked                     []unasked
	More                           string // what there is no room for
	Whole                          bool   // all of it can be printed

	Style               template.CSS
	Script              template.JS
	StyleSum, ScriptSum string
}

// count is how many findings there are of a severity.
type count struct {
	N               int
	Words, Tone, ID string
}

// owner is how much one role has to do, by severity.
type owner struct {
	Name string
	N    []number
}

// number is a count and the colour that it has.
type number struct {
	N    int
	Tone string
}

// choice is what can be filtered by.
type choice struct{ Owners, Severities, Books []string }

// unasked is rules that could not be answered for one reason.
type unasked struct{ Reason, Rules string }

// fill says what was found.
func (p *view) fill(result *batch.Result) {
	report := result.Report
	p.Title, p.Policy = "Registrations and claims on "+report.AsOf.Long(), line(report.Policy, 40)
	rows, read, unread := result.Extent()
	p.Extent = plural(rows, "row") + " read in " + plural(read, "workbook")
	if unread > 0 {
		p.Extent += "; " + plural(unread, "workbook") + " not read"
	}
	if report.Stage != "" {
		p.Extent += "; recognition of the centre: " + strings.ToLower(report.Stage)
	}
	open, asleep := apart(report.Findings)
	p.Lists = lists(report.AsOf, open, asleep)
	p.Registers = registers(report.Rows)
	p.count(open)
	p.Snoozed = snoozedInWords(asleep)
	if len(p.Counts) == 0 {
		p.Nothing = digest.NothingInWords(len(asleep) > 0, read > 0, unread > 0)
	}
	for i := range result.Workbooks {
		b := newBook(&result.Workbooks[i])
		p.Books = append(p.Books, b)
		if b.Bad {
			p.Troubles = append(p.Troubles, b)
		}
	}
	at := map[string]int{}
	for _, n := range report.NotChecked {
		i, known := at[n.Reason]
		if !known {
			i = len(p.NotChecked)
			at[n.Reason] = i
			p.NotChecked = append(p.NotChecked, unasked{Reason: line(n.Reason, 300), Rules: n.Rule})
		} else {
			p.NotChecked[i].Rules += ", " + n.Rule
		}
	}
	p.shorten(commonFolder(p.Books))
	p.choose()
	shown := p.bound()
	p.Filtered, p.Whole = shown > 0, shown <= mostPrinted
}

// commonFolder is the folder in which all workbooks lie, with a slash at its end;
// empty where there is none.
func commonFolder(books []book) string {
	common := ""
	for i, b := range books {
		folder := b.Path[:strings.LastIndexByte(b.Path, '/')+1]
		if i == 0 {
			common = folder
		}
		for !strings.HasPrefix(folder, common) {
			common = common[:strings.LastIndexByte(common[:len(common)-1], '/')+1]
		}
	}
	return common
}

// shorten leaves out of the names of workbooks what they have in common; where
// they are listed they stand whole.
func (p *view) shorten(folder string) {
	for i := range p.Lists {
		for k := range p.Lists[i].items {
			it := &p.Lists[i].items[k]
			it.Book = strings.TrimPrefix(it.Book, folder)
		}
	}
	for i := range p.Registers {
		r := &p.Registers[i]
		r.Book = strings.TrimPrefix(r.Book, folder)
	}
}

// choose gathers what can be filtered by, from what is shown.
func (p *view) choose() {
	owners, books := map[string]bool{}, map[string]bool{}
	add := func(seen map[string]bool, list *[]string, s string) {
		if s != "" && !seen[s] {
			seen[s] = true
			*list = append(*list, s)
		}
	}
	for _, o := range p.Owners {
		add(owners, &p.Choice.Owners, o.Name)
	}
	for _, l := range p.Lists {
		p.Choice.Severities = append(p.Choice.Severities, l.Title)
		for _, it := range l.items {
			add(owners, &p.Choice.Owners, it.Owner)
			add(books, &p.Choice.Books, it.Book)
		}
	}
	for _, r := range p.Registers {
		add(books, &p.Choice.Books, r.Book)
		for _, row := range r.rows {
			add(owners, &p.Choice.Owners, row.Owner)
		}
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// capital begins a text with a capital letter.
func capital(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + s[size:]
}
