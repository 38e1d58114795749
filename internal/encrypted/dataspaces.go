package encrypted

import (
	"fmt"
	"slices"
)

// The storage that says which transform a protected stream went through
// ([MS-OFFCRYPTO] 2.2.1 and 2.3.4.1 to 2.3.4.3).
const (
	dataSpaces        = "\x06DataSpaces"
	passwordDataSpace = "StrongEncryptionDataSpace"
	passwordTransform = "StrongEncryptionTransform"
)

// onlyPassword refuses a file that is protected by more than a password, or
// that holds no protected package at all.
func onlyPassword(root *entry) error {
	if t := root.at(dataSpaces, "TransformInfo"); t != nil {
		for _, c := range t.children {
			switch {
			case c.kind != kindStorage || c.name == passwordTransform:
			case c.name == "DRMEncryptedTransform" || c.name == "\tDRMTransform":
				return &Unsupported{Detail: "it is protected by rights management (IRM), not by a password alone", Remedy: "take the restriction off (File, Info, Protect Workbook) and save it"}
			default:
				return &Unsupported{Detail: fmt.Sprintf("it is protected in a way that is not known (%q)", c.name), Remedy: saveAgain}
			}
		}
	}
	return nil
}

// forgetCipher makes the data spaces say what they do of agile encryption: that
// the stream EncryptionInfo names the cipher. Of standard encryption they may
// name it themselves ([MS-OFFCRYPTO] 2.1.9).
func (root *entry) forgetCipher() {
	if p := root.at(dataSpaces, "TransformInfo", passwordTransform, "\x06Primary"); p != nil {
		p.content = transformInfo()
	}
}

// passwordDataSpaces is the storage of a workbook that a password protects, and
// nothing else.
func passwordDataSpaces() *entry {
	stream := func(name string, content []byte) *entry {
		return &entry{kind: kindStream, name: name, content: content}
	}
	storage := func(name string, children ...*entry) *entry {
		return (&entry{kind: kindStorage, name: name}).with(children...)
	}
	reference := slices.Concat(numbered(1, 0), lengthAndText(packageStream), lengthAndText(passwordDataSpace))
	return storage(dataSpaces,
		stream("Version", slices.Concat(lengthAndText("Microsoft.Container.DataSpaces"), numbered(1, 1, 1))),
		stream("DataSpaceMap", slices.Concat(numbered(8, 1, uint32(len(reference)+4)), reference)),
		storage("DataSpaceInfo", stream(passwordDataSpace, slices.Concat(numbered(8, 1), lengthAndText(passwordTransform)))),
		storage("TransformInfo", storage(passwordTransform, stream("\x06Primary", transformInfo()))),
	)
}

// transformInfo describes the transform by a password ([MS-OFFCRYPTO] 2.1.8,
// 2.1.9 and 2.2.6): its kind, its name, three versions 1.0, and no cipher.
func transformInfo() []byte {
	id := lengthAndText("{FF9A3F03-56EF-4613-BDD5-5A41C1D07246}")
	return slices.Concat(numbered(uint32(len(id)+8), 1), id, lengthAndText("Microsoft.Container.EncryptionTransform"), numbered(1, 1, 1), numbered(0, 0, 0, 4))
}

// lengthAndText is a UNICODE-LP-P4 ([MS-OFFCRYPTO] 2.1.2): padded to four bytes.
func lengthAndText(s string) []byte {
	b := utf16Bytes(s)
	b = append(numbered(uint32(len(b))), b...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

// numbered is numbers of four bytes each.
func numbered(list ...uint32) []byte {
	var b []byte
	for _, n := range list {
		b = le.AppendUint32(b, n)
	}
	return b
}
