package daemon

import (
	"context"
	"crypto/sha256"
	"os"

	"regcert/internal/config"
	"regcert/internal/store"
)

// reading is a configuration as it was last read, to notice when it changes.
type reading struct {
	sum [sha256.Size]byte
	ok  bool // it could be read
}

// remember reads the text of the file, and reports whether it is another now.
func (r *reading) remember(path string) (isNew bool) {
	data, err := os.ReadFile(path)
	now := reading{sha256.Sum256(data), err == nil}
	isNew, *r = now != *r, now
	return isNew
}

// listen hears when somebody asks for the configuration to be read again.
func (s *service) listen(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.Reread:
			s.asked.Store(true)
			wakeUp(s.wakeWork)
		}
	}
}

// reread takes over the configuration when it has changed, or somebody asks for
// it. A wrong one is refused, and the old one stays in force.
func (s *service) reread(ctx context.Context) {
	asked := s.asked.Swap(false)
	if !s.text.remember(s.File) && !asked {
		return
	}
	cfg, err := config.Load(s.File)
	if err != nil {
		s.Log.Error("the configuration is wrong, and the one before stays in force", "error", err)
		s.troubles.raise(ctx, store.TroubleConfig, "", err.Error())
		return
	}
	before := s.cfg()
	if cfg.StateDir != before.StateDir || cfg.Daemon.Listen != before.Daemon.Listen || cfg.Daemon.Log != before.Daemon.Log {
		s.Log.Warn("state_dir, daemon.listen and daemon.log change when regcert serve is started again")
		cfg.StateDir, cfg.Daemon.Listen, cfg.Daemon.Log = before.StateDir, before.Daemon.Listen, before.Daemon.Log
	}
	s.troubles.end(ctx, store.TroubleConfig, "")
	s.open(cfg)
	s.today = 0 // what is done once a day may come out differently
	s.Log.Info("the configuration was read again")
	wakeUp(s.wakeMail)
}
