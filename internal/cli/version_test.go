package cli

import "testing"

func TestBuildInWords(t *testing.T) {
	for want, b := range map[string]build{
		"regcert development version\ngo1.26.8 linux/amd64\n": {Version: "development version", Go: "go1.26.8", System: "linux/amd64"},
		"regcert v1.2.3\nrevision 1a2b3c of 2026-05-11\ngo1.26.8 windows/arm64\n": {
			Version: "v1.2.3", Revision: "1a2b3c", Time: "2026-05-11T08:12:03Z", Go: "go1.26.8", System: "windows/arm64"},
		"regcert v1.2.3+dirty\nrevision 1a2b3c of 2026-05-11 (modified)\ngo1.26.8 linux/amd64\n": {
			Version: "v1.2.3+dirty", Revision: "1a2b3c", Time: "2026-05-11T08:12:03Z", Modified: true, Go: "go1.26.8", System: "linux/amd64"},
	} {
		if got := b.String(); got != want {
			t.Errorf("%+v is\n%s\nwant\n%s", b, got, want)
		}
	}
}
