package importing

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// mostNodeColumns is how large dbt.node_columns.parquet may be.
const mostNodeColumns = 32 << 20

// nodeColumns are columns of nodes as the index of dbt 2 has them: with types of the warehouse, or those that dbt's
// analysis of code and seeds inferred. They complete the nodes of the manifest that came with them, by unique id.
type nodeColumns map[string][]dbt.NodeColumn

// readNodeColumns reads them before the manifest, of whose nodes they become part.
func (j *job) readNodeColumns(ctx context.Context, part catalog.Part, c *contents) error {
	r, err := j.blob(ctx, part)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }() // only read
	content, err := io.ReadAll(io.LimitReader(r, mostNodeColumns+1))
	if err != nil {
		return fmt.Errorf("%s: %w", part.Name, err)
	}
	if len(content) > mostNodeColumns {
		return inPart(part.Name, &dbt.Error{Code: dbt.CodeLimit, Limit: "other", Offset: -1, Detail: fmt.Sprintf("the file is larger than %d bytes", mostNodeColumns)})
	}
	c.columns = nodeColumns{}
	types, n := map[string]string{}, int64(0)
	err = dbt.ReadNodeColumns(ctx, bytes.NewReader(content), int64(len(content)), j.Limits(partNodeColumns), func(col dbt.NodeColumn) error {
		if shared, ok := types[col.Type]; ok {
			col.Type = shared
		} else {
			types[col.Type] = col.Type
		}
		c.columns[col.UniqueID] = append(c.columns[col.UniqueID], col)
		n++
		return nil
	})
	if err != nil {
		return j.whyUnread(ctx, part, err)
	}
	for _, columns := range c.columns {
		slices.SortFunc(columns, func(a, b dbt.NodeColumn) int {
			return cmp.Or(cmp.Compare(a.Index, b.Index), cmp.Compare(a.Name, b.Name))
		})
	}
	j.rep.Count("node_columns_read", n)
	return nil
}

// hash is that of a node with its columns.
func (n nodeColumns) hash(uniqueID string, node dbt.Hash) dbt.Hash {
	columns := n[uniqueID]
	if len(columns) == 0 {
		return node
	}
	b := append([]byte(nil), node[:]...)
	for _, c := range columns {
		for _, text := range []string{c.Name, strconv.Itoa(c.Index), c.Type} {
			b = strconv.AppendQuote(b, text)
		}
	}
	return dbt.Hash(catalog.HashOf(b))
}

// complete gives columns of a node their types, and adds those that the manifest does not name.
func (n nodeColumns) complete(platform, uniqueID string, columns []catalog.BodyColumn) []catalog.BodyColumn {
	if len(n[uniqueID]) == 0 {
		return columns
	}
	at := make(map[string]int, len(columns))
	for i := range columns {
		at[catalog.FoldColumn(platform, columns[i].Name)] = i
	}
	for _, c := range n[uniqueID] {
		fold := catalog.FoldColumn(platform, c.Name)
		switch i, ok := at[fold]; {
		case ok && columns[i].NativeType == "":
			columns[i].NativeType = c.Type
		case !ok && c.Index >= 0:
			at[fold] = len(columns)
			columns = append(columns, catalog.BodyColumn{Name: c.Name, Ordinal: len(columns) + 1, NativeType: c.Type})
		}
	}
	return columns
}

// checkNodeColumns reports columns of nodes that the manifest does not have.
func (j *job) checkNodeColumns(c *contents) {
	if c.manifest == nil {
		return
	}
	unknown := 0
	for id := range c.columns {
		if !c.manifest.names(id) {
			unknown++
		}
	}
	if unknown > 0 {
		j.rep.Issue(catalog.Issue{
			Code: "node-columns-differ", Severity: "warning", Place: partNodeColumns, Count: unknown,
			Message: "columns of nodes that the manifest does not have; they are not used",
			Remedy:  "send the manifest and the index of one dbt invocation",
		})
	}
}
