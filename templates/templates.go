// Package templates holds how emails look and read. What they say comes from
// the packages that fill them in.
package templates

import "embed"

// The templates' files. The shared ones hold what the others have in common.
const (
	SharedHTML     = "shared.html.tmpl"
	SharedText     = "shared.txt.tmpl"
	DigestHTML     = "digest.html.tmpl"
	DigestText     = "digest.txt.tmpl"
	EscalationHTML = "escalation.html.tmpl"
	EscalationText = "escalation.txt.tmpl"
)

// FS holds the templates.
//
//go:embed *.tmpl
var FS embed.FS
