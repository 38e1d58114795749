package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"time"
)

// archive is what is packed: files in a folder, all of one time, which belong to
// nobody.
type archive struct {
	folder string
	at     time.Time // whole seconds
	files  []file
}

type file struct {
	name       string
	data       []byte
	executable bool
}

// mode is a file's, whatever it was where it was made.
func (f file) mode() fs.FileMode {
	if f.executable {
		return 0o755
	}
	return 0o644
}

// pack makes the .zip that Windows opens by itself, or else a .tar.gz.
func (a archive) pack(zipped bool) (name string, data []byte, err error) {
	if zipped {
		data, err = a.zip()
		return a.folder + ".zip", data, err
	}
	data, err = a.tar()
	return a.folder + ".tar.gz", data, err
}

func (a archive) zip() ([]byte, error) {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range a.files {
		header := &zip.FileHeader{Name: a.folder + "/" + f.name, Method: zip.Deflate, Modified: a.at.UTC()}
		header.SetMode(f.mode())
		part, err := w.CreateHeader(header)
		if err != nil {
			return nil, err
		}
		if _, err := part.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return out.Bytes(), err
}

func (a archive) tar() ([]byte, error) {
	var out bytes.Buffer
	compressed, err := gzip.NewWriterLevel(&out, gzip.BestCompression) // its header has neither name nor time
	if err != nil {
		return nil, err
	}
	w := tar.NewWriter(compressed)
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: a.folder + "/", Mode: 0o755, ModTime: a.at}); err != nil {
		return nil, err
	}
	for _, f := range a.files {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: a.folder + "/" + f.name, Size: int64(len(f.data)), Mode: int64(f.mode()), ModTime: a.at}); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	err = errors.Join(w.Close(), compressed.Close())
	return out.Bytes(), err
}
