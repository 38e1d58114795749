// Package regcert holds the configuration that comes with the program, and
// documents every key.
package regcert

import _ "embed"

//go:embed config.yaml
var example string

// Example returns the text of config.yaml, with its comments.
func Example() string { return example }
