package status

import (
	"strings"
	"testing"
	"time"

	"regcert/internal/store"
)

// TestHealthy guards what makes regcert unhealthy, and what does not, on both
// sides of each limit. The clock of the centre is an hour ahead of UTC.
func TestHealthy(t *testing.T) {
	const job, slot = checkJob, "2026-05-11T07:00" // at 6:00 UTC
	noon := monday.Add(4 * time.Hour)
	six := monday.Add(-2 * time.Hour)
	slotIs := func(state store.SlotState, job string) func(centre) {
		return func(c centre) {
			c.ok(c.state.AddSlots(c.Context(), job, []string{slot}, six))
			c.ok(c.state.SaveSlot(c.Context(), store.Slot{Job: job, At: slot, State: state, NextTry: six, Note: "it is as it is"}))
		}
	}
	message := func(state store.State, at time.Time) func(centre) {
		return func(c centre) {
			c.message(store.Message{Key: store.Key{Job: "digest", Slot: "2026-05-11", Recipient: "q@centre.example"}, Name: "Head of Quality", State: state}, at)
		}
	}
	trouble := func(kind string) func(centre) {
		return func(c centre) {
			c.ok(c.state.SaveTrouble(c.Context(), store.Trouble{Kind: kind, Since: six, Reason: "it is as it is"}))
		}
	}
	workbook := store.Workbook{Path: "registers/a.xlsx", Outcome: "unchanged"}
	tests := []struct {
		name string
		do   func(centre)
		at   time.Time
		why  string // empty: healthy
	}{
		{"nothing known", func(centre) {}, monday, ""},
		{"a slot within its grace", slotIs(store.SlotDue, job), six.Add(grace - time.Second), ""},
		{"a slot after its grace", slotIs(store.SlotDue, job), six.Add(grace), "the check of Mon 11 May 2026 at 07:00 was not done: no daemon runs"},
		{"a slot that is done", slotIs(store.SlotDone, job), noon, "the check of Mon 11 May 2026 at 12:00 was not done"},
		{"a slot that was skipped", slotIs(store.SlotSkipped, job), six.Add(time.Hour), ""},
		{"a slot that failed", slotIs(store.SlotFailed, job), six.Add(time.Hour), "the check of Mon 11 May 2026 at 07:00 failed: it is as it is"},
		{"a digest that failed", slotIs(store.SlotFailed, digestJob), six.Add(time.Hour), "the digest of Mon 11 May 2026 at 07:00 failed"},
		{"a slot that nobody looked up, within its grace", slotIs(store.SlotDone, job), monday.Add(3*time.Hour + grace - time.Second), ""},
		{"a slot that nobody looked up", slotIs(store.SlotDone, job), monday.Add(3*time.Hour + grace), "the check of Mon 11 May 2026 at 12:00 was not done: no daemon runs"},
		{"a slot that nobody looked up, and a later run", func(c centre) {
			slotIs(store.SlotDone, job)(c)
			c.run(monday.Add(3*time.Hour), workbook)
		}, noon, ""},
		{"a slot that nobody looked up, and an earlier run", func(c centre) {
			slotIs(store.SlotDone, job)(c)
			c.run(monday.Add(2*time.Hour), workbook)
		}, noon, "12:00 was not done"},
		{"a daemon that is late", func(c centre) {
			slotIs(store.SlotDue, job)(c)
			release, err := c.state.Serving(c.Context(), "regcert serve", six)
			c.ok(err)
			c.Cleanup(func() { c.ok(release()) })
		}, six.Add(grace), "the check of Mon 11 May 2026 at 07:00 was not done yet"},
		{"a run failed", trouble(store.TroubleRun), monday, "the check of the schedule has failed since Mon 11 May 2026 at 07:00: it is as it is"},
		{"a digest cannot be made", trouble(store.TroubleDigest), monday, "the digest has failed since"},
		{"a run after a save failed", trouble(store.TroubleSaved), monday, "the check after a save has failed since"},
		{"a wrong configuration", trouble(store.TroubleConfig), monday, "the configuration has been wrong since"},
		{"a workbook that stays open", trouble("open"), monday, ""},
		{"bank holidays that end", trouble("calendar"), monday, ""},
		{"mail is paused", func(c centre) {
			c.ok(c.state.Pause(c.Context(), store.Pause{Reason: "cannot log in", Since: six, Until: noon}))
		}, monday, "mail has been paused since Mon 11 May 2026 at 07:00: cannot log in"},
		{"a message waits for an hour", message(store.Pending, six), six.Add(longWait), ""},
		{"a message waits for longer", message(store.Pending, six), six.Add(longWait + time.Second), "a message has been waiting since Mon 11 May 2026 at 07:00"},
		{"a message was sent", message(store.Sent, six), noon, ""},
		{"a message failed", message(store.Failed, six), six.Add(fresh), "message 1, the digest for Head of Quality, was not sent"},
		{"a message failed long ago", message(store.Failed, six), six.Add(fresh + time.Second), ""},
		{"a message may have arrived", message(store.Unknown, six), six.Add(fresh), "may not have arrived"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newCentre(t)
			tt.do(c)
			ok, why := c.read(tt.at).Healthy()
			if ok != (tt.why == "") || !strings.Contains(strings.Join(why, "\n"), tt.why) || !ok && len(why) != 1 {
				t.Errorf("healthy is %t because of %q, want %q", ok, why, tt.why)
			}
		})
	}
}
