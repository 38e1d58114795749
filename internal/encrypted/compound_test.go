package encrypted

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// tree makes a root of a text: a name and a size a line, what is in a storage
// (a name alone) is indented below it.
func tree(text string) *entry {
	root := &entry{kind: kindRoot, name: "Root Entry"}
	stack := []*entry{root}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		name := strings.TrimLeft(line, " ")
		depth := len(line) - len(name)
		e := &entry{kind: kindStorage}
		if n, _ := fmt.Sscanf(name, "%s %d", &e.name, new(int)); n == 2 {
			size := 0
			fmt.Sscanf(name, "%s %d", &e.name, &size)
			e.kind, e.content = kindStream, noise(size)
		}
		in := stack[depth]
		*in = *in.with(e)
		stack = append(stack[:depth+1], e)
	}
	return root
}

func many(n, size int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "s%d %d\n", i*7919%1000, size)
	}
	return b.String()
}

func TestCompound(t *testing.T) {
	// 109 sectors of the FAT, of 128 numbers each, stand in the header; what they
	// have room for is the FAT itself, the directory and the stream.
	const sectorsInHeader = 109*128 - 109 - 1
	const perDIFAT = 127*128 - 127
	tests := map[string]string{
		"nothing":                   "",
		"an empty stream":           "a 0",
		"mini sectors":              "a 1\nb 63\nc 64\nd 65\ne 4095",
		"either side of the cutoff": "a 4095\nb 4096\nc 4097\nd 511\ne 512\nf 513",
		"large only":                "a 4608",
		"storages":                  "a\n b\n  c 10\n  d 5000\n e 0\nf\ng 3",
		"names in order":            "zz 1\na 2\nB 3\nAA 4\nab 5\nÄ 6\nß 7\n\x06x 8\n\x05x 9",
		"a long name":               strings.Repeat("n", 31) + " 5",
		"a full header":             fmt.Sprintf("a %d", sectorsInHeader*512),
		"one sector more":           fmt.Sprintf("a %d", sectorsInHeader*512+1),
		"a full DIFAT sector":       fmt.Sprintf("a %d", (sectorsInHeader+perDIFAT-1)*512),
		"two DIFAT sectors":         fmt.Sprintf("a %d", (sectorsInHeader+perDIFAT-1)*512+1),
	}
	for n := range 18 {
		tests[fmt.Sprintf("%d siblings", n)] = many(n, 70)
	}
	tests["1000 siblings"] = many(1000, 65)
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := tree(text)
			data, err := want.write()
			if err != nil {
				t.Fatal(err)
			}
			if len(data)%sectorSize != 0 || len(data) != cap(data) {
				t.Errorf("%d bytes in room for %d", len(data), cap(data))
			}
			got, err := readCompound(data)
			if err != nil || !got.equal(want) {
				t.Fatalf("it came back as something else: %v", err)
			}
			wantDirectory(t, data)
			wantNoSectorLost(t, data)
			if difats := int(le.Uint32(data[72:])); (name == "one sector more" || name == "a full DIFAT sector") && difats != 1 ||
				name == "two DIFAT sectors" && difats != 2 || name == "a full header" && difats != 0 {
				t.Errorf("it has %d DIFAT sectors", difats)
			}
		})
	}
}

// wantDirectory holds the directory against the rules for red-black trees
// ([MS-CFB] 2.6.4), in which other programs search by name.
func wantDirectory(t *testing.T, data []byte) {
	t.Helper()
	r := &reader{data: data, size: sectorSize}
	r.fat.claimed = make([]bool, len(data)/sectorSize-1)
	if err := r.readFAT(); err != nil {
		t.Fatal(err)
	}
	dir, err := r.whole(le.Uint32(data[48:]))
	if err != nil {
		t.Fatal(err)
	}
	at := func(id uint32) []byte { return dir[int(id)*entrySize:][:entrySize] }
	var storage func(d []byte)
	var black func(id uint32, names *[]string) int
	black = func(id uint32, names *[]string) int { // how many black entries any way down has
		if id == noEntry {
			return 0
		}
		d := at(id)
		left := black(le.Uint32(d[68:]), names)
		name, err := entryName(d)
		if err != nil {
			t.Fatal(err)
		}
		*names = append(*names, name)
		if right := black(le.Uint32(d[72:]), names); left != right {
			t.Errorf("below %q there are %d black entries on the left and %d on the right", name, left, right)
		}
		for _, child := range []uint32{le.Uint32(d[68:]), le.Uint32(d[72:])} {
			if child != noEntry && d[67] == 0 && at(child)[67] == 0 {
				t.Errorf("%q and an entry below it are both red", name)
			}
		}
		storage(d)
		return left + int(d[67])
	}
	storage = func(d []byte) {
		top := le.Uint32(d[76:])
		if top == noEntry {
			return
		}
		if at(top)[67] != 1 {
			t.Error("the top of a tree is red")
		}
		var names []string
		black(top, &names)
		if !slices.IsSortedFunc(names, compareNames) {
			t.Errorf("the names are not in order: %q", names)
		}
	}
	storage(at(0))
}

// wantNoSectorLost wants every sector to belong to something, and the FAT to say so.
func wantNoSectorLost(t *testing.T, data []byte) {
	t.Helper()
	r := &reader{data: data, size: sectorSize}
	r.fat.claimed = make([]bool, len(data)/sectorSize-1)
	if err := r.readFAT(); err != nil {
		t.Fatal(err)
	}
	special := map[uint32]int{}
	for n, next := range r.fat.next {
		switch {
		case n >= len(r.fat.claimed):
			if next != freeSector {
				t.Fatalf("the FAT has the number %#x for a sector behind the end", next)
			}
		case next == freeSector:
			t.Fatalf("sector %d is free", n)
		case next == fatSector || next == difatSector:
			special[next]++
		}
	}
	if special[fatSector] != int(le.Uint32(data[44:])) || special[difatSector] != int(le.Uint32(data[72:])) {
		t.Errorf("the header counts otherwise than the FAT: %v", special)
	}
}

// TestVersion4 reads a file with sectors of 4,096 bytes, as some programs write it.
func TestVersion4(t *testing.T) {
	const size = 4096
	want := tree("a 100\nb 5000")
	sector := func(parts ...[]byte) []byte {
		s := slices.Concat(parts...)
		return append(s, make([]byte, -len(s)&(size-1))...)
	}
	var dir []byte
	for _, n := range []node{
		{entry: want, left: noEntry, right: noEntry, child: 1, start: 5, size: 2 * miniSectorSize},
		{entry: want.child("a"), left: noEntry, right: 2, child: noEntry, start: 0, size: 100},
		{entry: want.child("b"), left: noEntry, right: noEntry, child: noEntry, start: 2, size: 5000},
	} {
		dir = n.append(dir)
	}
	file, err := want.write()
	if err != nil {
		t.Fatal(err)
	}
	header := file[:headerSize:headerSize]
	for at, value := range map[int]uint32{24: 4<<16 | 0x3E, 28: 12<<16 | 0xFFFE, 48: 1, 60: 4, 76: 0} {
		le.PutUint32(header[at:], value)
	}
	data := slices.Concat(
		sector(header),
		sector(numbered(fatSector, endOfChain, 3, endOfChain, endOfChain, endOfChain)),
		sector(dir),
		sector(want.child("b").content), // two of them
		sector(numbered(1, endOfChain)),
		sector(want.child("a").content),
	)
	if got, err := readCompound(data); err != nil || !got.equal(want) {
		t.Errorf("%+v, %v", got, err)
	}
}

// TestHostileCompound: whatever the numbers in a file say, nothing is read
// twice, nothing is larger than the file, and the reason is that it is damaged.
func TestHostileCompound(t *testing.T) {
	const text = "a 100\nb 5000\nc\n d 70\ne 9000"
	good, err := tree(text).write()
	if err != nil {
		t.Fatal(err)
	}
	dir := (int(le.Uint32(good[48:])) + 1) * sectorSize
	find := func(name string) int {
		for at := dir; ; at += entrySize {
			if got, err := entryName(good[at:]); err == nil && got == name {
				return at
			}
		}
	}
	fat := sectorSize
	chain := func(name string) int { return fat + 4*int(le.Uint32(good[find(name)+116:])) }
	put := func(at int, value uint32) func([]byte) []byte {
		return func(b []byte) []byte { le.PutUint32(b[at:], value); return b }
	}
	bigger := func(at int, value uint64) func([]byte) []byte {
		return func(b []byte) []byte { le.PutUint64(b[at:], value); return b }
	}
	cut := func(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:n] } }
	for name, test := range map[string]struct {
		change func([]byte) []byte
		want   string
	}{
		"empty":                    {cut(0), "no compound file"},
		"header alone":             {cut(headerSize), "out of the file"},
		"header cut":               {cut(headerSize - 1), "no compound file"},
		"last stream cut":          {cut(len(good) - 2*sectorSize), "out of the file"},
		"other version":            {put(24, 0x0005_003E), "version 5"},
		"other order of bytes":     {put(28, 0x0009_FEFF), "header"},
		"other cutoff":             {put(56, 64), "header"},
		"FAT in a circle":          {put(chain("b"), le.Uint32(good[find("b")+116:])), "two chains"},
		"FAT leads out":            {put(chain("b"), 1<<30), "out of the file"},
		"FAT leads into the FAT":   {put(chain("b"), 0), "two chains"},
		"chain ends early":         {put(chain("b"), endOfChain), "cut short"},
		"two streams, one chain":   {put(find("b")+116, le.Uint32(good[find("e")+116:])), "two chains"},
		"small in a circle":        {put(find("d")+116, le.Uint32(good[find("a")+116:])), "two chains"},
		"small leads out":          {put(find("d")+116, 1000), "out of the file"},
		"stream larger than all":   {bigger(find("b")+120, 1<<31), "cut short"},
		"stream a little larger":   {bigger(find("b")+120, 5121), "cut short"},
		"tree in a circle":         {put(find("c")+76, 1), "no tree"},
		"storage in itself":        {put(find("c")+76, uint32(find("c")-dir)/entrySize), "no tree"},
		"root in itself":           {put(find("c")+76, 0), "no tree"},
		"entry that is not there":  {put(find("c")+76, 1000), "no tree"},
		"directory without a root": {put(dir+64, 0), "no root"},
		"directory in a circle":    {put(fat+4*int(le.Uint32(good[48:])), le.Uint32(good[48:])), "two chains"},
		"directory leads out":      {put(48, 1<<31), "out of the file"},
		"no directory":             {put(48, endOfChain), "no root"},
		"mini FAT leads out":       {put(60, 1<<31), "out of the file"},
		"DIFAT leads out":          {put(68, 1<<31), "out of the file"},
		"DIFAT in the FAT":         {put(68, 0), "two chains"},
		"FAT twice":                {put(80, 0), "two chains"},
		"name of no length":        {put(find("a")+64, 0x0102_0000), "without a name"},
		"name too long":            {put(find("a")+64, 0x0102_0042), "without a name"},
		"name of half a pair":      {put(find("a"), 0xD800), "unreadable name"},
		"two entries of one name":  {put(find("a"), 'B'), "two entries"},
		"entry of an unknown kind": {put(find("a")+64, 0x0103_0004), "unknown kind"},
		"a second root":            {put(find("c")+64, 0x0105_0004), "unknown kind"},
		"mini stream larger":       {bigger(dir+120, 1<<20), "cut short"},
		"mini stream cut":          {bigger(dir+120, 64), "out of the file"},
		"mini FAT without an end":  {put(60, endOfChain), "no end"},
		"FAT without an end":       {put(76, freeSector), "no end"},
		"mini stream a byte short": {bigger(dir+120, 3*64+5), "cut short"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readCompound(test.change(slices.Clone(good)))
			var bad *Damaged
			if !errors.As(err, &bad) || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want one that says %q", err, test.want)
			}
		})
	}
	// What says nothing about the content is let be.
	for name, change := range map[string]func([]byte) []byte{
		"upper half of a length": put(find("b")+124, 0xFFFF),
		"colours":                func(b []byte) []byte { b[find("a")+67] ^= 1; return b },
		"last sector cut":        cut(len(good) - (sectorSize - 9000%sectorSize)),
		"bytes behind":           func(b []byte) []byte { return append(b, 1, 2, 3) },
	} {
		if got, err := readCompound(change(slices.Clone(good))); err != nil || !got.equal(tree(text)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestDeepStorages: the depth is bounded, by a reason and not by the stack.
func TestDeepStorages(t *testing.T) {
	nested := func(depth int) *entry {
		e := &entry{kind: kindStream, name: "s"}
		for range depth {
			e = &entry{kind: kindStorage, name: "d", children: []*entry{e}}
		}
		return (&entry{kind: kindRoot, name: "Root Entry"}).with(e)
	}
	for depth, want := range map[int]bool{maxDepth: true, maxDepth + 1: false, 10_000: false} {
		data, err := nested(depth).write()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := readCompound(data); (err == nil) != want {
			t.Errorf("%d deep: %v", depth, err)
		}
	}
}

// TestLongTree: siblings in a list, as some programs write them, as many as are allowed, and one more.
func TestLongTree(t *testing.T) {
	for n, want := range map[int]bool{maxEntries: true, maxEntries + 1: false} {
		root := &entry{kind: kindRoot, name: "Root Entry"}
		for i := range n {
			root.children = append(root.children, &entry{kind: kindStream, name: fmt.Sprintf("%06d", i)})
		}
		data, err := root.write()
		if err != nil {
			t.Fatal(err)
		}
		dir := data[(int(le.Uint32(data[48:]))+1)*sectorSize:]
		le.PutUint32(dir[76:], 1)
		for i := 1; i <= n; i++ {
			le.PutUint32(dir[i*entrySize+68:], noEntry)
			le.PutUint32(dir[i*entrySize+72:], uint32(i+1))
		}
		le.PutUint32(dir[n*entrySize+72:], noEntry)
		got, err := readCompound(data)
		if (err == nil) != want || want && !got.equal(root) {
			t.Errorf("%d entries: %v", n, err)
		}
	}
}
