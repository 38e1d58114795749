package xlsx

import (
	"bytes"
	"fmt"
)

// recognise tells a zip package from the other things that get a workbook's name.
func recognise(data []byte, lim Limits) error {
	const newWorkbook = "open it in Excel and save it as Excel workbook (.xlsx)"
	notWorkbook := func(what string) error {
		return &Refusal{Kind: NotWorkbook, Detail: what, Remedy: newWorkbook}
	}
	head := bytes.ToLower(bytes.TrimLeft(bytes.TrimPrefix(data[:min(len(data), 512)], []byte("\xEF\xBB\xBF")), " \t\r\n"))
	switch {
	case len(data) == 0:
		return &Refusal{Kind: Empty, Detail: "the file is empty", Remedy: "it may still be copied or synchronised: wait, or restore an earlier copy"}
	case int64(len(data)) > lim.File:
		return tooLarge("", "the file has %d MiB, more than the %d allowed", len(data)>>20, lim.File>>20)
	case bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		if encryptedPackage(data) {
			return &Refusal{Kind: Encrypted, Detail: "the workbook is protected by a password", Remedy: "take the password off (File, Info, Protect Workbook) and save it"}
		}
		return &Refusal{Kind: OldExcel, Detail: "this is a workbook of the format before Excel 2007 (.xls)", Remedy: newWorkbook}
	case bytes.HasPrefix(data, []byte(sigLocal)) || bytes.HasPrefix(data, []byte(sigEnd)):
		return nil
	case bytes.IndexFunc(data[:min(len(data), 4096)], func(r rune) bool { return r != 0 }) < 0:
		return &Refusal{Kind: Damaged, Detail: "the file holds nothing but zeros", Remedy: "it may not be synchronised yet: wait, or restore an earlier copy"}
	case bytes.HasPrefix(head, []byte("<!doctype html")) || bytes.HasPrefix(head, []byte("<html")) || bytes.HasPrefix(head, []byte("<table")):
		return notWorkbook("this is a web page with a workbook's name")
	case bytes.HasPrefix(head, []byte("<?xml")):
		return notWorkbook("this is an XML file with a workbook's name")
	}
	return notWorkbook(fmt.Sprintf("this is not an Excel workbook (it begins with %s)", quoteBytes(data[:min(len(data), 8)])))
}

// encryptedPackage looks for the stream that holds an encrypted package ([MS-OFFCRYPTO] 2.3.4.4) in the directory of a
// compound file: entries of 128 bytes that begin with the name in UTF-16LE, its length in bytes at offset 64.
func encryptedPackage(data []byte) bool {
	var name []byte
	for _, c := range "EncryptedPackage" {
		name = append(name, byte(c), 0)
	}
	for from := 0; ; {
		i := bytes.Index(data[from:], name)
		if i < 0 {
			return false
		}
		i += from
		if i%128 == 0 && len(data) >= i+128 && int(le.Uint16(data[i+64:])) == len(name)+2 {
			return true
		}
		from = i + 2
	}
}
