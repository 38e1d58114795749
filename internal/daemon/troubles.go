package daemon

import (
	"context"
	"slices"
	"sync"

	"regcert/internal/status"
	"regcert/internal/store"
)

// troubles is what keeps regcert from its work, in the state and in the log. It
// is used by both desks.
type troubles struct {
	s     *service
	mu    sync.Mutex
	known map[trouble]string // the reason
}

type trouble struct{ kind, subject string }

func recallTroubles(ctx context.Context, s *service) (*troubles, error) {
	list, err := s.state.Troubles(ctx)
	t := &troubles{s: s, known: map[trouble]string{}}
	for _, known := range list {
		t.known[trouble{known.Kind, known.Subject}] = known.Reason
	}
	return t, err
}

// raise remembers a trouble, if it is not known. Where it cannot be remembered
// the log has it, and it is tried again when it is next raised.
func (t *troubles) raise(ctx context.Context, kind, subject, reason string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	reason = status.Harmless(reason)
	before, isKnown := t.known[trouble{kind, subject}]
	if isKnown && before == reason {
		return
	}
	if !isKnown {
		t.s.Log.Warn("something is in the way", "kind", kind, "subject", subject, "reason", reason)
	}
	if err := t.s.state.SaveTrouble(ctx, store.Trouble{Kind: kind, Subject: subject, Since: t.s.Clock.Now(), Reason: reason}); err != nil {
		t.s.Log.Error("this cannot be remembered", "error", err)
		return
	}
	t.known[trouble{kind, subject}] = reason
}

// any reports whether there is any.
func (t *troubles) any() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.known) > 0
}

// end forgets a trouble that is over.
func (t *troubles) end(ctx context.Context, kind, subject string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, isKnown := t.known[trouble{kind, subject}]; !isKnown {
		return
	}
	if _, err := t.s.state.EndTrouble(ctx, kind, subject); err != nil {
		t.s.Log.Error("this cannot be remembered", "error", err)
		return
	}
	delete(t.known, trouble{kind, subject})
	t.s.Log.Info("something is in the way no more", "kind", kind, "subject", subject)
}

// endOthers ends the troubles of some kinds but those with these subjects.
func (t *troubles) endOthers(ctx context.Context, subjects map[string]bool, kinds ...string) {
	t.mu.Lock()
	var over []trouble
	for known := range t.known {
		if slices.Contains(kinds, known.kind) && !subjects[known.subject] {
			over = append(over, known)
		}
	}
	t.mu.Unlock()
	for _, o := range over {
		t.end(ctx, o.kind, o.subject)
	}
}
