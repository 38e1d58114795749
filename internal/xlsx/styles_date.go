package xlsx

import "strings"

// builtinDate tells whether a number format that the part does not define itself shows a date or time
// (ECMA-376 part 1, 18.8.30: 14–22 and 45–47 everywhere, 27–36 and 50–58 in East Asian, 71–81 in Thai workbooks).
func builtinDate(id int) bool {
	switch {
	case id >= 14 && id <= 22, id >= 27 && id <= 36, id >= 45 && id <= 47, id >= 50 && id <= 58, id >= 71 && id <= 81:
		return true
	}
	return false
}

// dateCode tells whether a number format code shows a positive number as a date or time, elapsed time included.
//
// The first section decides, as it is the one a serial falls into; where conditions in brackets share out
// the numbers otherwise, any section that shows a date makes it a date format.
func dateCode(code string) bool {
	for {
		date, conditional, rest := scanSection(code)
		if date {
			return true
		}
		if !conditional || rest == "" {
			return false
		}
		code = rest
	}
}

// scanSection reads one section of a format code: whether it shows a date, whether its numbers are chosen by a
// condition (then the next sections count too), and what follows its semicolon.
func scanSection(code string) (date, conditional bool, rest string) {
	if len(code) >= 7 && strings.EqualFold(code[:7], "General") {
		code = code[7:] // its e and g are no calendar letters
	}
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case ';':
			return date, conditional, code[i+1:]
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return date, conditional, ""
			}
			i += end + 1
		case '\\', '_', '*': // the next character is shown, is as wide as, or fills: never a code
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return date, conditional, ""
			}
			in := code[i+1 : i+end]
			date = date || elapsed(in)
			conditional = conditional || strings.HasPrefix(in, "<") || strings.HasPrefix(in, ">") || strings.HasPrefix(in, "=")
			i += end
		case 'E', 'e':
			// Scientific notation has a sign; a bare e is the year of an era.
			if i+1 == len(code) || code[i+1] != '+' && code[i+1] != '-' {
				date = true
			}
		case 'd', 'D', 'm', 'M', 'y', 'Y', 'h', 'H', 's', 'S', 'a', 'A', 'b', 'B', 'g', 'G':
			date = true
		}
	}
	return date, conditional, ""
}

// elapsed tells whether the text between brackets is a count of hours, minutes or seconds: h, hh, mmm, ss.
func elapsed(in string) bool {
	if in == "" {
		return false
	}
	switch in[0] | 0x20 {
	case 'h', 'm', 's':
		return strings.Trim(strings.ToLower(in), strings.ToLower(in[:1])) == ""
	}
	return false
}
