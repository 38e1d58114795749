package xlsx

// Merged gives the merged cells of the sheet that reach into a row (18.3.1.55), as far as they are in order. They stand
// behind the rows, so the whole sheet is read for them.
func (s *Sheet) Merged(row int) ([]Range, error) {
	sc, err := s.open()
	if err != nil {
		return nil, err
	}
	defer sc.close()
	for {
		r, err := sc.row()
		if err != nil {
			return nil, s.refuse(err)
		}
		if r == nil {
			break
		}
	}
	var merged []Range
	for {
		t, err := sc.next()
		if err != nil {
			return nil, s.refuse(err)
		}
		if t.kind == tokEOF || len(merged) == MaxCol {
			return merged, nil
		}
		if sc.depth != 3 || t.kind == tokEnd || !t.opens("mergeCell") || !mainSpace(sc.space(t.name)) {
			continue
		}
		ref, _ := attr(t.attrs, "ref")
		if area, ok := parseRange(ref); ok && area.FirstRow <= row && row <= area.LastRow {
			merged = append(merged, area)
		}
	}
}
