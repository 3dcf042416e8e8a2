package lineage

import (
	"encoding/binary"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// key is equal as long as reading a table again would give the same block: it
// covers the engine, the dialect, the code, and the names and columns of the
// parents. A parent that changes and keeps its columns leaves it as it is.
func (t *Tracer) key(n int32) catalog.Hash {
	table := &t.tables[n]
	b := make([]byte, 0, 256)
	text := func(s string) {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	text(EngineVersion)
	text(DialectOf(table.Platform).Name)
	text(table.Platform)
	text(table.Key)
	text(table.Code.Language)
	b = append(b, table.Code.Compiled[:]...)
	if s := table.Code.Snapshot; s != nil {
		for _, word := range [...]string{s.ScdID, s.Updated, s.ValidFrom, s.ValidTo, s.IsDeleted, s.UpdatedAt} {
			text(word)
		}
		for _, word := range s.UniqueKey {
			text(word)
		}
		if s.Deleted {
			b = append(b, 1)
		}
	}
	for _, name := range table.Code.Contract {
		text(name)
	}
	if table.Code.Language != "" && table.Code.Language != "sql" {
		own := table.Stated.hash()
		b = append(b, own[:]...)
	}
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
