package adopt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// docsReader reads manifest.json and catalog.json, which a dbt docs site serves next to its index.html.
type docsReader struct {
	export *Export
	groups dbt.Groups
}

// docsPart is a node of a manifest, or a table of a catalog.
type docsPart struct {
	Comments       bool `json:",omitempty"` // from a catalog: what the warehouse has
	Name           string
	Relation       []string
	Description    string
	Owners, Tags   []string
	Group, Package string
	Columns        []Column
}

// documented are the kinds of nodes that people describe and that have a page of their own.
var documented = map[string]bool{
	"model": true, "seed": true, "snapshot": true, "source": true, "exposure": true, "metric": true,
	"semantic_model": true, "saved_query": true,
}

func (d *docsReader) read(ctx context.Context, r io.Reader) error {
	seeker, ok := r.(io.ReadSeeker)
	if !ok {
		return errors.New("cannot be read twice")
	}
	head, err := dbt.Sniff(ctx, seeker, dbt.Limits{})
	if err != nil {
		return err
	}
	if _, err := seeker.Seek(0, io.SeekStart); err != nil {
		return err
	}
	switch head.Kind {
	case dbt.Manifest:
		_, _, err = dbt.ReadManifest(ctx, seeker, dbt.ManifestOptions{}, d)
	case dbt.Catalog:
		_, _, _, err = dbt.ReadCatalog(ctx, seeker, dbt.CatalogOptions{}, docsTables{d})
	default:
		return fmt.Errorf("this is %s, not a manifest.json or catalog.json", head.Kind)
	}
	return err
}

// Node implements [dbt.ManifestSink].
func (d *docsReader) Node(n *dbt.Node) error {
	d.export.counts.Records++
	d.groups.Add(n)
	switch {
	case !documented[n.ResourceType]:
		d.export.other(n.ResourceType)
		return nil
	case n.Disabled:
		d.export.other("disabled " + n.ResourceType)
		return nil
	}
	p := docsPart{Name: n.UniqueID, Relation: relationOf(n), Description: n.Description, Tags: n.Tags, Group: n.Group, Package: n.Package}
	none := dbt.Groups{}
	for _, o := range none.OwnersOf(n) {
		p.Owners = append(p.Owners, o.Label())
	}
	for _, c := range n.Columns {
		p.Columns = append(p.Columns, Column{c.Name, Labeled{Description: c.Description, Tags: c.Tags}})
	}
	return d.export.spool.add(n.UniqueID, p)
}

// relationOf returns the parts of the address of a node, as its relation_name quotes them or else as its fields have
// them; nil of what the warehouse does not have.
func relationOf(n *dbt.Node) []string {
	if r, ok := catalog.ParseRelationName("", n.RelationName); ok {
		return parts(r.Database, r.Schema, r.Identifier)
	}
	name := n.Name
	switch {
	case n.Identifier != "":
		name = n.Identifier
	case n.Alias != "":
		name = n.Alias
	}
	if n.Materialized == "ephemeral" || n.Schema == "" {
		return nil
	}
	return parts(n.Database, n.Schema, name)
}

func parts(names ...string) []string {
	var out []string
	for _, name := range names {
		if name != "" {
			out = append(out, name)
		}
	}
	return out
}

// Unchanged implements [dbt.ManifestSink]; nothing is unchanged here.
func (d *docsReader) Unchanged(string, string, dbt.Hash) error { return nil }

// Parents implements [dbt.ManifestSink].
func (d *docsReader) Parents(string, []string) error { return nil }

// docsTables takes the tables of a catalog.
type docsTables struct{ *docsReader }

// Table implements [dbt.CatalogSink].
func (d docsTables) Table(t *dbt.CatalogTable) error {
	d.export.counts.Records++
	p := docsPart{Comments: true, Name: t.UniqueID, Relation: parts(t.Database, t.Schema, t.Name), Description: t.Comment}
	for _, c := range t.Columns {
		if c.Comment != "" {
			p.Columns = append(p.Columns, Column{c.Name, Labeled{Description: c.Comment}})
		}
	}
	return d.export.spool.add(t.UniqueID, p)
}

// asset merges a node with its table. Texts of the manifest come before comments of the warehouse.
func (d *docsReader) asset(key string) (Asset, bool, error) {
	var manifest, comments docsPart
	err := d.export.spool.each(key, func(b []byte) error {
		var p docsPart
		if err := json.Unmarshal(b, &p); err != nil {
			return fmt.Errorf("part of %s: %w", key, err)
		}
		if p.Comments {
			comments = p
		} else {
			manifest = p
		}
		return nil
	})
	a := Asset{Name: key, UniqueID: key, Relation: manifest.Relation, Columns: manifest.Columns}
	a.Description, a.Tags, a.Owners = manifest.Description, manifest.Tags, manifest.Owners
	for _, o := range d.groups.OwnersOf(&dbt.Node{Group: manifest.Group, Package: manifest.Package}) {
		a.Owners = append(a.Owners, o.Label())
	}
	if comments.Relation != nil {
		a.Relation = comments.Relation // as the warehouse spells it
	}
	if a.Description == "" {
		a.Description = comments.Description
	}
	a.addComments(comments.Columns)
	return a, true, err
}

func (a *Asset) addComments(columns []Column) {
	at := map[string]int{}
	for i, c := range a.Columns {
		at[c.Name] = i
	}
	for _, c := range columns {
		if i, found := at[c.Name]; !found {
			a.Columns = append(a.Columns, c)
		} else if a.Columns[i].Description == "" {
			a.Columns[i].Description = c.Description
		}
	}
}
