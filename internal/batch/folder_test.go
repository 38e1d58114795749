package batch

import (
	"path/filepath"
	"runtime"
	"testing"
)

func TestFolder(t *testing.T) {
	for glob, want := range map[string]string{
		"/srv/registers/*.xlsx":          "/srv/registers",
		"/srv/registers/claims.xlsx":     "/srv/registers",
		"/srv/*/registers/*.xlsx":        "/srv",
		"/srv/20[0-9][0-9]/claims.xlsx":  "/srv",
		"/srv/odd [[]1] [*]/?laims.xlsx": "/srv/odd [1] *",
		"/claims.xlsx":                   "/",
		"/*/claims.xlsx":                 "/",
	} {
		if got := (Pattern{Glob: filepath.FromSlash(glob)}).Folder(); got != filepath.FromSlash(want) {
			t.Errorf("%s: %s, want %s", glob, got, want)
		}
	}
	if runtime.GOOS == "windows" {
		if got := (Pattern{Glob: `\\server\share\registers\*.xlsx`}).Folder(); got != `\\server\share\registers` {
			t.Errorf("on a share: %s", got)
		}
	} else if got := (Pattern{Glob: `/srv/a\*b/*.xlsx`}).Folder(); got != "/srv/a*b" {
		t.Errorf("escaped: %s", got)
	}
}
