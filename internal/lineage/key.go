package lineage

import (
	"encoding/binary"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// key is equal as long as reading a table again would give the same block: it
// covers the engine, the dialect, the code, the columns that are stated of the
// table itself (its code may read it), and the names and columns of the
// parents. A parent that changes and keeps its columns leaves it as it is.
// What a table reads without declaring it as a parent is not covered.
func (t *Tracer) key(n int32) catalog.Hash {
	table := &t.tables[n]
	b := make([]byte, 0, 256)
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	texts := func(list []string) {
		b = binary.AppendUvarint(b, uint64(len(list)))
		for _, s := range list {
			text(s)
		}
	}
	text(EngineVersion)
	text(DialectOf(table.Platform).Name)
	text(table.Platform)
	text(table.Key)
	text(table.Code.Language)
	b = append(b, table.Code.Compiled[:]...)
	if s := table.Code.Snapshot; s != nil {
		texts([]string{s.ScdID, s.Updated, s.ValidFrom, s.ValidTo, s.IsDeleted, s.UpdatedAt})
		texts(s.UniqueKey)
		b = strconv.AppendBool(b, s.Deleted)
	}
	texts(table.Code.Contract)
	own := table.Stated.hash()
	b = append(b, own[:]...)
	for _, p := range t.parents(n) {
		parent := &t.tables[p]
		b = binary.AppendVarint(b, parent.ID)
		text(parent.Key)
		columns := t.columnsHash(p)
		b = append(b, columns[:]...)
	}
	return catalog.HashOf(b)
}

// columnsHash is the hash of a table's columns, kept while the level runs.
func (t *Tracer) columnsHash(n int32) catalog.Hash {
	if t.hashes[n].IsZero() {
		t.hashes[n] = t.columnsOf(n).hash()
	}
	return t.hashes[n]
}
