// Command generate gathers the licences of all modules that regcert is built with,
// on any system, from the module cache. `make licences` runs it.
package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"regcert/internal/licences"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: go run ./internal/licences/generate DIR")
		os.Exit(2)
	}
	if err := generate(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(dir string) error {
	list, err := gather()
	if err != nil {
		return err
	}
	packed, err := licences.Pack(list)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, licences.File), packed, 0o644)
}

// module is a module, as go list tells of it.
type module struct {
	Path, Version, Dir string
	Main               bool
}

// gather finds the licences of what is linked on any of the systems.
func gather() ([]licences.Licence, error) {
	files := map[module][]string{}
	for _, system := range []string{"linux", "windows", "darwin"} {
		for _, processor := range []string{"amd64", "arm64"} {
			if err := linked(system, processor, files); err != nil {
				return nil, err
			}
		}
	}
	goRoot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	library := module{Path: "Go standard library", Dir: strings.TrimSpace(string(goRoot))}
	files[library] = []string{filepath.Join(library.Dir, "LICENSE")}

	var list []licences.Licence
	for m, paths := range files {
		slices.Sort(paths)
		text, err := texts(m, slices.Compact(paths))
		if err != nil {
			return nil, err
		}
		list = append(list, licences.Licence{Module: m.Path, Version: m.Version, Text: text})
	}
	slices.SortFunc(list, func(a, b licences.Licence) int { return cmp.Compare(a.Module, b.Module) })
	return list, nil
}

// linked adds the licence files of the packages that are linked on a system.
func linked(system, processor string, files map[module][]string) error {
	list := exec.Command("go", "list", "-deps", "-json=Dir,Module", "regcert/cmd/regcert")
	list.Env = append(os.Environ(), "GOOS="+system, "GOARCH="+processor, "CGO_ENABLED=0")
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return fmt.Errorf("go list: %w", err)
	}
	for packages := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			Dir    string
			Module *module
		}
		if err := packages.Decode(&p); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("go list: %w", err)
		}
		if p.Module == nil || p.Module.Main {
			continue
		}
		found, err := licenceFiles(p.Module.Dir, p.Dir)
		if err != nil {
			return err
		}
		files[*p.Module] = append(files[*p.Module], found...)
	}
}

// licenceName is how a file with a licence, or a part of one, is called, or the
// folder with several.
var licenceName = regexp.MustCompile(`(?i)^(licen[cs]es?|copying|copyright|notice|patents)\b`)

// licenceFiles lists the licence files that apply to a package: those of its
// folder and of those above it, up to its module's.
func licenceFiles(root, dir string) (files []string, err error) {
	for {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			switch {
			case !licenceName.MatchString(e.Name()) || strings.HasSuffix(e.Name(), ".go"):
			case e.IsDir():
				inside, err := filepath.Glob(filepath.Join(path, "*"))
				if err != nil {
					return nil, err
				}
				files = append(files, inside...)
			default:
				files = append(files, path)
			}
		}
		if dir == root {
			return files, nil
		}
		dir = filepath.Dir(dir)
	}
}

// texts puts the files of a module together, each text once.
func texts(m module, paths []string) (string, error) {
	var out strings.Builder
	seen := map[string]bool{}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		if !utf8.Valid(data) { // old ones are in Latin-1
			if data, err = charmap.ISO8859_1.NewDecoder().Bytes(data); err != nil {
				return "", err
			}
		}
		text := strings.TrimSpace(strings.ReplaceAll(string(data), "\r\n", "\n")) + "\n"
		if seen[text] {
			continue
		}
		seen[text] = true
		name, err := filepath.Rel(m.Dir, path)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&out, "%s:\n\n%s\n", filepath.ToSlash(name), text)
	}
	if out.Len() == 0 {
		return "", fmt.Errorf("%s %s has no licence file: find out whether it may be used", m.Path, m.Version)
	}
	return out.String(), nil
}
