package importing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// speaker turns what dbt wrote into what one project says: nodes into facets
// and tests. It keeps no SQL; texts go to its keeper by hash.
type speaker struct {
	project catalog.Project
	adapter string
	report  report
	keep    func(text string) (catalog.Hash, error)
}

var kinds = map[string]catalog.Kind{
	"model": catalog.KindModel, "seed": catalog.KindSeed, "snapshot": catalog.KindSnapshot, "source": catalog.KindSource,
	"exposure": catalog.KindExposure, "metric": catalog.KindMetric, "semantic_model": catalog.KindSemanticModel,
	"saved_query": catalog.KindSavedQuery, "unit_test": catalog.KindUnitTest, "function": catalog.KindFunction,
	"group": catalog.KindGroup, "analysis": catalog.KindAnalysis, "operation": catalog.KindOperation,
	"sql_operation": catalog.KindOperation, "sql": catalog.KindOperation, "rpc": catalog.KindOperation,
}

// kindOf gives the catalog's kind for a node; false for what makes no asset.
func kindOf(n *dbt.Node) (catalog.Kind, bool) {
	k, ok := kinds[n.ResourceType]
	return k, ok
}

// facet makes the manifest facet of a node that makes an asset.
func (s *speaker) facet(n *dbt.Node, kind catalog.Kind) (catalog.Facet, error) {
	code, err := s.code(n)
	if err != nil {
		return catalog.Facet{}, err
	}
	extra, err := extraOf(n)
	if err != nil {
		return catalog.Facet{}, fmt.Errorf("node %s: %w", n.UniqueID, err)
	}
	f := catalog.Facet{
		Origin: s.project.Origin(), Source: catalog.FromManifest, UniqueID: n.UniqueID,
		Project: s.project.ID, Cause: s.report.cause, At: s.report.at, Tie: s.report.tie,
		Body: catalog.Body{
			Kind: kind, Name: nameOf(n), Materialized: n.Materialized, Description: n.Description,
			Owners: n.OwnerNames(), Tags: n.Tags, Meta: json.RawMessage(n.Meta), Config: json.RawMessage(n.Config),
			Columns: columnsOf(n.Columns), DBT: dbtOf(n), Code: code, Extra: extra,
		},
	}
	if kind.IsTable() {
		f.Body.Relation = catalog.NewRelation(s.adapter, n.Database, n.Schema, tableName(n), n.RelationName)
	}
	return f, nil
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

// nameOf is what people call the node; a version is part of it.
func nameOf(n *dbt.Node) string {
	if n.Version != "" && n.Name != "" {
		return n.Name + ".v" + n.Version
	}
	if n.Name == "" {
		return n.UniqueID
	}
	return n.Name
}

func (s *speaker) code(n *dbt.Node) (*catalog.Code, error) {
	raw, err := s.keep(n.RawCode)
	if err != nil {
		return nil, fmt.Errorf("raw code of %s: %w", n.UniqueID, err)
	}
	compiled, err := s.keep(n.CompiledCode)
	if err != nil {
		return nil, fmt.Errorf("compiled code of %s: %w", n.UniqueID, err)
	}
	if raw.IsZero() && compiled.IsZero() {
		return nil, nil
	}
	c := &catalog.Code{Raw: raw, Compiled: compiled}
	if n.Checksum.Name == "sha256" {
		c.Checksum = n.Checksum.Value
	}
	return c, nil
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

func dbtOf(n *dbt.Node) *catalog.DBT {
	d := &catalog.DBT{
		UniqueID: n.UniqueID, ResourceType: n.ResourceType, PackageName: n.Package, Path: n.Path,
		OriginalFilePath: n.OriginalFilePath, PatchPath: n.PatchPath, Alias: n.Alias, Access: n.Access,
		Group: n.Group, Version: n.Version, LatestVersion: n.LatestVersion, DeprecationDate: n.DeprecationDate,
		Contract: n.Contract, Language: n.Language, Hidden: n.Hidden, Constraints: constraintsOf(n.Constraints),
	}
	if s := n.Source; s != nil {
		d.SourceName, d.Loader, d.LoadedAtField = s.SourceName, s.Loader, s.LoadedAtField
		if s.Freshness != nil {
			d.Freshness, _ = json.Marshal(s.Freshness) // a plain struct of numbers and texts
		}
	}
	return d
}

// test makes the row of a data test. Its table is found later.
func (s *speaker) test(n *dbt.Node) (catalog.Test, error) {
	code, err := s.code(n)
	if err != nil {
		return catalog.Test{}, err
	}
	b := catalog.TestBody{
		Name: n.Name, Kind: "singular", Description: n.Description, Package: n.Package, Path: n.OriginalFilePath,
		Tags: slices.Clone(n.Tags), Parents: n.DependsOn, Code: code, Enabled: !n.Disabled,
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
	slices.Sort(b.Tags)
	encoded, err := compactJSON(b)
	if err != nil {
		return catalog.Test{}, fmt.Errorf("test %s: %w", n.UniqueID, err)
	}
	return catalog.Test{Project: s.project.ID, UniqueID: n.UniqueID, Hash: catalog.HashOf(encoded), Body: b}, nil
}

// argsOf keeps the arguments of a generic test as compact JSON texts, without
// the ones that say which table and column it is about.
func argsOf(t *dbt.Test) map[string]string {
	var kwargs map[string]json.RawMessage
	if len(t.Kwargs) == 0 || json.Unmarshal(t.Kwargs, &kwargs) != nil {
		return nil
	}
	args := map[string]string{}
	for name, v := range kwargs {
		if name == "model" || name == "column_name" {
			continue
		}
		var b bytes.Buffer
		if json.Compact(&b, v) == nil {
			args[name] = b.String()
		}
	}
	if len(args) == 0 {
		return nil
	}
	return args
}
