package samples

import (
	"fmt"
	"strconv"
	"strings"

	"regcert/internal/calendar"
)

// The words that the register is made of. Names are put together at random and
// belong to nobody.
var (
	firstNames  = strings.Fields("Amina Ben Carla Dev Eira Faisal Greta Hugo Ines Jamal Kezia Liam Mabel Niko Orla Petra Quinn Rosa Sanjay Tess Umar Vera Wes Xanthe Yara Zane")
	lastStarts  = strings.Fields("Apple Birch Coven Dray Elder Fern Gar Hart Inver Kel Lang Marl Nether Oak Pem Raven Stan Thorn Under Whit")
	lastEnds    = strings.Fields("ford ley worth ham combe dale field wick by stead mere ton")
	ethnicities = []string{"White British", "White other", "Asian other", "Black African", "Indian", "Pakistani", "Mixed", "Not given"}
	corrections = []string{"Names checked at enrolment", "Weekly list to tutors", "Second person trained"}
	lateReasons = []string{"Passport renewal", "ULN not traced", "Name differs from ID", "Portal was down", "Joined late"}
)

// bigCourse is a qualification of the register.
type bigCourse struct {
	code, title, level string
	credits, weeks     int
}

var bigCourses = []bigCourse{
	{"610/9112/4", "Certificate in Bicycle Repair and Fitting", "Level 2", 24, 28},
	{"610/9127/6", "Diploma in Canal Heritage Guiding", "Level 3", 42, 42},
	{"610/9135/5", "Award in Repair Café Volunteering", "Level 1", 8, 12},
	{"610/9141/0", "Certificate in Community Garden Design", "Level 2", 18, 19},
	{"610/9158/7", "Award in Cooking on a Budget", "Entry 3", 6, 10},
	{"610/9163/9", "Award in Towpath Ranger Skills", "Level 2", 10, 12},
}

// enrolment writes the cells of the n-th learner, in the order of bigHeadings.
func (g *generator) enrolment(n int) {
	course := bigCourses[g.rand.IntN(len(bigCourses))]
	first := g.pick(firstNames)
	last := g.pick(lastStarts) + g.pick(lastEnds)
	start := g.days.Nth(AsOf()-730+calendar.Date(g.rand.IntN(745)), 1, calendar.AwardingBody)
	g.unique(fmt.Sprintf("L%06d", n+1))
	g.learnersULN(n)
	g.text(first, plainFormat)
	g.text(last, plainFormat)
	g.day(start - calendar.Date(16*366+g.rand.IntN(30*365)))
	g.unique(fmt.Sprintf("%s.%s%d@learners.example", strings.ToLower(first), strings.ToLower(last), n+1))
	g.text(g.pick(ethnicities), plainFormat)
	g.text(course.code, plainFormat)
	g.text(course.title, plainFormat)
	g.text(course.level, plainFormat)
	g.number(course.credits, plainFormat)
	g.day(start)
	g.courseEnd(start + calendar.Date(course.weeks*7-3))
	if start > AsOf() {
		return // not begun: the rest is blank
	}
	g.firstWeeks(start)
	g.registration(n, start, course)
}

// learnersULN writes the ULN, which one learner in 300 does not have yet and
// one in 1,000 has with two digits swapped or mistyped.
func (g *generator) learnersULN(n int) {
	switch {
	case g.rand.IntN(300) == 0:
		g.text("tbc", plainFormat)
	case g.rand.IntN(1000) == 0:
		g.number(1_234_567_800+n%100, wholeFormat)
	default:
		number, _ := strconv.Atoi(uln(n))
		g.number(number, wholeFormat)
	}
}

// courseEnd writes the Course End, one in 1,000 as text that is a date and one
// in 5,000 as text that is none.
func (g *generator) courseEnd(end calendar.Date) {
	switch {
	case g.rand.IntN(1000) == 0:
		g.text(end.Time().Format("2.1.2006"), plainFormat)
	case g.rand.IntN(5000) == 0:
		g.text("31/02/2026", plainFormat)
	default:
		g.day(end)
	}
}

// firstWeeks writes what is done when a learner begins.
func (g *generator) firstWeeks(start calendar.Date) {
	notified := start
	if g.rand.IntN(200) == 0 {
		notified += calendar.Date(1 + g.rand.IntN(3))
	}
	g.day(start)
	g.day(min(notified, AsOf()))
	g.text(g.oneIn(400, "", "Yes"), plainFormat)
	g.text(g.oneIn(400, "No", "Yes"), plainFormat)
}

// registration writes the columns from Submitted to AIM to Quality Log Ref:
// most registrations are in time, one in 150 is late.
func (g *generator) registration(n int, start calendar.Date, course bigCourse) {
	allowed := 25
	if course.weeks > 15 {
		allowed = 60
	}
	after := 5 + g.rand.IntN(15)
	late := g.rand.IntN(150) == 0
	if late {
		after = allowed + 1 + g.rand.IntN(10)
	}
	submitted := g.days.Nth(start, after, calendar.AwardingBody)
	confirmed := g.days.Nth(submitted, 1+g.rand.IntN(3), calendar.AwardingBody)
	switch {
	case submitted > AsOf():
		g.col += 5
	case confirmed > AsOf() || g.rand.IntN(400) == 0:
		g.day(submitted)
		g.col += 2
		g.day(min(g.days.Nth(submitted, 1, calendar.AwardingBody), AsOf()))
		g.col++
	default:
		g.day(submitted)
		g.day(confirmed)
		g.unique(fmt.Sprintf("A%02d%06d", confirmed.Year()%100, n+1))
		g.day(min(g.days.Nth(submitted, 1+g.rand.IntN(4), calendar.AwardingBody), AsOf()))
		g.day(start.AddMonths(36) - 1)
	}
	if late && submitted <= AsOf() {
		g.late(n, submitted)
	}
}

// late writes the steps of a late registration, from Late Reason to Quality
// Log Ref: all of them, or the first three.
func (g *generator) late(n int, submitted calendar.Date) {
	g.text(g.pick(lateReasons), plainFormat)
	g.day(submitted)
	g.day(submitted)
	if g.rand.IntN(3) == 0 {
		return
	}
	g.text("Yes", plainFormat)
	g.text(g.pick(corrections), plainFormat)
	g.unique(fmt.Sprintf("QL-%02d-%05d", submitted.Year()%100, n+1))
}

func (g *generator) pick(words []string) string { return words[g.rand.IntN(len(words))] }

// oneIn returns rare once in n times, else usual.
func (g *generator) oneIn(n int, rare, usual string) string {
	if g.rand.IntN(n) == 0 {
		return rare
	}
	return usual
}
