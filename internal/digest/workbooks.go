package digest

import (
	"fmt"
	"slices"
	"strings"

	"regcert/internal/calendar"
	"regcert/internal/history"
)

// workbooks says which workbooks were read and, to those who care for them,
// which were not processed and why.
func (d *Digest) workbooks(in *Input, r *route) {
	var read, unread []string
	s := Section{Key: keyWorkbooks, Title: "Workbooks not processed"}
	var group Group
	for _, w := range in.Workbooks {
		path := OneLine(w.Path, 120)
		if w.Read {
			read = append(read, path)
		} else {
			unread = append(unread, path)
		}
		label, why := trouble(w)
		if label == "" {
			continue
		}
		if s.Count++; s.Count <= maxItems {
			group.Items = append(group.Items, Item{Tone: "amber", Label: label, Title: path, Steps: []Step{{Action: why}}, rank: s.Count - 1})
		} else {
			s.More++
		}
	}
	if s.Count > 0 && r.gets(keyWorkbooks) {
		s.Groups = []Group{group}
		d.Sections = append(d.Sections, s)
	}
	d.Read = OneLine(strings.Join(read, ", "), 1000)
	if d.unread = len(unread); d.unread > 0 {
		d.Warning = warning(in.Now.Matters, unread, r)
	}
}

// warning says which workbooks could not be read, and what that means for what
// is in them.
func warning(matters []history.Matter, unread []string, r *route) string {
	names := unread
	if len(names) > 3 {
		names = append(slices.Clone(names[:3]), plural(len(unread)-3, "more", "more"))
	}
	text := join(names) + " could not be read. "
	kept, oldest := 0, calendar.Date(0)
	for _, m := range matters {
		if m.AsOf.IsZero() {
			continue
		}
		if _, told := r.tells(m.Life, placeOf(m.Finding)); told {
			kept++
			if oldest.IsZero() || m.AsOf < oldest {
				oldest = m.AsOf
			}
		}
	}
	if kept == 0 {
		return text + "What is in " + choose(len(unread), "it", "them") + " may be missing from this email."
	}
	return text + plural(kept, "item stands", "items stand") + " here as last seen, since " + oldest.Long() + " at the earliest; what has changed in " + choose(len(unread), "it", "them") + " since is missing."
}

// trouble says what was not done with a workbook, and why; nothing where all
// was.
func trouble(w Workbook) (label, why string) {
	var reasons []string
	switch {
	case !w.Read:
		label = "Not read"
	case w.Troubled:
		label = "Not written"
	case len(w.Unread) > 0:
		label = "Read in part"
	default:
		return "", ""
	}
	if w.Reason != "" && label != "Read in part" {
		reasons = append(reasons, OneLine(w.Reason, 400))
	}
	if len(w.Unread) > 0 {
		reasons = append(reasons, headless(w.Unread))
	}
	return label, strings.Join(reasons, "; ")
}

func headless(sheets []string) string {
	quoted := make([]string, min(len(sheets), 10))
	for i := range quoted {
		quoted[i] = "“" + OneLine(sheets[i], 40) + "”"
	}
	return fmt.Sprintf("%s %s %s not read: no header row of the kind was found in the first 20 rows",
		choose(len(sheets), "the sheet", "the sheets"), strings.Join(quoted, ", "), choose(len(sheets), "was", "were"))
}
