package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"regcert/internal/config"
)

// TestInitPassword guards workbooks with a password: without it they are named,
// with the variable that is to hold it; with it they are looked into.
func TestInitPassword(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName("Sheet1", "Adjustments"); err != nil {
		t.Fatal(err)
	}
	if err := book.SetSheetRow("Adjustments", "A1", &[]string{"Learner ID", "Type", "Recorded On", "Stored"}); err != nil {
		t.Fatal(err)
	}
	var locked, open bytes.Buffer
	if err := book.Write(&open); err != nil {
		t.Fatal(err)
	}
	if err := book.Write(&locked, excelize.Options{Password: "hush"}); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name, password, want string
		code                 int
	}{
		{"without it", "", "has a password: put it into the environment variable OUR_2026_PASSWORD, and it can be looked into", exitDone},
		{"with it", "hush", "our-2026.xlsx  Adjustments: 0 rows", exitDone},
		{"with another", "other", "could not be read: the workbook is protected by a password, and the one in $OUR_2026_PASSWORD does not open it", exitTrouble},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, filepath.Join(dir, "our-2026.xlsx"), locked.Bytes())
			write(t, filepath.Join(dir, "open.xlsx"), open.Bytes())
			var out, errs bytes.Buffer
			getenv := func(name string) string {
				if name == "OUR_2026_PASSWORD" {
					return test.password
				}
				return ""
			}
			code := Main(context.Background(), []string{"init", dir}, Streams{Out: &out, Err: &errs, Getenv: getenv, Now: time.Now})
			if code != test.code || !strings.Contains(out.String(), test.want) {
				t.Fatalf("exit code %d\n%s%s", code, out.String(), errs.String())
			}
			text, err := os.ReadFile(filepath.Join(dir, "config.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			cfg, err := config.Load(filepath.Join(dir, "config.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			if named := strings.Contains(string(text), "password_env: OUR_2026_PASSWORD"); named != (test.code == exitDone) || strings.Contains(string(text), "hush") || named != (len(cfg.Workbooks) == 2) {
				t.Errorf("the configuration says\n%s", text)
			}
		})
	}
}

func TestPasswordVariable(t *testing.T) {
	for name, want := range map[string]string{"claims-2026.xlsx": "CLAIMS_2026_PASSWORD", "Übung.xlsx": "_BUNG_PASSWORD", "26.xlsx": "_26_PASSWORD"} {
		if got := passwordVariable(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
