package store

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

func TestByMagic(t *testing.T) {
	for magic, want := range map[uint32]fileSystem{
		0x6969:     {name: "a network share (NFS)", share: true},
		0xff534d42: {name: "a network share (SMB)", share: true},
		0xfe534d42: {name: "a network share (SMB)", share: true},
		0x517b:     {name: "a network share (SMB)", share: true},
		0x01021997: {name: "another system's drive (9P, such as a Windows drive under WSL)", share: true},
		0x00c36400: {name: "a network file system", share: true},
		0x65735546: {name: "a FUSE file system", doubtful: true},
		0xef53:     {}, // ext4
		0x58465342: {}, // XFS
		0x9123683e: {}, // Btrfs
		0x01021994: {}, // tmpfs
		0x794c7630: {}, // overlay
	} {
		if got := byMagic(magic); got != want {
			t.Errorf("byMagic(%#x) = %+v, want %+v", magic, got, want)
		}
	}
	if _, err := fileSystemOf(filepath.Join(t.TempDir(), "missing")); err == nil {
		t.Error("a folder that is not there has a file system")
	}
}

// asNobody runs do as a user without rights, also where the tests run as the
// superuser, who may write anything. The kernel knows the file system's user
// by thread.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	if os.Getuid() != 0 {
		do()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if err := unix.Setfsuid(65534); err != nil {
			t.Error(err)
			return
		}
		do()
	}()
	<-done
}

func TestOpenWithoutRights(t *testing.T) {
	const remedy = "give the user that runs regcert the right to write"
	chmod := func(path string, mode os.FileMode) {
		t.Helper()
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	root := t.TempDir()
	chmod(filepath.Dir(root), 0o755)
	chmod(root, 0o555)
	t.Cleanup(func() { os.Chmod(root, 0o755) })
	asNobody(t, func() {
		_, err := Open(t.Context(), root)
		wantError(t, err, "cannot be written", remedy)
		_, err = Open(t.Context(), filepath.Join(root, "state"))
		wantError(t, err, "cannot be written", remedy)
	})

	// A state that was made by another user: first the file, then the folder.
	dir := t.TempDir()
	if err := mustOpen(t, dir).Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, FileName)
	chmod(dir, 0o777)
	chmod(path, 0o444)
	asNobody(t, func() {
		_, err := Open(t.Context(), dir)
		wantError(t, err, path, "cannot be written", remedy)
	})
	chmod(path, 0o666)
	chmod(dir, 0o555)
	t.Cleanup(func() { os.Chmod(dir, 0o755) })
	asNobody(t, func() {
		_, err := Open(t.Context(), dir)
		wantError(t, err, path, "cannot be written", remedy)
	})
}
