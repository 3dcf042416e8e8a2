package adopt

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// openMetadataReader reads tables as OpenMetadata's API lists them (GET /v1/tables with fields=columns,owners,tags):
// pages one after another, an array, single tables, or a table a line.
type openMetadataReader struct {
	export *Export
	limits Limits
}

type openMetadataTag struct {
	FQN    text `json:"tagFQN"`
	Source text `json:"source"`
	State  text `json:"state"`
}

type openMetadataColumn struct {
	Name        text                 `json:"name"`
	Description text                 `json:"description"`
	Tags        []openMetadataTag    `json:"tags"`
	Children    []openMetadataColumn `json:"children"`
}

type openMetadataReference struct {
	Name        text `json:"name"`
	DisplayName text `json:"displayName"`
	Deleted     bool `json:"deleted"`
}

// openMetadataTable is a table; older versions have one owner.
type openMetadataTable struct {
	Name        text                    `json:"name"`
	FQN         text                    `json:"fullyQualifiedName"`
	TableType   text                    `json:"tableType"`
	Schema      json.RawMessage         `json:"databaseSchema"`
	Description text                    `json:"description"`
	Owner       *openMetadataReference  `json:"owner"`
	Owners      []openMetadataReference `json:"owners"`
	Tags        []openMetadataTag       `json:"tags"`
	Columns     []openMetadataColumn    `json:"columns"`
	Deleted     bool                    `json:"deleted"`
}

func (o *openMetadataReader) read(ctx context.Context, r io.Reader) error {
	return records(ctx, r, o.limits, func(record jsontext.Value) error {
		o.export.counts.Records++
		var t openMetadataTable
		if err := json.Unmarshal(record, &t); err != nil {
			o.export.unreadable(fmt.Errorf("record %d: %w", o.export.counts.Records, err))
			return nil
		}
		switch {
		case t.FQN == "" || len(t.FQN) > longestName:
			o.export.unreadable(fmt.Errorf("record %d: it has no fullyQualifiedName, or a very long one", o.export.counts.Records))
			return nil
		case t.Columns == nil && t.TableType == "" && t.Schema == nil:
			o.export.other("not a table")
			return nil
		}
		return o.export.spool.add(string(t.FQN), t.asset())
	})
}

func (o *openMetadataReader) asset(key string) (a Asset, found bool, err error) {
	err = o.export.spool.each(key, func(b []byte) error {
		a = Asset{} // the last one of the files counts
		if err := json.Unmarshal(b, &a); err != nil {
			return fmt.Errorf("part of %s: %w", key, err)
		}
		return nil
	})
	return a, true, err
}

func (t *openMetadataTable) asset() Asset {
	names := splitName(string(t.FQN))
	a := Asset{Name: string(t.FQN), Removed: t.Deleted}
	if len(names) > 1 {
		a.Relation = names[1:] // without the service
	}
	if len(a.Relation) == 3 && a.Relation[0] == "default" {
		a.Relation = a.Relation[1:] // the database of a service that has none, such as MySQL
	}
	a.Description = string(t.Description)
	if t.Owner != nil {
		t.Owners = append(t.Owners, *t.Owner)
	}
	for _, owner := range t.Owners {
		if !owner.Deleted {
			a.Owners = append(a.Owners, string(cmp.Or(owner.DisplayName, owner.Name)))
		}
	}
	a.addTags(&a, "", t.Tags)
	a.addColumns("", t.Columns)
	return a
}

// addColumns adds columns and those nested in them.
func (a *Asset) addColumns(within string, columns []openMetadataColumn) {
	for i := range columns {
		c := Column{Name: within + string(columns[i].Name), Labeled: Labeled{Description: string(columns[i].Description)}}
		c.addTags(a, c.Name, columns[i].Tags)
		a.Columns = append(a.Columns, c)
		a.addColumns(c.Name+".", columns[i].Children)
	}
}

func (l *Labeled) addTags(a *Asset, column string, tags []openMetadataTag) {
	for _, tag := range tags {
		property, to := "tags", &l.Tags
		if tag.Source == "Glossary" {
			property, to = "terms", &l.Terms
		}
		if tag.State == "Suggested" {
			a.Skipped = append(a.Skipped, Skip{column, property, string(tag.FQN), "it is a suggestion that nobody has confirmed"})
			continue
		}
		*to = append(*to, string(tag.FQN))
	}
}
