package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPack holds that an archive has everything in it, as it is to be unpacked, and
// nothing of the time and the computer on which it was packed.
func TestPack(t *testing.T) {
	a := archive{folder: "regcert-test", at: time.Date(2026, 5, 11, 8, 12, 3, 0, time.UTC), files: []file{
		{name: "regcert", data: []byte("program"), executable: true}, {name: "README.md", data: []byte("text")},
	}}
	want := []string{
		"regcert-test/regcert -rwxr-xr-x 2026-05-11T08:12:03Z program",
		"regcert-test/README.md -rw-r--r-- 2026-05-11T08:12:03Z text",
	}
	for zipped, wantName := range map[bool]string{true: "regcert-test.zip", false: "regcert-test.tar.gz"} {
		name, data, err := a.pack(zipped)
		if err != nil || name != wantName {
			t.Fatalf("%s, %v", name, err)
		}
		list := listTar
		if zipped {
			list = listZip
		}
		if got, err := list(data); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s has %q, %v; want %q", name, got, err, want)
		}
		a.at = a.at.In(time.FixedZone("elsewhere", 3600))
		if _, again, err := a.pack(zipped); err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s: packed again it is another, %v", name, err)
		}
	}
}

func listZip(data []byte) (list []string, err error) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	for _, f := range r.File {
		part, err := f.Open()
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return nil, err
		}
		list = append(list, fmt.Sprintf("%s %v %s %s", f.Name, f.Mode(), f.Modified.UTC().Format(time.RFC3339), text))
	}
	return list, nil
}

func listTar(data []byte) (list []string, err error) {
	unzip, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	for r := tar.NewReader(unzip); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return list, nil
		}
		if err != nil {
			return nil, err
		}
		text, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname+h.Gname != "" {
			return nil, fmt.Errorf("%s belongs to somebody", h.Name)
		}
		if !strings.HasSuffix(h.Name, "/") {
			list = append(list, fmt.Sprintf("%s %v %s %s", h.Name, h.FileInfo().Mode(), h.ModTime.UTC().Format(time.RFC3339), text))
		}
	}
}
