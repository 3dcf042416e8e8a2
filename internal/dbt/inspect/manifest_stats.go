package inspect

import (
	"cmp"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// edgeSections are the sections whose entries depend on nodes, in the order in which they are counted.
var edgeSections = []string{"nodes", "sources", "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests", "functions"}

// topKeys are the top-level keys of a manifest that dbt is known to write.
var topKeys = []string{
	"metadata", "nodes", "sources", "macros", "docs", "exposures", "metrics", "groups", "selectors", "disabled",
	"parent_map", "child_map", "group_map", "saved_queries", "semantic_models", "unit_tests", "functions", "files", "generated_at",
}

// stats closes the tally.
func (m *manifestTally) stats(o Origin, metadata dbt.Value, sections []string) *ManifestStats {
	st := &ManifestStats{Origin: o, AdapterType: written(metadata.Get("adapter_type")), ProjectName: written(metadata.Get("project_name"))}
	root := m.root(metadata)
	if root != "" {
		s := dbt.Value(root).Text()
		st.RootPackage = &s
	}
	m.countNodes(st, root)
	m.countSections(st)
	m.countTables(st, root)
	m.countEdges(st)
	m.countRelations(st)
	st.UnknownTopKeys = slices.DeleteFunc(sections, func(s string) bool { return slices.Contains(topKeys, s) })
	if st.UnknownTopKeys == nil {
		st.UnknownTopKeys = []string{}
	}
	return st
}

// root returns the JSON of the name of the root package, "" for none.
func (m *manifestTally) root(metadata dbt.Value) string {
	if name := metadata.Get("project_name"); truthy(name) {
		return string(name)
	}
	var packages tally
	for _, n := range m.order["nodes"] {
		if n.resourceType == "model" || n.resourceType == "seed" || n.resourceType == "snapshot" {
			packages.add(n.pkg)
		}
	}
	if most := packages.most(1); len(most) > 0 {
		return most[0].Name
	}
	return ""
}

func (m *manifestTally) countNodes(st *ManifestStats, root string) {
	byType := map[string]*struct{ all, root *int }{
		"model": {&st.Models, &st.ModelsRoot}, "seed": {&st.Seeds, &st.SeedsRoot},
		"snapshot": {&st.Snapshots, &st.SnapshotsRoot}, "test": {&st.Tests, &st.TestsRoot},
		"analysis": {&st.Analyses, &st.AnalysesRoot}, "operation": {&st.Operations, &st.OperationsRoot},
		"sql operation": {&st.SQLOperations, &st.SQLOperationsRoot},
	}
	packages := map[string]bool{}
	var other, names tally
	rawCode, rawSQL := false, false
	for _, n := range m.order["nodes"] {
		packages[n.pkg] = true
		if c := byType[n.resourceType]; c != nil {
			*c.all++
			*c.root += b2i(n.pkg == root)
		} else if n.resourceType != "source" {
			other.add(cmp.Or(n.resourceType, "None"))
		}
		if !n.versioned && (n.resourceType == "model" || n.resourceType == "seed" || n.resourceType == "snapshot") {
			names.add(n.resourceType + "\x00" + n.name)
		}
		rawCode, rawSQL = rawCode || n.rawCode, rawSQL || n.rawSQL
		st.countNode(n)
	}
	st.OtherNodes = other.list
	for _, c := range names.list {
		st.SameNameTwoPackages += b2i(c.N > 1)
	}
	key := "raw_sql"
	if rawCode {
		key = "raw_code"
	}
	if rawCode || rawSQL {
		st.CodeKey = &key
	}
	for _, n := range m.sources() {
		packages[n.pkg] = true
		st.Sources++
		st.SourcesRoot += b2i(n.pkg == root)
		st.FreshnessSources += b2i(n.freshness)
	}
	st.Packages = len(packages)
}

func (st *ManifestStats) countNode(n *nodeTally) {
	if n.resourceType == "test" {
		st.TestsGeneric += b2i(n.generic)
		st.TestsWithColumn += b2i(n.onColumn)
		st.TestsOnSources += b2i(slices.ContainsFunc(n.parents, isSourceID))
	}
	model := n.resourceType == "model"
	st.Compiled += b2i(n.compiled)
	st.CompiledModels += b2i(n.compiled && model)
	st.CompiledFlag += b2i(n.compiledFlag)
	st.VersionedModels += b2i(n.versioned && model)
	st.ContractsEnforced += b2i(n.contract)
	st.Constraints += n.constraints
	st.PythonModels += b2i(n.python && model)
	st.AccessNonprotected += b2i(n.access)
	st.ExternalNodes += b2i(n.external)
}

func isSourceID(id string) bool { return strings.HasPrefix(id, "source.") }

func (m *manifestTally) countSections(st *ManifestStats) {
	for section, field := range map[string]**int{
		"exposures": &st.Exposures, "metrics": &st.Metrics, "semantic_models": &st.SemanticModels,
		"saved_queries": &st.SavedQueries, "unit_tests": &st.UnitTests, "functions": &st.Functions,
		"groups": &st.Groups, "macros": &st.Macros, "docs": &st.Docs, "selectors": &st.Selectors,
	} {
		if s := m.entries[section]; s != nil {
			n := s.len()
			*field = &n
		}
	}
	if m.dis.shape != "" {
		shape := m.dis.shape
		st.DisabledShape = &shape
	}
	st.Disabled = m.dis.n
	if s := m.entries["external_nodes"]; s != nil {
		st.ExternalNodes += len(s.ids)
	}
}

func (m *manifestTally) countTables(st *ManifestStats, root string) {
	list, _ := m.tables()
	materialized := tally{}
	for _, n := range m.order["nodes"] {
		if n.resourceType == "model" {
			materialized.add(n.materialized)
		}
	}
	st.Materialized = materialized.most(0)
	st.LongestString = m.longest
	for _, n := range list {
		st.ColumnsManifest += n.columns
		if n.pkg == root {
			st.ColumnsManifestRoot += n.columns
		}
		st.ColumnsWithDescription += n.described
		st.ColumnsWithDataType += n.typed
		st.Metas += b2i(n.meta)
		st.DatabaseNull += b2i(n.noDatabase)
		st.RelationNameNull += b2i(n.relationName == nil)
		if st.RelationNameSample == nil && truthy(n.relationName) {
			st.RelationNameSample = written(n.relationName)
		}
		st.LongestString = max(st.LongestString, n.longest)
	}
}

// ids returns the ids of everything that something can depend on.
func (m *manifestTally) ids() map[string]bool {
	ids := map[string]bool{}
	for _, section := range edgeSections {
		if s := m.entries[section]; s != nil {
			for id := range s.ids {
				ids[id] = true
			}
		}
	}
	return ids
}

func (m *manifestTally) countEdges(st *ManifestStats) {
	_, tables := m.tables()
	ids := m.ids()
	type edge struct{ parent, child string }
	edges := map[edge]bool{}
	missing := map[string]int{}
	count := func(child string, parents []string) {
		st.EdgesDependsOn += len(parents)
		for _, p := range parents {
			if !ids[p] {
				what := "missing"
				if m.dis.ids[p] {
					what = "disabled"
				}
				missing[what]++
			}
			if tables[child] != nil && tables[p] != nil {
				edges[edge{p, child}] = true
			}
		}
	}
	for _, section := range edgeSections {
		for _, n := range m.order[section] {
			count(n.id, n.parents)
		}
		for id, parents := range m.parents[section] {
			count(id, parents)
		}
	}
	st.EdgesData = len(edges)
	st.EdgesDangling = Counts{}
	for _, what := range []string{"disabled", "missing"} {
		if missing[what] > 0 {
			st.EdgesDangling.add(what, missing[what])
		}
	}
	st.EdgesParentMap, st.EdgesChildMap = m.mapEdges("parent_map"), m.mapEdges("child_map")
	if st.EdgesParentMap == nil {
		return
	}
	n := 0
	for child, parents := range m.parents["parent_map"] {
		for _, p := range parents {
			n += b2i(tables[child] != nil && tables[p] != nil)
		}
	}
	st.EdgesDataParentMap = &n
}

// mapEdges counts the entries of parent_map or child_map; nil if it is not a map.
func (m *manifestTally) mapEdges(section string) *int {
	s := m.entries[section]
	if s == nil || s.shape != '{' {
		return nil
	}
	n := 0
	for _, edges := range s.ids {
		n += edges
	}
	return &n
}

func (m *manifestTally) countRelations(st *ManifestStats) {
	type users struct{ n, sources int }
	relations := map[string]*users{}
	list, _ := m.tables()
	for _, n := range list {
		if n.ephemeral() {
			continue
		}
		u := relations[n.relation]
		if u == nil {
			u = &users{}
			relations[n.relation] = u
		}
		u.n++
		u.sources += b2i(isSourceID(n.id))
	}
	st.Relations = len(relations)
	for _, u := range relations {
		st.RelationsShared += b2i(u.n > 1)
		st.RelationsSourceIsNode += b2i(u.sources > 0 && u.sources < u.n)
	}
}
