package realparts

import (
	"bytes"
	"encoding/json"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// unsupported is something in an email that a mail program does not do, or does
// in part.
type unsupported struct {
	Client, Feature, Support string
	Notes                    []string
}

// allowed lists what emails use although some of the mail programs do not do it,
// with what the reader sees there instead.
func allowed() map[string]string {
	return map[string]string{
		"<style> element":           "Every style that matters stands inline; the element adds the dark scheme and the narrow screen.",
		"@media":                    "Without it the email is light, and as narrow as its tables can be.",
		"color-scheme CSS property": "Where it is unknown the program darkens the email itself, or not at all.",
		"color-scheme meta tag":     "As the property.",
		"display:none":              "It hides the line that inboxes show beside the subject; Outlook hides it by mso-hide, others show it on top.",
		"max-height property":       "It hides the same line once more, for programs that ignore display.",
		"overflow":                  "As max-height.",
		"white-space":               "A rule's number may be broken over two lines.",
	}
}

// TestMailPrograms looks up in published data what Outlook for Windows, Gmail
// and Apple Mail do not support of what the emails use: nothing that matters.
func TestMailPrograms(t *testing.T) {
	t.Parallel()
	node(t, "caniemail", "package.json")
	path := program(t, "node")
	used := map[string]bool{}
	for _, e := range emails(t) {
		cmd := exec.CommandContext(t.Context(), path, filepath.Join("..", "..", ".ci", "mail-support.mjs"))
		cmd.Stdin, cmd.WaitDelay = bytes.NewReader(e.html), 5*time.Second
		out, err := cmd.Output()
		check(t, err)
		var found []unsupported
		check(t, json.Unmarshal(out, &found))
		if len(found) < 5 {
			t.Errorf("%s: only %d limits of mail programs were found", e.name, len(found))
		}
		for _, u := range found {
			if u.Support != "none" {
				continue
			}
			used[u.Feature] = true
			if allowed()[u.Feature] == "" {
				t.Errorf("%s: %s does not support %s", e.name, u.Client, u.Feature)
			}
		}
	}
	for feature := range allowed() {
		if !used[feature] {
			t.Errorf("%s is allowed for nothing", feature)
		}
	}
}
