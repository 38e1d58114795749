package realparts

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestUnitIsSound has systemd judge the unit that would be installed: it is
// understood without a warning, and leaves little to whoever gets hold of the
// service (0 is best, 100 worst).
func TestUnitIsSound(t *testing.T) {
	t.Parallel()
	path := program(t, "systemd-analyze")
	c := newCentre(t, sampleWorkbooks(t))
	unit := filepath.Join(string(c), "regcert.service")
	writeFile(t, unit, c.regcert(t, 0, "service", "install", "--dry-run"))
	if out, err := start(t, time.Minute, path, "verify", unit); err != nil || out != "" {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
	if out, err := start(t, time.Minute, path, "security", "--offline=true", "--threshold=25", "--no-pager", unit); err != nil {
		t.Errorf("systemd-analyze security: %v\n%s", err, out)
	}
}

// machine is a systemd that runs as if it were on a computer of its own: in a copy
// of this one's files that is thrown away.
type machine struct{ init int }

// bootScript makes the copy and becomes its systemd. What would reach the
// computer itself is left out. $1 is a folder to work in, $2 regcert, $3 a centre.
const bootScript = `set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
cd "$1/root"
mount -t proc proc proc
mount --rbind /sys sys
mount --rbind /dev dev
cp "$2" usr/local/bin/regcert
mount -t tmpfs tmpfs srv
cp -r "$3" srv/centre
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs tmp
for unit in systemd-sysctl.service systemd-modules-load.service systemd-udevd.service systemd-udev-trigger.service systemd-tmpfiles-setup-dev.service \
	systemd-random-seed.service systemd-remount-fs.service systemd-pstore.service timers.target proc-sys-fs-binfmt_misc.automount \
	sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount dev-hugepages.mount dev-mqueue.mount; do
	ln -sf /dev/null "etc/systemd/system/$unit"
done
mkdir .old
pivot_root . .old
umount -l /.old
exec env container=other /lib/systemd/systemd --system --unit=basic.target --log-target=null --show-status=no
`

// boot starts the machine.
func boot(t *testing.T, c centre) *machine {
	t.Helper()
	for _, name := range []string{"/lib/systemd/systemd", "systemctl", "systemd-run", "nsenter", "setpriv"} {
		program(t, name)
	}
	if os.Geteuid() != 0 {
		t.Skip("a computer of its own can be made by root only")
	}
	path, err := built()
	check(t, err)
	cmd := exec.Command("bash", "-c", bootScript, "boot", t.TempDir(), path, string(c))
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNS | unix.CLONE_NEWPID | unix.CLONE_NEWUTS | unix.CLONE_NEWIPC | unix.CLONE_NEWCGROUP, Pdeathsig: syscall.SIGKILL}
	runtime.LockOSThread() // Pdeathsig means the death of the thread
	if err := cmd.Start(); err != nil {
		t.Skipf("a computer of its own cannot be made here: %v", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Kill() // and with it everything in there
		<-ended
	})
	m := &machine{cmd.Process.Pid}
	for range 150 {
		select {
		case err := <-ended:
			ended <- err
			t.Skipf("a computer of its own cannot be made here: %v", err)
		case <-time.After(200 * time.Millisecond):
		}
		if out, _ := m.do(t, "systemctl is-system-running"); strings.HasPrefix(out, "running") || strings.HasPrefix(out, "degraded") {
			return m
		}
	}
	t.Fatal("systemd has not started")
	return nil
}

// do runs a script on the machine and returns what it printed.
func (m *machine) do(t *testing.T, script string) (string, error) {
	t.Helper()
	return start(t, time.Minute, "nsenter", "-t", strconv.Itoa(m.init), "-m", "-p", "-C", "-u", "-i", "bash", "-c", script)
}

// must runs a script on the machine that is to end with this exit code.
func (m *machine) must(t *testing.T, code int, script string) string {
	t.Helper()
	out, err := m.do(t, "("+script+"\n)\ncode=$?; [ $code = "+strconv.Itoa(code)+" ] || { echo exit code $code; exit 1; }")
	if err != nil {
		t.Fatalf("%s: %v; want exit code %d\n%s", script, err, code, out)
	}
	return out
}

// TestServiceUnderSystemd installs regcert as a service on a machine that systemd
// runs, in a folder with an odd name that belongs to staff, and does what the
// command says comes next. As the service, regcert may write the workbooks, which
// stay those of staff, and nothing else.
func TestServiceUnderSystemd(t *testing.T) {
	t.Parallel()
	m := boot(t, newCentre(t, sampleWorkbooks(t)))
	const dir = `/srv/our 100% "centre" of $HOME\`
	m.must(t, 0, `set -e
groupadd staff-of-centre
useradd --no-create-home kim
mv /srv/centre '`+dir+`'
chown -R kim:staff-of-centre '`+dir+`'
chmod 2770 '`+dir+`' '`+dir+`/sample-workbooks'
chmod 660 '`+dir+`'/sample-workbooks/*`)
	in := func(code int, script string) string { t.Helper(); return m.must(t, code, `cd '`+dir+`' && `+script) }

	wants(t, in(3, "regcert service status"), "not installed")
	wants(t, in(3, "setpriv --reuid=kim --regid=staff-of-centre --clear-groups regcert service install"), "needs an administrator's rights", "sudo")
	steps := in(0, "regcert service install")
	wants(t, steps, "Made: the user regcert", "Made: "+dir+"/state", "Made: /etc/systemd/system/regcert.service", "sudo usermod --append --groups staff-of-centre regcert")
	wants(t, in(3, "regcert service status"), "installed and not running")
	wants(t, in(0, "systemctl is-enabled regcert; stat -c %U:%a state outbox /etc/regcert/secrets.env"), "enabled", "regcert:2700\nregcert:2700\nroot:600")
	for line := range strings.Lines(steps) {
		if command, ok := strings.CutPrefix(strings.TrimSpace(line), "sudo "); ok && !strings.HasSuffix(command, "service start") {
			in(0, command)
		}
	}

	// The service, but with a command that comes to an end.
	const command = `cat > /etc/systemd/system/regcert.service.d/test.conf <<'.'
[Service]
Type=oneshot
Restart=no
WorkingDirectory=/
ExecStart=
ExecStart=/bin/sh -c 'cd /srv/our* && exec %s'
.
systemctl daemon-reload
systemctl start regcert || { journalctl -u regcert; exit 7; }`
	in(0, "mkdir /etc/systemd/system/regcert.service.d")
	in(0, strings.Replace(command, "%s", "regcert run --as-of "+asOf, 1))
	wants(t, in(0, "journalctl -u regcert"), "written (253 cells)")
	wants(t, in(0, "stat -c %U:%G:%a sample-workbooks/enrolments.xlsx"), "kim:staff-of-centre:660\n")
	for _, not := range []string{"touch config.yaml.new", "touch /srv/elsewhere", "chown kim /usr/local/bin/regcert"} {
		wants(t, in(7, strings.Replace(command, "%s", not, 1)), "Read-only file system")
	}
	in(0, "rm -r /etc/systemd/system/regcert.service.d && systemctl daemon-reload && systemctl reset-failed regcert")

	wants(t, in(0, "regcert service install --user kim && cat /etc/systemd/system/regcert.service"), "brought up to date", "User=kim", "chown -R kim:")
	wants(t, in(0, "regcert service uninstall"), "removed")
	wants(t, in(3, "regcert service status"), "not installed")
	wants(t, in(0, "ls state /etc/regcert"), "regcert.db", "secrets.env")
}

// wants wants texts in what was printed.
func wants(t *testing.T, out string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(out, text) {
			t.Errorf("it lacks %q:\n%s", text, out)
		}
	}
}
