package importing

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/revision"
)

// converter turns what dbt wrote into what a project reports: nodes into bodies
// of facets and tests. Texts are collected by hash; facets hold no SQL.
type converter struct {
	adapter, project string
	groups           *dbt.Groups
	columns          nodeColumns
}

func converterOf(h dbt.Head, groups *dbt.Groups) converter {
	return converter{adapter: h.AdapterType, project: h.ProjectName, groups: groups}
}

// with adds columns to those of nodes.
func (c converter) with(columns nodeColumns) converter {
	c.columns = columns
	return c
}

// keep adds a text and returns its hash.
func keep(texts revision.Texts, text string) catalog.Hash {
	h := catalog.HashOfText(text)
	if !h.IsZero() {
		texts[h] = text
	}
	return h
}

var kinds = map[string]catalog.Kind{
	"model": catalog.KindModel, "seed": catalog.KindSeed, "snapshot": catalog.KindSnapshot, "source": catalog.KindSource,
	"exposure": catalog.KindExposure, "metric": catalog.KindMetric, "semantic_model": catalog.KindSemanticModel,
	"saved_query": catalog.KindSavedQuery, "unit_test": catalog.KindUnitTest, "function": catalog.KindFunction,
	"macro": catalog.KindMacro, "doc": catalog.KindDoc,
	"group": catalog.KindGroup, "analysis": catalog.KindAnalysis, "operation": catalog.KindOperation,
	"sql_operation": catalog.KindOperation, "sql": catalog.KindOperation, "rpc": catalog.KindOperation,
}

// kindOf returns the catalog's kind of a node; false for what makes no asset.
func kindOf(n *dbt.Node) (catalog.Kind, bool) {
	k, ok := kinds[n.ResourceType]
	return k, ok
}

// body makes the body of the manifest facet of a node that makes an asset.
func (c converter) body(n *dbt.Node, kind catalog.Kind, texts revision.Texts) (catalog.Body, error) {
	extra, err := extraOf(n)
	if err != nil {
		return catalog.Body{}, fmt.Errorf("node %s: %w", n.UniqueID, err)
	}
	return catalog.Body{
		Kind: kind, Name: nameOf(n), Materialized: n.Materialized, Description: descriptionOf(n),
		Owners: c.owners(n), Tags: n.Tags, Meta: json.RawMessage(n.Meta), Config: json.RawMessage(n.Config),
		Columns: c.columns.complete(c.adapter, n.UniqueID, columnsOf(n.NamedColumns(c.adapter))), DBT: c.dbt(n), Code: codeOf(n, texts), Extra: extra, Relation: c.relation(n, kind),
	}, nil
}

// descriptionOf is the text about a node: a docs block is nothing else.
func descriptionOf(n *dbt.Node) string {
	if n.Doc != nil {
		return n.Doc.Contents
	}
	return n.Description
}

func (c converter) owners(n *dbt.Node) []string {
	var names []string
	for _, o := range c.groups.OwnersOf(n) {
		names = append(names, o.Label())
	}
	return names
}

// relation is the address of a node's table.
func (c converter) relation(n *dbt.Node, kind catalog.Kind) catalog.Relation {
	if !kind.IsTable() {
		return catalog.Relation{}
	}
	return catalog.NewRelation(c.adapter, n.Database, n.Schema, tableName(n), n.RelationName)
}

// claim returns the claim of a node.
func (c converter) claim(n *dbt.Node, kind catalog.Kind) revision.Claim {
	body := catalog.Body{Kind: kind, Materialized: n.Materialized, Relation: c.relation(n, kind)}
	return revision.Claim{
		ID: n.UniqueID, Kind: kind, Name: nameOf(n),
		RelationKey: catalog.ClaimOf(catalog.Facet{Body: body}).Relation.Key(),
		Reference:   n.IsExternal(c.project),
	}
}

// tableName is the name of the node's table: alias or identifier before name.
func tableName(n *dbt.Node) string {
	for _, name := range []string{n.Identifier, n.Alias, n.Name} {
		if name != "" {
			return name
		}
	}
	return n.Name
}

// nameOf is the display name of the node; a version is part of it.
func nameOf(n *dbt.Node) string {
	if n.Version != "" && n.Name != "" {
		return n.Name + ".v" + n.Version
	}
	if n.Name == "" {
		return n.UniqueID
	}
	return n.Name
}

func codeOf(n *dbt.Node, texts revision.Texts) *catalog.Code {
	if n.Macro != nil {
		if n.Macro.Text == "" {
			return nil
		}
		return &catalog.Code{Raw: keep(texts, masked(n.Macro.Text))}
	}
	raw, compiled := keep(texts, n.RawCode), keep(texts, n.CompiledCode)
	if raw.IsZero() && compiled.IsZero() {
		return nil
	}
	c := &catalog.Code{Raw: raw, Compiled: compiled}
	if n.Checksum.Name == "sha256" {
		c.Checksum = n.Checksum.Value
	}
	return c
}

func columnsOf(columns []dbt.Column) []catalog.BodyColumn {
	out := make([]catalog.BodyColumn, len(columns))
	for i, c := range columns {
		out[i] = catalog.BodyColumn{
			Name: c.Name, Ordinal: i + 1, NativeType: c.DataType, Description: c.Description, Tags: c.Tags,
			Meta: json.RawMessage(c.Meta), Quote: c.Quote, Constraints: constraintsOf(c.Constraints),
		}
	}
	return out
}

func constraintsOf(list []dbt.Constraint) []catalog.Constraint {
	var out []catalog.Constraint
	for _, c := range list {
		out = append(out, catalog.Constraint(c))
	}
	return out
}

func (c converter) dbt(n *dbt.Node) *catalog.DBT {
	d := &catalog.DBT{
		UniqueID: n.UniqueID, ResourceType: n.ResourceType, PackageName: n.Package, Path: n.Path,
		OriginalFilePath: n.OriginalFilePath, PatchPath: n.PatchPath, Alias: n.Alias, Access: n.Access,
		Group: n.Group, Version: n.Version, LatestVersion: n.LatestVersion, DeprecationDate: n.DeprecationDate,
		Contract: n.Contract, Language: n.Language, Hidden: n.Hidden, Constraints: constraintsOf(n.Constraints),
		Deferred: n.DeferredRelation(c.adapter).Key(), External: n.IsExternal(c.project),
		Macros: slices.Clone(n.DependsMacros),
	}
	for _, use := range n.DocBlocks {
		d.DocBlocks = append(d.DocBlocks, catalog.DocRef(use))
	}
	if s := n.Source; s != nil {
		d.SourceName, d.Loader, d.LoadedAtField = s.SourceName, s.Loader, s.LoadedAtField
		if s.Freshness != nil {
			d.Freshness, _ = json.Marshal(s.Freshness) // a plain struct of numbers and texts
		}
	}
	if !slices.Equal(n.FQN, catalog.FQNOf(d, n.Name)) {
		d.FQN = n.FQN
	}
	return d
}

// test makes the row of a data test. Its table is found later.
func (c converter) test(n *dbt.Node, texts revision.Texts) (catalog.Test, error) {
	b := catalog.TestBody{
		Name: n.Name, Kind: "singular", Description: n.Description, Package: n.Package, Path: n.OriginalFilePath,
		Tags: slices.Clone(n.Tags), Parents: n.DependsOn, Macros: slices.Sorted(slices.Values(n.DependsMacros)), Code: codeOf(n, texts), Enabled: !n.Disabled,
	}
	if t := n.Test; t != nil {
		b.Column, b.Severity, b.Attached = t.ColumnName, strings.ToLower(t.Severity), t.Attached
		if t.Generic {
			b.Kind, b.Test = "generic", t.Kind
			if t.Namespace != "" && t.Namespace != "dbt" {
				b.Test = t.Namespace + "." + t.Kind
			}
		}
		b.Args = argsOf(t)
	}
	if !slices.Equal(n.FQN, b.FullName()) {
		b.FQN = n.FQN
	}
	slices.Sort(b.Tags)
	encoded, err := catalog.EncodeJSON(b)
	if err != nil {
		return catalog.Test{}, fmt.Errorf("test %s: %w", n.UniqueID, err)
	}
	return catalog.Test{UniqueID: n.UniqueID, Hash: catalog.HashOf(encoded), Body: b}, nil
}

// argsOf keeps the arguments of a generic test as compact JSON texts, without
// those that name its table and column.
func argsOf(t *dbt.Test) map[string]string {
	var args map[string]string
	keep := func(name string, v []byte) {
		if args == nil {
			args = map[string]string{}
		}
		args[name] = string(v)
	}
	for name, v := range dbt.Value(t.Kwargs).Members {
		switch string(name) {
		case "model", "column_name":
		case "arguments": // where dbt 1.10 does not take them apart
			for name, v := range v.Members {
				if string(name) != "column_name" {
					keep(string(name), v)
				}
			}
		default:
			keep(string(name), v)
		}
	}
	return args
}
