// Package realparts holds tests with real programs: a spreadsheet program opens
// what regcert wrote, a browser draws the digest, a mail server delivers it, a
// validator holds the parts of written workbooks against the published schemas,
// and a tracer kills regcert at its system calls, or lets them fail. A test
// whose program is not installed is skipped, or fails where REGCERT_REQUIRE_ALL
// is 1.
package realparts
