package batch

import (
	"path/filepath"
	"strings"
)

// Folder is the folder below which all workbooks lie that the pattern matches:
// the longest one without a wildcard in its path.
func (p Pattern) Folder() string {
	volume := filepath.VolumeName(p.Glob)
	folder := volume + string(filepath.Separator)
	parts := strings.Split(strings.TrimPrefix(p.Glob[len(volume):], string(filepath.Separator)), string(filepath.Separator))
	for _, part := range parts[:len(parts)-1] {
		name, isLiteral := literal(part)
		if !isLiteral {
			break
		}
		folder = filepath.Join(folder, name)
	}
	return folder
}
