package swap

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"strings"
	"time"
)

// What is put into the folders of staff bears these names while a replacement is under way, all with the same stem.
const (
	ownPrefix   = ".regcert-"
	partEnding  = ".part" // being written: never more than a part of ours
	tempEnding  = ".tmp"  // the new version, and after an exchange the displaced one
	oldEnding   = ".old"  // the displaced one, where there is no exchange
	probePrefix = ownPrefix + "probe-"
)

// IsTransient tells of a file's name whether it is a spreadsheet program's lock file or one of regcert's own temporary
// files, which are never read as workbooks.
func IsTransient(name string) bool {
	return strings.HasPrefix(name, ownerPrefix) || strings.HasPrefix(name, lockPrefix) || strings.HasPrefix(name, ownPrefix)
}

// stamp is a moment in the names of files; they sort by time.
const stamp = "20060102T150405.000Z"

// tempName is the name of the new version while it stands beside the file: .regcert-20260511T081200.123Z-1a2b3c4d.tmp.
func tempName(path string, at time.Time) string {
	sum := sha256.Sum256([]byte(filepath.Base(path)))
	return filepath.Join(filepath.Dir(path), ownPrefix+at.UTC().Format(stamp)+"-"+hex.EncodeToString(sum[:4])+tempEnding)
}

func (i *Intent) part() string { return strings.TrimSuffix(i.Temp, tempEnding) + partEnding }
func (i *Intent) old() string  { return strings.TrimSuffix(i.Temp, tempEnding) + oldEnding }
func (i *Intent) dir() string  { return filepath.Dir(i.Path) }
