package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"regcert/internal/batch"
	"regcert/internal/calendar"
	"regcert/internal/config"
	"regcert/internal/schedule"
)

// judged compares a check with what it is to say. What is not in order comes with
// a remedy.
func judged(t *testing.T, why string, got batch.Check, verdict batch.Verdict, say string) {
	t.Helper()
	if got.Verdict != verdict || !strings.Contains(got.Text, say) || strings.Contains(got.Text, "\n") || (got.Remedy == "") != (verdict == batch.Pass) {
		t.Errorf("%s: %+v, want %s %q", why, got, verdict, say)
	}
}

func london(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// TestExamineHolidays guards when somebody is told that the list of bank holidays
// ends.
func TestExamineHolidays(t *testing.T) {
	cfg := &config.Config{ListedUntil: calendar.NewDate(2028, time.December, 31)}
	for _, tc := range []struct {
		today   calendar.Date
		verdict batch.Verdict
		say     string
	}{
		{calendar.NewDate(2027, time.December, 30), batch.Pass, "they are listed until Sun 31 Dec 2028"},
		{calendar.NewDate(2027, time.December, 31), batch.Warn, "their list ends on Sun 31 Dec 2028; after it only the usual ones are known"},
		{calendar.NewDate(2028, time.December, 31), batch.Warn, "their list ends on"},
		{calendar.NewDate(2029, time.January, 1), batch.Fail, "their list ended on Sun 31 Dec 2028: since then only the usual ones"},
	} {
		judged(t, tc.today.String(), examineHolidays(cfg, tc.today), tc.verdict, tc.say)
	}
}

// TestExamineClock guards which clock is wrong, and which may be.
func TestExamineClock(t *testing.T) {
	now := time.Date(2026, time.May, 11, 9, 12, 3, 0, london(t))
	for _, tc := range []struct {
		why     string
		facts   clockFacts
		verdict batch.Verdict
		say     string
	}{
		{"nothing is known", clockFacts{now: now}, batch.Pass, "nothing speaks against"},
		{"all is well", clockFacts{now: now, built: now.Add(-time.Hour), lastRun: now.Add(-time.Minute)}, batch.Pass, "nothing speaks against"},
		{"a little behind", clockFacts{now: now, built: now.Add(clockSlack), lastRun: now.Add(clockSlack)}, batch.Pass, "nothing speaks against"},
		{"before it was made", clockFacts{now: now, built: now.Add(clockSlack + time.Second).UTC()}, batch.Fail,
			"it shows Mon 11 May 2026 at 09:12, and this regcert was made on Mon 11 May 2026 at 09:17"},
		{"before the last run", clockFacts{now: now, lastRun: now.Add(clockSlack + time.Second)}, batch.Fail, "it shows Mon 11 May 2026 at 09:12, and the last run was on Mon 11 May 2026 at 09:17"},
		{"nothing keeps it", clockFacts{now: now, unset: true}, batch.Warn, "the system says that nothing keeps it right"},
		{"the worst first", clockFacts{now: now, lastRun: now.Add(time.Hour), unset: true}, batch.Fail, "the last run was on"},
	} {
		judged(t, tc.why, examineClock(tc.facts), tc.verdict, tc.say)
	}
}

// TestExamineZone guards that another time on the computer is told, and the same
// under another name is not.
func TestExamineZone(t *testing.T) {
	winter, summer := time.Date(2026, time.January, 11, 9, 0, 0, 0, time.UTC), time.Date(2026, time.May, 11, 9, 0, 0, 0, time.UTC)
	for _, tc := range []struct {
		now     time.Time
		verdict batch.Verdict
		say     string
	}{
		{winter, batch.Pass, "Europe/London, where it is Sun 11 Jan 2026 at 09:00"},
		{summer, batch.Warn, "Europe/London, where it is Mon 11 May 2026 at 10:00; by this computer's own time zone it is Mon 11 May 2026 at 09:00"},
		{summer.In(london(t)), batch.Pass, "where it is Mon 11 May 2026 at 10:00"},
		{summer.In(time.FixedZone("", 3600)), batch.Pass, "where it is"},
		{summer.In(time.FixedZone("", 3540)), batch.Warn, "at 09:59"},
	} {
		judged(t, tc.now.String(), examineZone(tc.now, london(t)), tc.verdict, tc.say)
	}
}

// TestExamineSchedule guards that the next time is after now, by the configured
// time zone.
func TestExamineSchedule(t *testing.T) {
	spec, err := schedule.Parse("0 8 * * MON", time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	for now, say := range map[time.Time]string{
		time.Date(2026, time.May, 11, 6, 59, 59, 0, time.UTC): "it is done: on Mondays at 08:00; next on Mon 11 May 2026 at 08:00",
		time.Date(2026, time.May, 11, 7, 0, 0, 0, time.UTC):   "it is done: on Mondays at 08:00; next on Mon 18 May 2026 at 08:00",
	} {
		judged(t, now.String(), examineSchedule("it is done", spec, now, london(t)), batch.Pass, say)
	}
}

// TestExamineStamps guards which workbooks are said to be of the future.
func TestExamineStamps(t *testing.T) {
	now := time.Date(2026, time.May, 11, 9, 0, 0, 0, london(t))
	file := func(name string, ahead time.Duration) workbookFile {
		return workbookFile{name: name, saved: now.Add(ahead).UTC()}
	}
	past, border, hour, day := file("past.xlsx", -time.Hour), file("border.xlsx", clockSlack), file("hour.xlsx", time.Hour), file("day.xlsx", 24*time.Hour)
	if got := examineStamps([]workbookFile{past, border}, now); got != nil {
		t.Errorf("%+v", got)
	}
	for _, tc := range []struct {
		files        []workbookFile
		subject, say string
	}{
		{[]workbookFile{past, file("a.xlsx", clockSlack+time.Second)}, "a.xlsx", "it was saved on Mon 11 May 2026 at 09:05, which is still to come"},
		{[]workbookFile{hour, day, past, hour}, "day.xlsx", "it was saved on Tue 12 May 2026 at 09:00, which is still to come, and so were 2 more"},
	} {
		got := examineStamps(tc.files, now)
		if len(got) != 1 || got[0].Subject != tc.subject {
			t.Fatalf("%+v", got)
		}
		judged(t, tc.subject, got[0], batch.Warn, tc.say)
	}
}

// TestExamineRoom guards how much room on a disk is enough.
func TestExamineRoom(t *testing.T) {
	for _, tc := range []struct {
		free    uint64
		verdict batch.Verdict
		say     string
	}{
		{3 << 40, batch.Pass, "3.0 TiB are free on its disk"},
		{1 << 30, batch.Pass, "1.0 GiB are free on its disk"},
		{1<<30 - 1, batch.Warn, "only 1024 MiB are free on its disk"},
		{50 << 20, batch.Warn, "only 50 MiB are free"},
		{50<<20 - 1, batch.Fail, "only 50 MiB are free"},
		{0, batch.Fail, "only 0 B are free"},
	} {
		judged(t, tc.say, examineRoom("state/", tc.free), tc.verdict, tc.say)
	}
}

// TestFreeSpace asks the real disk.
func TestFreeSpace(t *testing.T) {
	dir := t.TempDir()
	below := filepath.Join(dir, "below")
	if err := os.Mkdir(below, 0o700); err != nil {
		t.Fatal(err)
	}
	free, disk, err := freeSpace(dir)
	if err != nil || free == 0 || disk == "" {
		t.Errorf("%d bytes on %q, %v", free, disk, err)
	}
	if _, same, err := freeSpace(below); err != nil || same != disk {
		t.Errorf("a folder below is on %q, %v, want %q", same, err, disk)
	}
	if _, _, err := freeSpace(filepath.Join(dir, "none")); err == nil {
		t.Error("a folder that is not there has room")
	}
}

// TestDoctorLooksAtTheClock: a clock that is set back, and the end of the list of
// bank holidays, keep doctor from saying that all is well.
func TestDoctorLooksAtTheClock(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("a.xlsx", "no workbook")
	write("config.yaml", "workbooks: [{path: a.xlsx, write_back: false}]\ndaemon: {owner: {email: owner@centre.example}}\n")
	regcert := func(now time.Time, command string) (int, string) {
		var out bytes.Buffer
		code := Main(t.Context(), []string{command, "--config", filepath.Join(dir, "config.yaml")},
			Streams{Out: &out, Err: &out, Getenv: func(string) string { return "" }, Now: func() time.Time { return now }})
		return code, out.String()
	}
	now := time.Date(2026, time.May, 11, 9, 12, 3, 0, london(t))
	if err := os.Chtimes(filepath.Join(dir, "a.xlsx"), now, now); err != nil {
		t.Fatal(err)
	}
	if code, out := regcert(now, "run"); code != exitTrouble {
		t.Fatalf("exit code %d: %s", code, out)
	}
	for _, tc := range []struct {
		now       time.Time
		code      int
		say, hush string
	}{
		{now.Add(time.Minute), exitDone, "pass  clock", "fail"},
		{now.Add(-time.Hour), exitFindings, "fail  clock", "warn  bank holidays"},
		{now.AddDate(100, 0, 0), exitFindings, "fail  bank holidays", "fail  clock"},
	} {
		if code, out := regcert(tc.now, "doctor"); code != tc.code || !strings.Contains(out, tc.say) || strings.Contains(out, tc.hush) {
			t.Errorf("at %s: exit code %d:\n%s", tc.now, code, out)
		}
	}
}
