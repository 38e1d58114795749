// Package licences holds the licences of what others have written and regcert is
// built with.
package licences

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// File is the name of the file in which they are, made by internal/licences/generate.
const File = "licences.json.gz"

//go:embed licences.json.gz
var packed []byte

// Licence is the licence of a module.
type Licence struct {
	Module  string `json:"module"`
	Version string `json:"version"` // empty for Go's own library, whose licence is the same in all
	Text    string `json:"text"`    // of all files that belong to it
}

// All lists the licences by module.
func All() ([]Licence, error) { return Unpack(packed) }

// Unpack reads what Pack has made.
func Unpack(packed []byte) ([]Licence, error) {
	unzip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	var list []Licence
	return list, json.NewDecoder(unzip).Decode(&list)
}

// Pack writes licences as they are kept.
func Pack(list []Licence) ([]byte, error) {
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(zip).Encode(list); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// Write prints licences, one below the other.
func Write(w io.Writer, list []Licence) error {
	var out strings.Builder
	out.WriteString("regcert is built with the works of others, each under its own licence.\n")
	for _, l := range list {
		fmt.Fprintf(&out, "\n%s\n%s\n\n%s", strings.TrimSpace(l.Module+" "+l.Version), strings.Repeat("=", 72), l.Text)
	}
	_, err := io.WriteString(w, out.String())
	return err
}
