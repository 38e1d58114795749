package samples

import "strconv"

// uln makes the n-th ULN (n from 0 to 89,999,999) that is right by its check
// digit: ten digits, the first not 0, with (10·d1 + 9·d2 + … + 1·d10) mod 11 =
// 10. No two of them are the same.
func uln(n int) string {
	// The step spreads the numbers as real ones are spread. It shares no factor
	// with the range, so that the first eight digits never come twice.
	const first, step, span = 10_000_000, 61_728_397, 90_000_000
	head := strconv.Itoa(first + n*step%span)
	sum := 0
	for i := range head {
		sum += (10 - i) * int(head[i]-'0')
	}
	// Some numbers of nine digits have no check digit; where one with 0 has
	// none, that with 1 has.
	ninth := 0
	if sum%11 == 0 {
		ninth = 1
	}
	return head + strconv.Itoa(ninth) + strconv.Itoa(10-(sum+2*ninth)%11)
}
