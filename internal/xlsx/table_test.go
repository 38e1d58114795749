package xlsx

import (
	"errors"
	"reflect"
	"strings"
	"testing"
)

// tablePart makes a table part: the attributes of the table behind its names, and what stands inside.
func tablePart(attrs, inside string) string {
	return `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\r\n" + `<table ` + styleNS + ` id="2" name="T" displayName="Register" ` + attrs + `>` + inside +
		`<tableStyleInfo name="TableStyleMedium2" showRowStripes="1"/></table>`
}

const threeColumns = `<tableColumns count="3"><tableColumn id="1" name="Learner ID"/><tableColumn id="7" name="Start_x000a_Date" dataDxfId="4"/>` +
	`<tableColumn id="3" name="A &amp; B"><calculatedColumnFormula>1+1</calculatedColumnFormula></tableColumn></tableColumns>`

func TestParseTable(t *testing.T) {
	for name, c := range map[string]struct {
		part string
		want Table
	}{
		"filter": {tablePart(`ref="B3:D9" totalsRowShown="0"`, `<autoFilter ref="B3:D9"/>`+threeColumns),
			Table{Name: "Register", Ref: Range{3, 2, 9, 4}, HeaderRows: 1, Columns: []string{"Learner ID", "Start\nDate", "A & B"}, HasAutoFilter: true}},
		"totals": {tablePart(`ref="B3:D9" totalsRowCount="1"`, threeColumns),
			Table{Name: "Register", Ref: Range{3, 2, 9, 4}, HeaderRows: 1, TotalsRows: 1, Columns: []string{"Learner ID", "Start\nDate", "A & B"}}},
		"no header": {tablePart(`headerRowCount="0" ref="A2"`, `<tableColumns><tableColumn id="1" name="Column1"/></tableColumns>`),
			Table{Name: "Register", Ref: Range{2, 1, 2, 1}, Columns: []string{"Column1"}}},
		"prefix": {`<x:table xmlns:x="y" displayName='R' ref='A1:A2'><x:tableColumns><x:tableColumn name='n'/></x:tableColumns></x:table>`,
			Table{Name: "R", Ref: Range{1, 1, 2, 1}, HeaderRows: 1, Columns: []string{"n"}}},
	} {
		c.want.Part = "xl/tables/table1.xml"
		got, err := parseTable("xl/tables/table1.xml", []byte(c.part))
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v, %v\nwant %+v", name, got, err, c.want)
		}
	}
	for name, c := range map[string]struct{ part, want string }{
		"no XML":       {"", "holds no element"},
		"another part": {"<styleSheet/>", "not <table>"},
		"no range":     {`<table><tableColumns/></table>`, `range ""`},
		"wrong range":  {`<table ref="A0"><tableColumns/></table>`, `range "A0"`},
		"no columns":   {`<table ref="A1"/>`, "no list of columns"},
		"two lists":    {`<table ref="A1"><tableColumns/><tableColumns/></table>`, "stands twice"},
	} {
		if _, err := parseTable("p", []byte(c.part)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

// Each pair of replacements is all that growth may change.
func TestGrowTable(t *testing.T) {
	for name, c := range map[string]struct {
		part     string
		headings []string
		changes  []string
	}{
		"filter over the whole width": {
			tablePart(`ref="B3:D9"`, `<autoFilter ref="B3:D9"><filterColumn colId="1"/></autoFilter>`+threeColumns),
			[]string{"Status", "Deadline"},
			[]string{`"Register" ref="B3:D9"`, `"Register" ref="B3:F9"`, `<autoFilter ref="B3:D9">`, `<autoFilter ref="B3:F9">`,
				`count="3"`, `count="5"`, `</tableColumns>`, `<tableColumn id="8" name="Status"/><tableColumn id="9" name="Deadline"/></tableColumns>`},
		},
		"totals row, sorted": {
			tablePart(`ref="B3:D9" totalsRowCount="1"`, `<autoFilter ref="B3:D8"/><sortState ref="B4:D8"><sortCondition ref="B4:B8"/></sortState>`+threeColumns),
			[]string{"Status"},
			[]string{`ref="B3:D9"`, `ref="B3:E9"`, `ref="B3:D8"`, `ref="B3:E8"`, `ref="B4:D8"`, `ref="B4:E8"`,
				`count="3"`, `count="4"`, `</tableColumns>`, `<tableColumn id="8" name="Status"/></tableColumns>`},
		},
		"filter over some columns": {
			tablePart(`ref="B3:D9"`, `<autoFilter ref="B3:C9"/>`+threeColumns),
			[]string{"Status"},
			[]string{`ref="B3:D9"`, `ref="B3:E9"`, `count="3"`, `count="4"`, `</tableColumns>`, `<tableColumn id="8" name="Status"/></tableColumns>`},
		},
		"text to be escaped": {
			tablePart(`ref="B3:D9"`, threeColumns),
			[]string{"R&D \"<x>\"\n2", "_x000a_", "a_b_x", "é"},
			[]string{`ref="B3:D9"`, `ref="B3:H9"`, `count="3"`, `count="7"`, `</tableColumns>`,
				`<tableColumn id="8" name="R&amp;D &quot;&lt;x&gt;&quot;_x000a_2"/><tableColumn id="9" name="_x005F_x000a_"/><tableColumn id="10" name="a_b_x"/><tableColumn id="11" name="é"/></tableColumns>`},
		},
		"prefix, no count, other quotes": {
			"<!-- t --><x:table\n xmlns:x='y' displayName='R' ref='$A$1:$A$2' ><x:autoFilter ref='A1:A2' /><x:tableColumns ><x:tableColumn id='1' name='n'/></x:tableColumns></x:table>",
			[]string{"Status"},
			[]string{`ref='$A$1:$A$2'`, `ref='A1:B2'`, `ref='A1:A2'`, `ref='A1:B2'`, `</x:tableColumns>`, `<x:tableColumn id="2" name="Status"/></x:tableColumns>`},
		},
		"nothing to add": {tablePart(`ref="B3:D9"`, threeColumns), nil, nil},
	} {
		table, err := parseTable("xl/tables/table1.xml", []byte(c.part))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := growTable([]byte(c.part), table, c.headings)
		if want := strings.NewReplacer(c.changes...).Replace(c.part); err != nil || string(got) != want {
			t.Errorf("%s: %v\ngot  %s\nwant %s", name, err, got, want)
			continue
		}
		again, err := parseTable("xl/tables/table1.xml", got)
		table.Ref.LastCol += len(c.headings)
		table.Columns = append(table.Columns, c.headings...)
		if err != nil || !reflect.DeepEqual(again, table) {
			t.Errorf("%s: read again: %+v, %v\nwant %+v", name, again, err, table)
		}
	}
}

func TestGrowTableRefuses(t *testing.T) {
	whole := tablePart(`ref="B3:D9"`, threeColumns)
	for name, c := range map[string]struct {
		part, heading string
		kind          RefusalKind
		want          string
	}{
		"name taken":          {whole, "LEARNER ID", Occupied, "rename"},
		"name taken, break":   {whole, "start\ndate", Occupied, "unique"},
		"no name":             {whole, "", Occupied, "1 to 255"},
		"too long a name":     {whole, strings.Repeat("é", 256), Occupied, "1 to 255"},
		"no header row":       {tablePart(`headerRowCount="0" ref="B3:D9"`, threeColumns), "Status", Unsupported, "header row"},
		"columns are wanting": {tablePart(`ref="B3:E9"`, threeColumns), "Status", Damaged, "B3:E9 and 3 columns"},
		"query":               {tablePart(`tableType="queryTable" ref="B3:D9"`, threeColumns), "Status", Unsupported, "query"},
		"query field":         {strings.Replace(whole, `id="7"`, `id="7" queryTableFieldId="7"`, 1), "Status", Unsupported, "query"},
		"connection":          {tablePart(`connectionId="1" ref="B3:D9"`, threeColumns), "Status", Unsupported, "query"},
		"XML map":             {strings.Replace(whole, `id="1" name="Learner ID"/>`, `id="1" name="Learner ID"><xmlColumnPr mapId="2"/></tableColumn>`, 1), "Status", Unsupported, "XML map"},
		"edge of the sheet":   {tablePart(`ref="XFB3:XFD9"`, threeColumns), "Status", Unsupported, "last column"},
		"alternatives":        {tablePart(`ref="B3:D9"`, threeColumns+`<mc:AlternateContent/>`), "Status", Unsupported, "several versions"},
		"foreign column":      {strings.Replace(whole, `<tableColumn id="1" name="Learner ID"/>`, `<other/>`, 1), "Status", Unsupported, "<other>"},
	} {
		table, err := parseTable("xl/tables/table1.xml", []byte(c.part))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		_, err = growTable([]byte(c.part), table, []string{c.heading})
		var refusal *Refusal
		if !errors.As(err, &refusal) || refusal.Kind != c.kind || refusal.Part != table.Part || refusal.Remedy == "" || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q and %q", name, err, c.kind, c.want)
		}
	}
	table, err := parseTable("p", []byte(whole))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := growTable([]byte(whole), table, []string{"Status", "STATUS"}); err == nil {
		t.Error("two new columns of one name were accepted")
	}
	table.Ref.LastRow++
	if _, err := growTable([]byte(whole), table, []string{"Status"}); err == nil {
		t.Error("a table that is not the part's was accepted")
	}
}

func FuzzTable(f *testing.F) {
	f.Add([]byte(tablePart(`ref="B3:D9"`, `<autoFilter ref="B3:D9"/>`+threeColumns)), "Status", "_x000a_\n")
	f.Add([]byte(`<x:table ref='A1:A2'><x:autoFilter ref='A1:A2' /><x:tableColumns ><x:tableColumn id='1' name='n'/></x:tableColumns></x:table>`), "a", "b")
	f.Add([]byte(`<table ref="A1"><tableColumns><tableColumn/></tableColumns></table>`), "_x0a00\n_", "_x0041\x0b")
	f.Add([]byte(`<table ref="A1"><tableColumns/></table>`), "_x0041_", "_")
	f.Fuzz(func(t *testing.T, part []byte, a, b string) {
		table, err := parseTable("p", part)
		if err != nil {
			return
		}
		grown, err := growTable(part, table, []string{a, b})
		if err != nil {
			return
		}
		again, err := parseTable("p", grown)
		if err != nil {
			t.Fatalf("%v\n%s", err, grown)
		}
		if len(again.Columns) != len(table.Columns)+2 || again.Ref.LastCol != table.Ref.LastCol+2 {
			t.Fatalf("%+v grew to %+v", table, again)
		}
		for i, name := range table.Columns {
			if again.Columns[i] != name {
				t.Errorf("column %q became %q", name, again.Columns[i])
			}
		}
		for i, heading := range []string{a, b} {
			legal := true
			for _, r := range heading {
				legal = legal && (r < 0x20 || legalXML(r)) && r != 0xFFFD
			}
			if got := again.Columns[len(table.Columns)+i]; legal && got != heading {
				t.Errorf("heading %q reads back as %q", heading, got)
			}
		}
	})
}
