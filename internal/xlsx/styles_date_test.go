package xlsx

import "testing"

func TestDateCode(t *testing.T) {
	for _, c := range []struct {
		code string
		want bool
	}{
		{"", false},
		{"General", false},
		{"GENERAL", false},
		{`General" days"`, false},
		{"0", false},
		{"0.00%", false},
		{"#,##0.00;[Red]-#,##0.00", false},
		{"0.00E+00", false},
		{"##0.0e-0", false},
		{"@", false},
		{"# ?/?", false},
		{`"Monday"`, false},
		{`0 "days"`, false},
		{`0\d`, false},
		{`0_d`, false},
		{`*d0`, false},
		{`[Red]0`, false},
		{`[Magenta]0.0`, false},
		{`[$-F800]0`, false},
		{`[$USD] #,##0`, false},
		{`[$£-809]#,##0.00`, false},
		{`_-"£"* #,##0.00_-;\-"£"* #,##0.00_-;_-"£"* "-"??_-;_-@_-`, false},
		{`0;dd/mm/yyyy`, false}, // only negative numbers, which are no dates
		{`"unclosed d`, false},
		{`[unclosed d`, false},
		{`0\`, false},
		{"dd/mm/yyyy", true},
		{"DD/MM/YYYY", true},
		{"dd/mm/yyyy;@", true},
		{`dd\/mm\/yyyy`, true},
		{"[$-809]dd mmmm yyyy;@", true},
		{"[$-F800]dddd, mmmm dd, yyyy", true},
		{"mmm-yy", true},
		{"h:mm AM/PM", true},
		{"[h]:mm:ss", true},
		{"[HH]", true},
		{"[mm]", true},
		{"[ss].00", true},
		{"[hm]0", false},
		{"ss.000", true},
		{"[$-411]ge.m.d", true},
		{"e", true},
		{"aaaa", true},
		{`yyyy"年"m"月"`, true},
		{"[Red]d/m/yy", true},
		{`[=0]"";dd/mm/yyyy`, true},
		{`[<1]h:mm;d/m/yyyy`, true},
		{`[>100]0;[<=5]"few";yyyy`, true},
		{`[>100]0;0`, false},
	} {
		if got := dateCode(c.code); got != c.want {
			t.Errorf("dateCode(%q) = %v, want %v", c.code, got, c.want)
		}
	}
}

func TestBuiltinDate(t *testing.T) {
	dates := map[int]bool{}
	for _, r := range [][2]int{{14, 22}, {27, 36}, {45, 47}, {50, 58}, {71, 81}} {
		for id := r[0]; id <= r[1]; id++ {
			dates[id] = true
		}
	}
	for id := -1; id < 400; id++ {
		if builtinDate(id) != dates[id] {
			t.Errorf("builtinDate(%d) = %v", id, builtinDate(id))
		}
	}
}

func FuzzDateCode(f *testing.F) {
	for _, s := range []string{"", "dd/mm/yyyy", `[=0]"";[$-809]d`, `\`, `"`, "[", "General;;", "[]", "[<]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, code string) {
		// A code wholly in quotes is only text, whatever stands in it.
		quoted := `"`
		for _, r := range code {
			if r != '"' {
				quoted += string(r)
			}
		}
		if dateCode(quoted + `"`) {
			t.Errorf("quoted %q is taken for a date", code)
		}
		dateCode(code)
	})
}
