package xlsx

import (
	"strings"
	"testing"
)

// The parts of staffBook that tests change.
const (
	tableSheet = "xl/worksheets/sheet1.xml" // Learners: a table with everything around it
	plainSheet = "xl/worksheets/sheet2.xml" // Claims: a range with a filter and everything around it
	otherSheet = "xl/worksheets/sheet3.xml" // Summary: what no patch treats
	staffTable = "xl/tables/table1.xml"
)

// staffParts are the parts of a workbook as staff grow it over years, macros, slicer, pivot table, notes and controls
// included: as text, so that a test sees what it changes.
func staffParts() []part {
	override := func(name, kind string) string {
		return `<Override PartName="/` + name + `" ContentType="application/vnd.` + kind + `"/>`
	}
	const ml = "openxmlformats-officedocument.spreadsheetml."
	return []part{
		{name: "[Content_Types].xml", text: xmlDecl + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>` +
			`<Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>` +
			override("xl/workbook.xml", "ms-excel.sheet.macroEnabled.main+xml") + override(tableSheet, ml+"worksheet+xml") + override(plainSheet, ml+"worksheet+xml") +
			override(otherSheet, ml+"worksheet+xml") + override("xl/styles.xml", ml+"styles+xml") + override("xl/sharedStrings.xml", ml+"sharedStrings+xml") +
			override(staffTable, ml+"table+xml") + override("xl/comments1.xml", ml+"comments+xml") + override("xl/threadedComments/threadedComment1.xml", "ms-excel.threadedcomments+xml") +
			override("xl/slicers/slicer1.xml", "ms-excel.slicer+xml") + override("xl/slicerCaches/slicerCache1.xml", "ms-excel.slicerCache+xml") +
			override("xl/pivotCache/pivotCacheDefinition1.xml", ml+"pivotCacheDefinition+xml") + override("xl/pivotTables/pivotTable1.xml", ml+"pivotTable+xml") +
			override("xl/ctrlProps/ctrlProp1.xml", "ms-excel.controlproperties+xml") + `</Types>`},
		{name: "_rels/.rels", text: rels("officeDocument xl/workbook.xml")},
		{name: "xl/workbook.xml", text: xmlDecl + `<workbook ` + nsMain + ` ` + nsRel + `><fileVersion appName="xl"/><workbookPr codeName="ThisWorkbook"/><workbookProtection lockStructure="1"/>` +
			`<sheets><sheet name="Learners" sheetId="1" r:id="rId1"/><sheet name="Claims" sheetId="2" r:id="rId2"/><sheet name="Summary" sheetId="5" state="hidden" r:id="rId3"/></sheets>` +
			`<definedNames><definedName name="_xlnm._FilterDatabase" localSheetId="1" hidden="1">Claims!$A$2:$C$9</definedName><definedName name="_xlnm.Print_Area" localSheetId="0">Learners!$A$1:$D$9</definedName>` +
			`<definedName name="_xlnm.Print_Titles" localSheetId="0">Learners!$3:$3</definedName><definedName name="ids">Register[Learner ID]</definedName></definedNames>` +
			`<calcPr calcId="191029"/><pivotCaches><pivotCache cacheId="7" r:id="rId6"/></pivotCaches></workbook>`},
		{name: "xl/_rels/workbook.xml.rels", text: rels("worksheet worksheets/sheet1.xml", "worksheet worksheets/sheet2.xml", "worksheet worksheets/sheet3.xml", "styles styles.xml",
			"sharedStrings sharedStrings.xml", "pivotCacheDefinition pivotCache/pivotCacheDefinition1.xml", "vbaProject vbaProject.bin", "slicerCache slicerCaches/slicerCache1.xml")},
		{name: tableSheet, text: worksheet(staffTableRows, staffTableAround)},
		{name: "xl/worksheets/_rels/sheet1.xml.rels", text: rels("table ../tables/table1.xml", "vmlDrawing ../drawings/vmlDrawing1.vml", "comments ../comments1.xml",
			"threadedComment ../threadedComments/threadedComment1.xml", "slicer ../slicers/slicer1.xml", "ctrlProp ../ctrlProps/ctrlProp1.xml")},
		{name: plainSheet, text: worksheet(staffPlainRows, staffPlainAround)},
		{name: otherSheet, text: worksheet(`<row r="1"><c r="A1"><f>COUNTIF(Register[Status],"Late")</f><v>0</v></c><c r="B1"><f>ROWS(Register[#All])</f><v>6</v></c></row>`, "")},
		{name: "xl/worksheets/_rels/sheet3.xml.rels", text: rels("pivotTable ../pivotTables/pivotTable1.xml")},
		{name: "xl/styles.xml", text: strings.Replace(bookStyles, `<xf numFmtId="2" fontId="0" fillId="0" borderId="0"/>`,
			`<xf numFmtId="2" fontId="0" fillId="0" borderId="0" applyProtection="1" applyAlignment="1"><alignment wrapText="1"/><protection locked="0"/></xf>`, 1)},
		{name: "xl/sharedStrings.xml", text: xmlDecl + `<sst ` + nsMain + ` count="9" uniqueCount="6"><si><t>Learner ID</t></si><si><t>Course Start</t></si><si><t>Days</t></si><si><t>Notes</t></si><si><t>L1</t></si><si><t>Register of learners</t></si></sst>`},
		{name: staffTable, text: xmlDecl + `<table ` + nsMain + ` id="1" name="Register" displayName="Register" ref="A3:D8" totalsRowCount="1" headerRowDxfId="0"><autoFilter ref="A3:D7"><filterColumn colId="0"><filters><filter val="L1"/></filters></filterColumn></autoFilter>` +
			`<sortState ref="A4:D7"><sortCondition ref="B4:B7"/></sortState><tableColumns count="4"><tableColumn id="1" name="Learner ID" totalsRowLabel="Total"/><tableColumn id="2" name="Course Start" dataDxfId="1"/>` +
			`<tableColumn id="5" name="Days" totalsRowFunction="sum"><calculatedColumnFormula>Register[[#This Row],[Course Start]]+1</calculatedColumnFormula></tableColumn><tableColumn id="4" name="Notes"/></tableColumns><tableStyleInfo name="TableStyleMedium2" showRowStripes="1"/></table>`},
		{name: "xl/comments1.xml", text: `<comments ` + nsMain + `><authors><author>tc={1}</author></authors><commentList><comment ref="A4" authorId="0"><text><t>see notes</t></text></comment></commentList></comments>`},
		{name: "xl/threadedComments/threadedComment1.xml", text: `<ThreadedComments xmlns="http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"><threadedComment ref="A4" id="{1}"><text>see notes</text></threadedComment></ThreadedComments>`},
		{name: "xl/drawings/vmlDrawing1.vml", text: `<xml xmlns:v="urn:schemas-microsoft-com:vml"><v:shape id="s1"/></xml>`},
		{name: "xl/slicers/slicer1.xml", text: `<slicers xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><slicer name="Notes" cache="Slicer_Notes" rowHeight="241300"/></slicers>`},
		{name: "xl/slicerCaches/slicerCache1.xml", text: `<slicerCacheDefinition xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" name="Slicer_Notes" sourceName="Notes"><extLst><ext><tableSlicerCache tableId="1" column="4"/></ext></extLst></slicerCacheDefinition>`},
		{name: "xl/pivotCache/pivotCacheDefinition1.xml", text: `<pivotCacheDefinition ` + nsMain + `><cacheSource type="worksheet"><worksheetSource name="Register"/></cacheSource><cacheFields count="1"><cacheField name="Learner ID"/></cacheFields></pivotCacheDefinition>`},
		{name: "xl/pivotTables/pivotTable1.xml", text: `<pivotTableDefinition ` + nsMain + ` name="P" cacheId="7"><location ref="A20:B25" firstHeaderRow="1"/></pivotTableDefinition>`},
		{name: "xl/ctrlProps/ctrlProp1.xml", text: `<formControlPr xmlns="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" objectType="Button"/>`},
		{name: "xl/vbaProject.bin", text: "\xD0\xCF\x11\xE0 macros", store: true},
	}
}

const (
	staffTableRows = `<row r="1" spans="1:4" ht="30" customHeight="1"><c r="A1" s="2" t="s"><v>5</v></c><c r="B1" s="2"/><c r="C1" s="2"/><c r="D1" s="2"/></row>` +
		`<row r="3" spans="1:4"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c><c r="C3" t="s"><v>2</v></c><c r="D3" s="2" t="s"><v>3</v></c></row>` +
		`<row r="4" spans="1:4" outlineLevel="1"><c r="A4" t="s"><v>4</v></c><c r="B4" s="1"><v>46000</v></c><c r="C4"><f>Register[[#This Row],[Course Start]]+1</f><v>46001</v></c><c r="D4" s="2"/></row>` +
		`<row r="5" spans="1:4" hidden="1" outlineLevel="1"><c r="A5" t="inlineStr"><is><t>L2</t></is></c><c r="B5" s="1"><v>46007</v></c><c r="C5"><f>Register[[#This Row],[Course Start]]+1</f><v>46008</v></c><c r="D5" s="2" t="s"><v>3</v></c></row>` +
		`<row r="6" collapsed="1" s="2" customFormat="1"><c r="A6" t="str"><f>UPPER("l3")</f><v>L3</v></c><c r="B6" s="1"><v>46100</v></c><c r="C6"><f>Register[[#This Row],[Course Start]]+1</f><v>46101</v></c></row>` +
		`<row r="8" spans="1:4"><c r="A8" t="inlineStr"><is><t>Total</t></is></c><c r="C8"><f>SUBTOTAL(109,Register[Days])</f><v>138110</v></c></row>`

	staffTableAround = `<sheetPr codeName="Sheet1"><tabColor rgb="FFFF0000"/><outlinePr summaryBelow="0"/></sheetPr><dimension ref="A1:D8"/><sheetViews><sheetView workbookViewId="0"><pane ySplit="3" topLeftCell="A4" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="B4" sqref="B4"/></sheetView></sheetViews>` +
		`<sheetFormatPr defaultRowHeight="15" outlineLevelRow="1" outlineLevelCol="1"/><cols><col min="1" max="1" width="12" customWidth="1"/><col min="2" max="3" width="10" customWidth="1" outlineLevel="1"/><col min="4" max="4" width="30" customWidth="1" style="2"/><col min="6" max="16384" width="9" hidden="1"/></cols>` +
		`|<sheetProtection sheet="1" objects="1" scenarios="1" formatCells="0" sort="0" autoFilter="0"/><protectedRanges><protectedRange sqref="D4:D7" name="notes"/></protectedRanges>` +
		`<mergeCells count="1"><mergeCell ref="A1:D1"/></mergeCells><conditionalFormatting sqref="A4:H7"><cfRule type="expression" dxfId="0" priority="1"><formula>$E4="Late"</formula></cfRule></conditionalFormatting>` +
		`<dataValidations count="2"><dataValidation type="list" allowBlank="1" sqref="D4:F7"><formula1>"a,b"</formula1></dataValidation><dataValidation type="date" operator="greaterThan" sqref="B4:B7"><formula1>40000</formula1></dataValidation></dataValidations>` +
		`<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/><pageSetup orientation="landscape"/><legacyDrawing r:id="rId2"/>` +
		`<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="x14"><controls><control shapeId="1" r:id="rId6" name="Button 1"/></controls></mc:Choice></mc:AlternateContent>` +
		`<tableParts count="1"><tablePart r:id="rId1"/></tableParts><extLst><ext uri="{05C60535-1F16-4fd2-B633-F4F36F0B64E0}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:sparklineGroups xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">` +
		`<x14:sparklineGroup><x14:sparklines><x14:sparkline><xm:f>Learners!B4:C4</xm:f><xm:sqref>D4</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup></x14:sparklineGroups></ext></extLst>`

	staffPlainRows = `<row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="s"><v>1</v></c><c r="C2" t="inlineStr"><is><t>Claim Status</t></is></c><c r="F2" t="inlineStr"><is><t>notes right of it</t></is></c></row>` +
		`<row r="3"><c r="A3" t="s"><v>4</v></c><c r="B3" s="1"><v>46000</v></c><c r="C3" t="s"><v>3</v></c><c r="G3"><f t="shared" ref="G3:G5" si="0">B3+1</f><v>46001</v></c></row>` +
		`<row r="4"><c r="A4" t="inlineStr"><is><t>L2</t></is></c><c r="B4" s="1"/><c r="C4" s="2" t="str"><v>Due</v></c><c r="G4"><f t="shared" si="0"/><v>1</v></c></row>` +
		`<row r="5"><c r="A5" s="2" t="inlineStr"><is><t>September</t></is></c><c r="B5" s="2"/><c r="G5"><f t="shared" si="0"/><v>1</v></c></row>` +
		`<row r="6"><c r="A6" t="inlineStr"><is><t>L3</t></is></c><c r="C6"/><c r="H6" cm="1"><f t="array" ref="H6:H7">UNIQUE(A3:A4)</f><v>0</v></c></row>` +
		`<row r="7"><c r="A7" t="inlineStr"><is><t>L4</t></is></c><c r="H7"><v>0</v></c></row>`

	staffPlainAround = `<sheetPr filterMode="1"/><dimension ref="A2:H7"/><cols><col min="3" max="3" hidden="1" width="0" customWidth="1"/></cols>|<autoFilter ref="A2:C9"><filterColumn colId="2"><filters blank="1"/></filterColumn><sortState ref="A3:C9"><sortCondition ref="A3"/></sortState></autoFilter>` +
		`<mergeCells count="1"><mergeCell ref="A5:B5"/></mergeCells><dataValidations count="1"><dataValidation type="list" sqref="C3:C9"><formula1>"Due,Late"</formula1></dataValidation></dataValidations><ignoredErrors><ignoredError sqref="A1:H9" numberStoredAsText="1"/></ignoredErrors>`
)

// staffBook is that workbook, and the patches of a run over it: the table of one sheet grows, and a column of the other
// is written anew.
func staffBook(t testing.TB) ([]byte, *File, []SheetPatch) {
	t.Helper()
	data := pkg(t, staffParts()...)
	f, err := Open(data, DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return data, f, []SheetPatch{
		{Sheet: f.Sheets()[0], HeaderRow: 3, GrowTable: "Register", NewColumns: []NewColumn{{Col: 5, Heading: "Status", Width: 20}, {Col: 6, Heading: "Due", Width: 14}},
			Edits: []Edit{{Row: 4, Col: 5, Value: TextValue("Late"), Look: Red, NeighbourCol: 4}, {Row: 4, Col: 6, Value: DateValue(46010), Look: Date, NeighbourCol: 2},
				{Row: 5, Col: 5, Value: TextValue("Due"), Look: Amber, NeighbourCol: 4}, {Row: 6, Col: 5, Value: TextValue("OK"), Look: Green, NeighbourCol: 4}}},
		{Sheet: f.Sheets()[1], Edits: []Edit{{Row: 3, Col: 3, Value: TextValue("Claimed"), Look: Grey, NeighbourCol: 2}, {Row: 4, Col: 3, Value: Clear, NeighbourCol: 2}, {Row: 6, Col: 3, Value: TextValue("Late"), NeighbourCol: 2}}},
	}
}
