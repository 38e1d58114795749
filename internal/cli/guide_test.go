package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"regcert/internal/config"
	"regcert/internal/guide"
	"regcert/internal/policy"
)

// TestGuideExamples runs the commands in the guides, and reads the configurations.
func TestGuideExamples(t *testing.T) {
	commands, configs := 0, 0
	for _, g := range guide.All() {
		commands += runExamples(t, g.Text)
		for _, text := range blocks(g.Text, "yaml") {
			configs++
			if !strings.Contains(text, "workbooks:") {
				text = "workbooks: [{path: '*.xlsx'}]\n" + text
			}
			path := filepath.Join(t.TempDir(), "config.yaml")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			c, err := config.Load(path)
			if err != nil {
				t.Errorf("%s.md: %v", g.Name, err)
				continue
			}
			if _, err := c.MailSettings(func(string) string { return "secret" }); err != nil {
				t.Errorf("%s.md: %v", g.Name, err)
			}
		}
	}
	if commands < 1 || configs < 5 {
		t.Errorf("the guides have only %d commands and %d configurations", commands, configs)
	}
}

var spans = regexp.MustCompile("`([^`\n]+)`")

// spansIn lists what is printed as code within the sentences of a guide.
func spansIn(text string) []string {
	var prose strings.Builder
	for i, block := range strings.Split(text, "```") {
		if i%2 == 0 {
			prose.WriteString(block)
		}
	}
	var out []string
	for _, m := range spans.FindAllStringSubmatch(prose.String(), -1) {
		out = append(out, m[1])
	}
	return out
}

// TestGuidesKnowTheCommands guards that the guides name no command or option that
// there is not, and that the administrator's names all commands.
func TestGuidesKnowTheCommands(t *testing.T) {
	root := (&app{}).root()
	guides := []string{}
	for _, g := range guide.All() {
		guides = append(guides, g.Name)
	}
	named := map[string]bool{}
	for _, g := range guide.All() {
		for _, span := range spansIn(g.Text) {
			words := arguments(span)
			if words[0] != "regcert" {
				continue
			}
			if len(words) == 3 && words[1] == "help" && slices.Contains(guides, words[2]) {
				continue
			}
			cmd, rest, err := root.Find(words[1:])
			if err != nil || cmd == root {
				t.Errorf("%s.md names `%s`, which is no command", g.Name, span)
				continue
			}
			if g.Name == "admin" {
				named[cmd.CommandPath()] = true
			}
			for _, word := range rest {
				name, isOption := strings.CutPrefix(word, "--")
				switch {
				case isOption && cmd.Flags().Lookup(name) == nil && cmd.InheritedFlags().Lookup(name) == nil:
					t.Errorf("%s.md names `%s`, but %s has no option %s", g.Name, span, cmd.CommandPath(), word)
				case !isOption && cmd.HasSubCommands():
					t.Errorf("%s.md names `%s`, which is no command", g.Name, span)
				}
			}
		}
	}
	for _, cmd := range commandsBelow(root) {
		if cmd.Runnable() && !named[cmd.CommandPath()] && cmd.CommandPath() != "regcert service" && cmd.CommandPath() != "regcert config" {
			t.Errorf("admin.md does not name `%s`", cmd.CommandPath())
		}
	}
}

func commandsBelow(cmd *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	for _, c := range cmd.Commands() {
		out = append(append(out, c), commandsBelow(c)...)
	}
	return out
}

// TestAdminKnowsTheKeys guards that the administrator's guide names each key of the
// configuration, and none that there is not.
func TestAdminKnowsTheKeys(t *testing.T) {
	var admin string
	for _, g := range guide.All() {
		if g.Name == "admin" {
			admin = g.Text
		}
	}
	keys := configKeys(t)
	var named []string
	for _, span := range spansIn(admin) {
		if name, _, ok := strings.Cut(span, ":"); ok && regexp.MustCompile(`^[a-z_]+[0-9]*$`).MatchString(name) {
			named = append(named, name)
		}
	}
	for _, key := range keys {
		if !slices.Contains(named, key) {
			t.Errorf("admin.md does not name the key `%s:`", key)
		}
	}
	for _, key := range named {
		if !slices.Contains(keys, key) {
			t.Errorf("admin.md names the key `%s:`, which there is not", key)
		}
	}
}

// configKeys lists the keys that internal/config reads: what it is written with
// says which.
func configKeys(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, k := range policy.NumberKeys() {
		keys = append(keys, k.Key)
	}
	files, err := filepath.Glob("../config/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		add := func(field *ast.CompositeLit) {
			if key, ok := field.Elts[0].(*ast.BasicLit); ok && key.Kind == token.STRING {
				text, err := strconv.Unquote(key.Value)
				if err != nil {
					t.Fatal(err)
				}
				keys = append(keys, text)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.CompositeLit)
			if !ok {
				return true
			}
			switch typ := lit.Type.(type) {
			case *ast.Ident: // field{"key", …}
				if typ.Name == "field" {
					add(lit)
				}
			case *ast.ArrayType: // []field{{"key", …}}
				if name, ok := typ.Elt.(*ast.Ident); ok && name.Name == "field" {
					for _, element := range lit.Elts {
						if field, ok := element.(*ast.CompositeLit); ok {
							add(field)
						}
					}
				}
			}
			return true
		})
	}
	if len(keys) < 60 {
		t.Fatalf("internal/config seems to read only %d keys", len(keys))
	}
	return keys
}
