package inspect

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// ManifestStats are the counts of a manifest. Models, seeds and so on are entries of its nodes by resource
// type, of all packages; those called root belong to the root project.
type ManifestStats struct {
	Origin
	AdapterType jsontext.Value `json:"adapter_type"`
	ProjectName jsontext.Value `json:"project_name"`
	// project_name, or the package most models, seeds and snapshots have
	RootPackage *string `json:"root_package"`
	Packages    int     `json:"packages"`

	Models            int    `json:"models"`
	ModelsRoot        int    `json:"models_root"`
	Seeds             int    `json:"seeds"`
	SeedsRoot         int    `json:"seeds_root"`
	Snapshots         int    `json:"snapshots"`
	SnapshotsRoot     int    `json:"snapshots_root"`
	Tests             int    `json:"tests"`
	TestsRoot         int    `json:"tests_root"`
	Analyses          int    `json:"analyses"`
	AnalysesRoot      int    `json:"analyses_root"`
	Operations        int    `json:"operations"`
	OperationsRoot    int    `json:"operations_root"`
	SQLOperations     int    `json:"sql_operations"`
	SQLOperationsRoot int    `json:"sql_operations_root"`
	OtherNodes        Counts `json:"other_nodes,omitempty"`
	TestsGeneric      int    `json:"tests_generic"`
	TestsWithColumn   int    `json:"tests_with_column"`
	TestsOnSources    int    `json:"tests_on_sources"`
	Sources           int    `json:"sources"`
	SourcesRoot       int    `json:"sources_root"`

	// Entries of the other sections; nil where the section is missing.
	Exposures      *int    `json:"exposures"`
	Metrics        *int    `json:"metrics"`
	SemanticModels *int    `json:"semantic_models"`
	SavedQueries   *int    `json:"saved_queries"`
	UnitTests      *int    `json:"unit_tests"`
	Functions      *int    `json:"functions"`
	Groups         *int    `json:"groups"`
	Macros         *int    `json:"macros"`
	Docs           *int    `json:"docs"`
	Selectors      *int    `json:"selectors"`
	DisabledShape  *string `json:"disabled_shape"` // "list" or "dict"
	Disabled       int     `json:"disabled"`

	ColumnsManifest        int `json:"columns_manifest"` // of models, seeds, snapshots, sources and functions
	ColumnsManifestRoot    int `json:"columns_manifest_root"`
	ColumnsWithDescription int `json:"columns_with_description"`
	ColumnsWithDataType    int `json:"columns_with_data_type"`

	EdgesParentMap     *int   `json:"edges_parent_map"`
	EdgesChildMap      *int   `json:"edges_child_map"`
	EdgesDependsOn     int    `json:"edges_depends_on"`
	EdgesData          int    `json:"edges_data"`     // distinct, between models, seeds, snapshots, sources, functions
	EdgesDangling      Counts `json:"edges_dangling"` // by what became of the parent
	EdgesDataParentMap *int   `json:"edges_data_parent_map,omitempty"`
	Materialized       Counts `json:"materialized"` // of models

	Relations             int            `json:"relations"` // distinct lower-cased addresses, without ephemeral models
	RelationsShared       int            `json:"relations_shared"`
	RelationsSourceIsNode int            `json:"relations_source_is_node"`
	DatabaseNull          int            `json:"database_null"`
	RelationNameNull      int            `json:"relation_name_null"`
	RelationNameSample    jsontext.Value `json:"relation_name_sample"`

	Compiled            int      `json:"compiled"`
	CompiledModels      int      `json:"compiled_models"`
	CompiledFlag        int      `json:"compiled_flag"`
	CodeKey             *string  `json:"code_key"` // "raw_code" or "raw_sql"
	VersionedModels     int      `json:"versioned_models"`
	ContractsEnforced   int      `json:"contracts_enforced"`
	Constraints         int      `json:"constraints"`
	PythonModels        int      `json:"python_models"`
	AccessNonprotected  int      `json:"access_nonprotected"`
	FreshnessSources    int      `json:"freshness_sources"`
	Metas               int      `json:"metas"`
	ExternalNodes       int      `json:"external_nodes"`
	SameNameTwoPackages int      `json:"same_name_two_packages"`
	UnknownTopKeys      []string `json:"unknown_top_keys"`
	LongestString       int      `json:"longest_string"` // characters, where above 400
	Oddities            Counts   `json:"oddities,omitempty"`
}

// nodeTally is what is remembered of one entry of nodes, sources or functions.
type nodeTally struct {
	id           string
	section      string
	resourceType string
	pkg          string // JSON of package_name; "" for null
	parents      []string

	columns, described, typed, constraints int
	names                                  []string // of columns, for the joined counts

	materialized string
	relation     string // lower-cased address
	relationName dbt.Value
	name         string
	longest      int

	generic, onColumn, compiled, compiledFlag, rawCode, rawSQL, versioned, contract, python bool
	access, freshness, meta, external, noDatabase                                           bool
}

// isTable reports whether a table lineage graph shows the node.
func (n *nodeTally) isTable() bool {
	switch n.resourceType {
	case "model", "seed", "snapshot", "source", "function":
		return true
	}
	return false
}

func (n *nodeTally) ephemeral() bool {
	return n.resourceType == "model" && n.materialized == "ephemeral"
}

func tallyNode(section, id string, v dbt.Value) *nodeTally {
	n := &nodeTally{id: id, section: section, noDatabase: true}
	var identifier, alias, name, database, schema, compiledCode, compiledSQL, config, meta dbt.Value
	for k, m := range v.Members {
		switch string(k) {
		case "raw_code":
			n.rawCode = true
		case "raw_sql":
			n.rawSQL = true
		}
		if m.IsAbsent() {
			continue
		}
		n.longest = max(n.longest, longLength(m, n.longest))
		switch string(k) {
		case "resource_type":
			n.resourceType = plain(m)
		case "package_name":
			n.pkg = string(m)
		case "depends_on":
			n.parents = tallyParents(m.Get("nodes"))
		case "columns":
			n.tallyColumns(m)
		case "constraints":
			n.constraints += length(m)
		case "config":
			config = m
		case "meta":
			meta = m
		case "identifier":
			identifier = m
		case "alias":
			alias = m
		case "name":
			name = m
		case "database":
			database, n.noDatabase = m, false
		case "schema":
			schema = m
		case "relation_name":
			n.relationName = bytes.Clone(m)
		case "compiled_code":
			compiledCode = m
		case "compiled_sql":
			compiledSQL = m
		default:
			n.flag(string(k), m)
		}
	}
	if compiledCode == nil {
		compiledCode = compiledSQL
	}
	n.compiled = truthy(compiledCode)
	n.meta = truthy(meta) || truthy(config.Get("meta"))
	n.materialized = plain(config.Get("materialized"))
	n.name = plain(name)
	n.relation = relationOf(n.resourceType, database, schema, identifier, alias, name)
	return n
}

func (n *nodeTally) flag(name string, v dbt.Value) {
	switch name {
	case "test_metadata":
		n.generic = truthy(v)
	case "column_name":
		n.onColumn = truthy(v)
	case "compiled":
		n.compiledFlag = truthy(v)
	case "version":
		n.versioned = true
	case "contract":
		n.contract = truthy(v.Get("enforced"))
	case "language":
		n.python = v.Text() == "python"
	case "access":
		n.access = v.Text() == "public" || v.Text() == "private"
	case "freshness":
		n.freshness = truthy(v.Get("warn_after").Get("count")) || truthy(v.Get("error_after").Get("count"))
	case "is_external_node":
		n.external = truthy(v)
	}
}

func (n *nodeTally) tallyColumns(v dbt.Value) {
	for name, c := range v.Members {
		n.columns++
		n.names = append(n.names, string(name))
		n.constraints += length(c.Get("constraints"))
		if truthy(c.Get("description")) {
			n.described++
		}
		if truthy(c.Get("data_type")) {
			n.typed++
		}
	}
}

// relationOf returns the lower-cased address of a table, in which a missing part is the text none.
func relationOf(resourceType string, database, schema, identifier, alias, name dbt.Value) string {
	table := identifier
	if resourceType != "source" {
		table = alias
	}
	if !truthy(table) {
		table = name
	}
	return strings.ToLower(plain(database) + "\x00" + plain(schema) + "\x00" + plain(table))
}

func tallyParents(v dbt.Value) []string {
	var list []string
	for e := range v.Elements {
		if e.Kind() == '"' {
			list = append(list, e.Text())
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// longLength returns the number of characters of a text of more than 400, if it can be above longest; else 0.
func longLength(v dbt.Value, longest int) int {
	if v.Kind() != '"' || len(v)-2 <= max(longest, longText) {
		return 0
	}
	if n := utf8.RuneCountInString(v.Text()); n > longText {
		return n
	}
	return 0
}

// manifestTally tallies the sections of a manifest.
type manifestTally struct {
	entries map[string]*sectionTally
	order   map[string][]*nodeTally // nodes, sources, functions
	at      map[string]int          // section and id → place in order
	parents map[string]map[string][]string
	longest int
	dis     struct {
		shape string
		ids   map[string]bool
		n     int
	}
}

// sectionTally counts the entries of one section.
type sectionTally struct {
	ids   map[string]int // id → elements of its list
	list  int            // elements, where the section is a list
	shape jsontext.Kind
}

func (s *sectionTally) len() int { return len(s.ids) + s.list }

func (m *manifestTally) begin(section string, kind jsontext.Kind) {
	if m.entries == nil {
		m.entries, m.order = map[string]*sectionTally{}, map[string][]*nodeTally{}
		m.at, m.parents = map[string]int{}, map[string]map[string][]string{}
	}
	m.entries[section] = &sectionTally{shape: kind, ids: map[string]int{}}
	delete(m.order, section)
	m.parents[section] = map[string][]string{}
	if section == "disabled" {
		m.dis.ids, m.dis.n, m.dis.shape = map[string]bool{}, 0, shapeName(kind)
	}
}

func shapeName(kind jsontext.Kind) string {
	return map[jsontext.Kind]string{
		jsontext.KindBeginObject: "dict", jsontext.KindBeginArray: "list", jsontext.KindString: "str",
		jsontext.KindNumber: "int", jsontext.KindTrue: "bool", jsontext.KindFalse: "bool",
	}[kind]
}

func (m *manifestTally) entry(section, id string, v dbt.Value) {
	s := m.entries[section]
	switch section {
	case "nodes", "sources", "functions":
		m.add(section, id, tallyNode(section, id, v))
	case "exposures", "metrics", "semantic_models", "saved_queries", "unit_tests":
		m.parents[section][id] = tallyParents(v.Get("depends_on").Get("nodes"))
	case "parent_map":
		m.parents[section][id] = tallyParents(v)
	case "macros":
		for _, f := range v.Members {
			m.longest = max(m.longest, longLength(f, m.longest))
		}
	case "disabled":
		n := 1
		if v.Kind() == '[' {
			n = length(v)
		}
		m.dis.n += n - s.ids[id]
		m.dis.ids[id] = true
		s.ids[id] = n
		return
	}
	s.ids[id] = length(v)
}

// add keeps the place of the first entry of an id and the content of the last.
func (m *manifestTally) add(section, id string, n *nodeTally) {
	key := section + "\x00" + id
	if i, ok := m.at[key]; ok && i < len(m.order[section]) && m.order[section][i].id == id {
		m.order[section][i] = n
		return
	}
	m.at[key] = len(m.order[section])
	m.order[section] = append(m.order[section], n)
}

func (m *manifestTally) element(section string, v dbt.Value) {
	s := m.entries[section]
	s.list++
	if section == "disabled" {
		m.dis.n++
		m.dis.ids[v.Get("unique_id").Text()] = true
	}
}

// tables returns the nodes that a table lineage graph shows, in their order.
func (m *manifestTally) tables() ([]*nodeTally, map[string]*nodeTally) {
	var list []*nodeTally
	at := map[string]int{}
	put := func(n *nodeTally) {
		if i, ok := at[n.id]; ok {
			list[i] = n
			return
		}
		at[n.id] = len(list)
		list = append(list, n)
	}
	for _, n := range m.order["nodes"] {
		if n.isTable() {
			put(n)
		}
	}
	for _, section := range []string{"sources", "functions"} {
		for _, n := range m.order[section] {
			put(n)
		}
	}
	byID := make(map[string]*nodeTally, len(list))
	for _, n := range list {
		byID[n.id] = n
	}
	return list, byID
}

// sources returns the entries of sources and, as dbt wrote them before 0.17, the sources among the nodes.
func (m *manifestTally) sources() []*nodeTally {
	var list []*nodeTally
	own := map[string]bool{}
	for _, n := range m.order["sources"] {
		own[n.id] = true
	}
	for _, n := range m.order["nodes"] {
		if n.resourceType == "source" && !own[n.id] {
			list = append(list, n)
		}
	}
	return append(list, m.order["sources"]...)
}
