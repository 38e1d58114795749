package batch_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"regcert/internal/batch"
)

// TestPasswords: an encrypted workbook is read with its password, never
// written, and refused in three different ways.
func TestPasswords(t *testing.T) {
	tests := map[string]struct {
		password batch.Password
		want     string
	}{
		"none configured": {batch.Password{}, "failed!: the workbook is protected by a password; take the password off"},
		"none there":      {batch.Password{Source: "$PW"}, "failed!: the workbook is protected by a password, and $PW, which should hold it, is empty"},
		"a wrong one":     {batch.Password{Source: "$PW", Text: "hunter3"}, "failed!: the workbook is protected by a password, and the one in $PW does not open it"},
		"the right one":   {batch.Password{Source: "$PW", Text: "hunter2"}, "read-only!: it is protected by a password, and such workbooks are only read"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := newCentre(t, small("a.xlsx"))
			f, err := excelize.OpenReader(bytes.NewReader(c.bytes("a.xlsx")))
			check(t, err)
			var out bytes.Buffer
			check(t, f.Write(&out, excelize.Options{Password: "hunter2"}))
			c.put("a.xlsx", out.Bytes())
			for i := range c.job.Workbooks {
				c.job.Workbooks[i].Password = test.password
			}
			result, got := c.run()
			if !strings.HasPrefix(got, "a.xlsx: "+test.want) || strings.Contains(got, "hunter") {
				t.Errorf("%s\nwant %s", got, test.want)
			}
			if read := len(result.Report.Rows) > 0; read != (test.password.Text == "hunter2") {
				t.Errorf("read is %v", read)
			}
			if !bytes.Equal(c.bytes("a.xlsx"), out.Bytes()) {
				t.Error("it was written")
			}
		})
	}
}
