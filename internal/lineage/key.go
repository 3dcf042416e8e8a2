package lineage

import (
	"encoding/binary"
	"slices"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// key is equal as long as reading a table again would give the same block: it
// covers the engine, the dialect, the code, the columns that are stated of the
// table itself (its code may read it), and the names and columns of the
// parents, of ephemeral parents those of their parents too, and the same of the
// tables that Options.Reads has for it. It does not change with a parent that keeps
// its columns.
func (t *Tracer) key(n int32) catalog.Hash {
	table := &t.tables[n]
	b := make([]byte, 0, 256)
	text := func(s string) {
		b = appendText(b, s)
	}
	texts := func(list []string) {
		b = binary.AppendUvarint(b, uint64(len(list)))
		for _, s := range list {
			text(s)
		}
	}
	text(t.engine)
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
	return catalog.HashOf(t.appendParents(b, n))
}

// appendParents writes what a table sees of its parents: who they are and their
// columns.
func (t *Tracer) appendParents(b []byte, n int32) []byte {
	declared := t.parents(n)
	for _, p := range t.graph.Parents(n) {
		parent := &t.tables[p]
		b = strconv.AppendBool(b, slices.Contains(declared, p))
		b = binary.AppendVarint(b, parent.ID)
		b = appendText(appendText(b, parent.Key), parent.Deferred)
		columns := t.seenHash(p)
		b = append(b, columns[:]...)
	}
	return b
}

// pending is the hash of an ephemeral table while those of its parents are
// computed: it breaks cycles.
var pending = catalog.HashOfText("pending")

// seenHash is the hash of what those who read a table see of it: its columns.
// An ephemeral model is pasted into its children together with all that it
// reads, so they see that as well. It is kept until the table is read.
func (t *Tracer) seenHash(n int32) catalog.Hash {
	if !t.hashes[n].IsZero() {
		return t.hashes[n]
	}
	hash := t.columnsOf(n).hash()
	if t.tables[n].Ephemeral {
		t.hashes[n] = pending
		hash = catalog.HashOf(t.appendParents(append([]byte(nil), hash[:]...), n))
	}
	t.hashes[n] = hash
	return hash
}
