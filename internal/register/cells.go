package register

import (
	"regcert/internal/calendar"
	"regcert/internal/xlsx"
)

// cell is a Value as a sheet keeps it. A large register has millions of them,
// so it takes a third of the room.
type cell struct {
	n      int32 // the day, or which text
	state  State
	answer Answer
	holds  holds
}

// holds says what the number of a cell means.
type holds uint8

const (
	nothing holds = iota
	aDay          // n days, as a calendar.Date counts
	aText         // Sheet.texts[n]
	aShared       // the n-th shared string of the workbook, as it stands there
)

// rowsAtOnce is for how many rows room is made at a time: a large sheet grows
// without being copied, a small one takes little.
const rowsAtOnce = 256

// cellsOf returns the cells of the at-th row that is kept, by Sheet.position.
func (s *Sheet) cellsOf(at int) []cell {
	from := at % rowsAtOnce * s.width
	return s.cells[at/rowsAtOnce][from : from+s.width]
}

// room returns the cells of the at-th row that is to be kept, all blank.
func (s *Sheet) room(at int) []cell {
	if at/rowsAtOnce == len(s.cells) {
		s.cells = append(s.cells, make([]cell, rowsAtOnce*s.width))
	}
	return s.cellsOf(at)
}

// value unpacks a cell.
func (s *Sheet) value(c cell) Value {
	v := Value{State: c.state, Answer: c.answer}
	switch c.holds {
	case aDay:
		v.Date = calendar.Date(c.n)
	case aText:
		v.Text = s.texts[c.n]
	case aShared:
		v.Text = s.source.SharedString(int(c.n))
	}
	return v
}

// pack makes a cell of a value: it has a day or a text, never both.
func (sr *sheetReader) pack(v Value, source *xlsx.Cell) cell {
	c := cell{state: v.State, answer: v.Answer}
	switch shared := source.SharedString(); {
	case v.Date != 0:
		c.n, c.holds = int32(v.Date), aDay
	case v.Text == "":
	case shared >= 0 && v.Text == source.Text():
		c.n, c.holds = int32(shared), aShared
	default:
		c.n, c.holds = sr.keep(v.Text), aText
	}
	return c
}

// manyWords is how many different texts are looked up before they are kept.
const manyWords = 4096

// keep gives a text its place among those of the sheet: one place to a text
// that many rows share, such as a status.
func (sr *sheetReader) keep(text string) int32 {
	if at, kept := sr.words[text]; kept {
		return at
	}
	at := int32(len(sr.out.texts))
	sr.out.texts = append(sr.out.texts, text)
	if len(sr.words) < manyWords {
		sr.words[text] = at
	}
	return at
}

// normalCode is NormalCode, remembered: a column of codes holds few of them,
// many times.
func (sr *sheetReader) normalCode(code string) string {
	if normal, known := sr.codes[code]; known {
		return normal
	}
	normal := NormalCode(code)
	if len(sr.codes) < manyWords {
		sr.codes[code] = normal
	}
	return normal
}
