package batch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/xuri/excelize/v2"

	"regcert/internal/xlsx"
)

// open checks the package, with the password where it needs one.
func (l *loaded) open(limits xlsx.Limits) error {
	var refusal *xlsx.Refusal
	file, err := xlsx.Open(l.data, limits)
	if !errors.As(err, &refusal) || refusal.Kind != xlsx.Encrypted {
		l.file = file
		return err
	}
	switch {
	case l.password.Source == "":
		return fmt.Errorf("%w; or name the environment variable that holds its password under password_env: in the configuration", err)
	case l.password.Text == "":
		return fmt.Errorf("the workbook is protected by a password, and %s, which should hold it, is empty: set it", l.password.Source)
	}
	data, err := excelize.Decrypt(l.data, &excelize.Options{Password: l.password.Text})
	if err == nil {
		l.file, err = xlsx.Open(withoutPadding(data), limits)
	}
	if err != nil {
		return fmt.Errorf("the workbook is protected by a password, and the one in %s does not open it: correct it", l.password.Source)
	}
	l.encrypted = true
	return nil
}

// withoutPadding cuts off what block-wise encryption has left behind the end of
// the package (APPNOTE.TXT 4.3.16: a record of 22 bytes and its comment).
func withoutPadding(data []byte) []byte {
	i := bytes.LastIndex(data, []byte("PK\x05\x06"))
	if i < 0 || len(data) < i+22 {
		return data
	}
	end := i + 22 + int(binary.LittleEndian.Uint16(data[i+20:]))
	return data[:min(end, len(data))]
}
