package batch

import (
	"errors"
	"fmt"

	"regcert/internal/encrypted"
	"regcert/internal/xlsx"
)

// open checks the package, with the password where it needs one. What is then
// read, patched and proved is l.plain.
func (l *loaded) open(limits xlsx.Limits) error {
	l.plain = l.data
	var refusal *xlsx.Refusal
	var err error
	l.file, err = xlsx.Open(l.plain, limits)
	if !errors.As(err, &refusal) || refusal.Kind != xlsx.Encrypted || refusal.Part != "" {
		return err
	}
	var bad *encrypted.Damaged
	l.protected, err = encrypted.Open(l.data, l.password.Text)
	switch {
	case err == nil:
	case errors.As(err, &bad): // as a package is that no password protects
		return &xlsx.Refusal{Kind: xlsx.Damaged, Detail: err.Error()}
	case !errors.Is(err, encrypted.ErrPassword):
		return err
	case l.password.Source == "":
		return fmt.Errorf("%w; or name the environment variable that holds its password under password_env: in the configuration", refusal)
	case l.password.Text == "":
		return fmt.Errorf("the workbook is protected by a password, and %s, which should hold it, is empty: set it", l.password.Source)
	default:
		return fmt.Errorf("the workbook is protected by a password, and the one in %s does not open it: correct it", l.password.Source)
	}
	l.plain = l.protected.Content
	l.file, err = xlsx.Open(l.plain, limits)
	return err
}

// readOnly says why the workbook can be read but not be written; empty: it can be.
func (l *loaded) readOnly() string {
	why := l.file.ReadOnly()
	if why == "" && l.protected != nil {
		why = l.protected.ReadOnly()
	}
	return why
}

// seal makes of a patched and proved package what is to stand in the file: the
// package itself, or, where a password protects it, the package encrypted anew
// with that password, opened again and compared.
func (l *loaded) seal(after []byte) ([]byte, error) {
	if l.protected == nil {
		return after, nil
	}
	return l.protected.Seal(after)
}
