package digest

import (
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	texttemplate "text/template"

	"regcert/templates"
)

// Templates are how emails look and read, each kind as text and as HTML. They
// may be used by several goroutines at a time.
type Templates struct {
	text    map[Kind]*texttemplate.Template
	html    map[Kind]*htmltemplate.Template
	builtIn *Templates // what is used where these fail; nil in the built-in ones
}

// LoadTemplates returns the built-in templates, with those in the folder in the
// place of the built-in ones that have their names; "" stands for no folder.
// All are tried on made-up digests, so that a mistake shows now: the error names
// file and line, and what to do.
func LoadTemplates(dir string) (*Templates, error) {
	builtIn, err := load("")
	if err != nil || dir == "" {
		return builtIn, err
	}
	own, err := load(dir)
	if err != nil {
		return nil, err
	}
	own.builtIn = builtIn
	return own, nil
}

// load reads, parses and tries all templates.
func load(dir string) (*Templates, error) {
	sources, err := read(dir)
	if err != nil {
		return nil, err
	}
	t := &Templates{text: map[Kind]*texttemplate.Template{}, html: map[Kind]*htmltemplate.Template{}}
	for _, names := range files() {
		kind := names.kind
		text := texttemplate.New("").Funcs(texttemplate.FuncMap{"heading": heading, "open": openIn})
		for _, name := range []string{templates.SharedText, names.text} {
			if _, err := text.New(name).Parse(sources[name]); err != nil {
				return nil, mistake(dir, name, err)
			}
		}
		html := htmltemplate.New("").Funcs(htmltemplate.FuncMap{"outlook": outlook})
		for _, name := range []string{templates.SharedHTML, names.html} {
			if _, err := html.New(name).Parse(sources[name]); err != nil {
				return nil, mistake(dir, name, err)
			}
		}
		t.text[kind], t.html[kind] = text.Lookup(names.text), html.Lookup(names.html)
		for _, d := range madeUp(kind) {
			if _, err := t.renderText(d); err != nil {
				return nil, mistake(dir, names.text, err)
			}
			if _, err := t.renderHTML(d); err != nil {
				return nil, mistake(dir, names.html, err)
			}
		}
	}
	return t, nil
}

// kindFiles are the templates of a kind of email, by name.
type kindFiles struct {
	kind       Kind
	text, html string
}

// files names the templates of each kind of email.
func files() []kindFiles {
	return []kindFiles{
		{Weekly, templates.DigestText, templates.DigestHTML},
		{Escalation, templates.EscalationText, templates.EscalationHTML},
	}
}

// read returns the templates' sources by name: the folder's, or else the
// built-in ones.
func read(dir string) (map[string]string, error) {
	built, err := fs.Glob(templates.FS, "*")
	if err != nil {
		return nil, err
	}
	sources := map[string]string{}
	for _, name := range built {
		source, err := fs.ReadFile(templates.FS, name)
		if err != nil {
			return nil, err
		}
		sources[name] = string(source)
	}
	if dir == "" {
		return sources, nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("the templates' folder: %w; make it, or have templates: name another", err)
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".tmpl" {
			continue
		}
		path := filepath.Join(dir, e.Name())
		if !slices.Contains(built, e.Name()) {
			return nil, fmt.Errorf("%s takes the place of no template; name it as one of %s, or move it away", path, strings.Join(built, ", "))
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("%w; see to it that it can be read, or move it away", err)
		}
		sources[e.Name()] = string(source)
	}
	return sources, nil
}

// located is how the template packages say where a mistake is.
var located = regexp.MustCompile(`^(?:html/)?template: ?([^:]+)(?::(\d+)(?::\d+)?)?: (?:executing .* at (<.*>): )?(.*)$`)

// mistake says what is wrong with a template, where, and what to do. The name is
// of the file where the error names none.
func mistake(dir, name string, err error) error {
	what, line := err.Error(), ""
	if m := located.FindStringSubmatch(what); m != nil {
		name, what = m[1], strings.TrimSpace(m[3]+" "+m[4])
		if m[2] != "" {
			line = ", line " + m[2]
		}
	}
	if errors.Is(err, errTooLong) {
		what = fmt.Sprintf("without a single item the HTML would have more than %d bytes, or the text more than %d", maxHTML, maxText)
	}
	where := filepath.Join(dir, name) + line
	if _, err := os.Stat(filepath.Join(dir, name)); err != nil { // it is the built-in one, and lacks what the folder's has to give
		shared := templates.SharedText
		if strings.HasSuffix(name, ".html.tmpl") {
			shared = templates.SharedHTML
		}
		where = filepath.Join(dir, shared) + ", as the built-in " + name + line + " uses it"
	}
	return fmt.Errorf("%s: %s; correct it, or take the file away to have the built-in template", where, what)
}
