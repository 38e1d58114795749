// Package templates holds how emails look and read. What they say comes from
// the packages that fill them in.
package templates

import "embed"

// The templates' files.
const (
	DigestHTML = "digest.html.tmpl"
	DigestText = "digest.txt.tmpl"
)

// FS holds the templates.
//
//go:embed *.tmpl
var FS embed.FS
