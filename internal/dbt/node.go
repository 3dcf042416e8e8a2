package dbt

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Node is one thing of a dbt project: everything in a manifest that has a unique_id. Absent, null and blank
// are the same everywhere. Fields that only one resource type has are in the struct named after it, which
// is nil for the others.
type Node struct {
	Section      string // its section of the manifest: "nodes", "sources", "exposures" …
	UniqueID     string // opaque
	ResourceType string // "model", "source", "test", "sql_operation" …
	Hash         Hash
	Disabled     bool
	Range        Range // only where ManifestOptions.Index asks for it

	Name             string
	Alias            string // name of the table, where it differs from that of the node
	Identifier       string // name of the table of a source
	Database         string
	Schema           string
	RelationName     string // quoted as dbt writes it into SQL
	Deferred         *Deferred
	Package          string
	FQN              []string // package, folders and name, by which dbt selects; nil before manifest v1
	Path             string   // with forward slashes, like all paths
	OriginalFilePath string
	PatchPath        string // file of the YAML that describes the node, without package://
	Description      string
	Label            string

	Columns         []Column       // in the order of the file
	Meta            jsontext.Value // object: meta merged with config.meta, which wins; nil if empty
	Tags            []string       // tags and config.tags
	Config          jsontext.Value // object without hooks, SQL header and meta; nil if empty
	Owner           *Owner
	Group           string
	Access          string // "private", "protected", "public" or ""
	Version         string // "2"; "" for a model without versions
	LatestVersion   string
	Contract        bool // enforced
	Constraints     []Constraint
	DeprecationDate string // as written
	PrimaryKey      []string
	TimeSpine       jsontext.Value // of a model that is one, as written; nil for others

	CustomDatabase string // of the config: where dbt builds the node instead of in the target's own
	CustomSchema   string

	Materialized string
	Incremental  string // incremental_strategy
	UniqueKey    []string
	Language     string // "sql", "python", "javascript" or ""
	RawCode      string // not cut
	CompiledCode string // not cut; "" where the node was not compiled
	Coded        bool   // of a node that was only indexed: it has code, which was not read
	Checksum     Checksum
	Hidden       bool   // docs.show is false
	Color        string // docs.node_color

	DependsOn     []string // unique ids, each once
	DependsMacros []string
	Refs          []Ref
	SourceRefs    []SourceRef
	ExtraCTEs     []string // unique ids of the ephemeral models pasted into CompiledCode
	DocBlocks     []DocRef // in its description and those of its columns

	Source        *Source
	Test          *Test
	Exposure      *Exposure
	Metric        *Metric
	SemanticModel *SemanticModel
	SavedQuery    *SavedQuery
	UnitTest      *UnitTest
	Function      *Function
	Macro         *Macro
	Doc           *Doc
}

// Checksum is dbt's own hash of a node's file: Name is "sha256", "none" or, for seeds over 1 MiB, "path",
// and then it does not change with the content.
type Checksum struct{ Name, Value string }

// Ref is one ref() in a node's code; Package and Version may be blank.
type Ref struct{ Package, Name, Version string }

// SourceRef is one source() in a node's code.
type SourceRef struct{ Source, Table string }

// Deferred is the relation that other nodes read in place of a node's own, where dbt ran with --defer.
type Deferred struct{ Database, Schema, Alias, RelationName string }

// DeferredRelation returns the relation that other nodes read in place of the node's own; zero if they read that.
func (n *Node) DeferredRelation(platform string) catalog.Relation {
	d := n.Deferred
	if d == nil {
		return catalog.Relation{}
	}
	if d.Alias != "" {
		return catalog.NewRelation(platform, d.Database, d.Schema, d.Alias, d.RelationName)
	}
	r, _ := catalog.ParseRelationName(platform, d.RelationName)
	return r
}

// IsExternal reports whether the manifest of a project holds the node only because its own nodes refer to it: it
// belongs to another project, whose manifest has its file and code.
func (n *Node) IsExternal(project string) bool {
	return n.Section == "nodes" && project != "" && n.Package != "" && n.Package != project &&
		n.Path == "" && n.OriginalFilePath == "" && !n.Coded && n.RawCode == "" && n.CompiledCode == ""
}

// node decodes the value that was entered last, whose hash is h.
func (d *decoder) node(section, id string, h Hash) *Node {
	n := &Node{}
	d.decodeNode(n, section, id, h)
	return n
}

// decodeNode is node into n, all of which it replaces.
func (d *decoder) decodeNode(n *Node, section, id string, h Hash) {
	*n = Node{Section: section, UniqueID: id, Hash: h}
	f := d.load()
	var config value
	for _, m := range f {
		if string(m.name) == "config" {
			config = m.val
		}
	}
	d.identity(n, f)
	if n.ResourceType == "" {
		n.ResourceType = resourceType(section, id)
	}
	d.texts(n, f)
	d.code(n, f)
	d.dependencies(n, f)
	n.asRun()
	d.lists(n, f, config)
	d.config(n, config)
	d.special(n, f, config)
}

// indexed decodes what identifies the value that was entered last into n.
func (d *decoder) indexed(n *Node, section, id string, h Hash) {
	*n = Node{Section: section, UniqueID: id, Hash: h}
	f := d.load()
	d.identity(n, f)
	if n.ResourceType == "" {
		n.ResourceType = resourceType(section, id)
	}
	for _, m := range f {
		switch string(m.name) {
		case "depends_on":
			n.DependsOn = d.names("depends_on/nodes", m.val.get("nodes"))
		case "config":
			n.Materialized = d.name("config/materialized", m.val.get("materialized"))
			n.CustomDatabase = d.name("config/database", m.val.get("database"))
			n.CustomSchema = d.name("config/schema", m.val.get("schema"))
		case "path":
			n.Path = slashes(d.name("path", m.val))
		case "original_file_path":
			n.OriginalFilePath = slashes(d.name("original_file_path", m.val))
		case "raw_code", "raw_sql", "compiled_code", "compiled_sql":
			n.Coded = n.Coded || m.val.kind() == '"' && len(m.val) > len(`""`)
		case "owner":
			if section == "groups" {
				n.Owner = d.owner(m.val)
			}
		}
	}
}

// special fills the struct of the node's own type.
func (d *decoder) special(n *Node, f []member, config value) {
	switch n.ResourceType {
	case "source":
		n.Source = d.source(f, config)
	case "test":
		n.Test = d.test(n, f, config)
	case "exposure":
		n.Exposure = d.exposure(f)
	case "metric":
		n.Metric = d.metric(f)
	case "semantic_model":
		n.SemanticModel = d.semanticModel(f)
	case "saved_query":
		n.SavedQuery = d.savedQuery(f)
	case "unit_test":
		n.UnitTest = d.unitTest(n, f)
	case "function":
		n.Function = d.function(f)
	case "macro":
		n.Macro = d.macro(f)
	case "doc":
		n.Doc = d.doc(f)
	}
}

func (d *decoder) identity(n *Node, f []member) {
	for _, m := range f {
		switch string(m.name) {
		case "unique_id":
			if own := idOf(n.Section, d.name("unique_id", m.val)); own != n.UniqueID && n.UniqueID != "" {
				d.note(IssueUniqueIDMismatch, "unique_id", "the unique_id of a node differs from its key; the key was used", remedyRewrite)
			}
		case "resource_type":
			if n.Section != "docs" { // which has been "docs block", too
				n.ResourceType = strings.ReplaceAll(d.name("resource_type", m.val), " ", "_")
			}
		case "name":
			n.Name = d.name("name", m.val)
		case "alias":
			n.Alias = d.name("alias", m.val)
		case "identifier":
			n.Identifier = d.name("identifier", m.val)
		case "database":
			n.Database = d.name("database", m.val)
		case "schema":
			n.Schema = d.name("schema", m.val)
		case "relation_name":
			n.RelationName = d.name("relation_name", m.val)
		case "package_name":
			n.Package = d.name("package_name", m.val)
		case "version":
			n.Version = versionText(d.name("version", m.val))
		case "latest_version":
			n.LatestVersion = versionText(d.name("latest_version", m.val))
		case "group":
			n.Group = d.name("group", m.val)
		case "access":
			n.Access = d.name("access", m.val)
		}
	}
}

func (d *decoder) texts(n *Node, f []member) {
	for _, m := range f {
		switch string(m.name) {
		case "fqn":
			for e := range d.elements("fqn", m.val) {
				n.FQN = append(n.FQN, d.name("fqn", e))
			}
		case "path":
			n.Path = slashes(d.name("path", m.val))
		case "original_file_path":
			n.OriginalFilePath = slashes(d.name("original_file_path", m.val))
		case "patch_path":
			n.PatchPath = patchPath(d.name("patch_path", m.val))
		case "description":
			n.Description = d.text("description", m.val)
		case "label":
			n.Label = d.text("label", m.val)
		case "deprecation_date":
			n.DeprecationDate = d.name("deprecation_date", m.val)
		case "owner":
			n.Owner = d.owner(m.val)
		case "docs":
			n.Hidden = m.val.get("show").kind() == 'f'
			n.Color = d.name("docs/node_color", m.val.get("node_color"))
		}
	}
}

func (d *decoder) code(n *Node, f []member) {
	injected := ""
	for _, m := range f {
		switch string(m.name) {
		case "raw_code", "raw_sql":
			n.RawCode = orText(n.RawCode, d.whole("raw_code", m.val))
		case "compiled_code", "compiled_sql":
			n.CompiledCode = orText(n.CompiledCode, d.whole("compiled_code", m.val))
		case "injected_sql": // up to v0 compiled_sql lacks the ephemeral models that it reads
			injected = d.whole("injected_sql", m.val)
		case "language":
			n.Language = d.name("language", m.val)
		case "defer_relation":
			n.Deferred = d.deferred(m.val)
		case "checksum":
			n.Checksum = Checksum{d.name("checksum/name", m.val.get("name")), d.name("checksum/checksum", m.val.get("checksum"))}
		case "extra_ctes":
			for e := range d.elements("extra_ctes", m.val) {
				n.ExtraCTEs = append(n.ExtraCTEs, d.name("extra_ctes", e.get("id")))
			}
			n.ExtraCTEs = distinct(n.ExtraCTEs)
		}
	}
	n.CompiledCode = orText(injected, n.CompiledCode)
}

func (d *decoder) deferred(v value) *Deferred {
	if v.kind() != '{' {
		return nil
	}
	return &Deferred{
		Database: d.name("defer_relation/database", v.get("database")), Schema: d.name("defer_relation/schema", v.get("schema")),
		Alias: d.name("defer_relation/alias", v.get("alias")), RelationName: d.name("defer_relation/relation_name", v.get("relation_name")),
	}
}

func (d *decoder) dependencies(n *Node, f []member) {
	for _, m := range f {
		switch string(m.name) {
		case "depends_on":
			n.DependsOn = d.names("depends_on/nodes", m.val.get("nodes"))
			n.DependsMacros = d.names("depends_on/macros", m.val.get("macros"))
		case "doc_blocks":
			for _, id := range d.names("doc_blocks", m.val) {
				n.DocBlocks = append(n.DocBlocks, DocRef{Doc: id})
			}
		case "refs":
			for e := range d.elements("refs", m.val) {
				n.Refs = append(n.Refs, d.ref(e))
			}
		case "sources":
			for e := range d.elements("sources", m.val) {
				if p := d.names("sources", e); len(p) == 2 {
					n.SourceRefs = append(n.SourceRefs, SourceRef{p[0], p[1]})
				} else if len(p) == 1 { // a source whose table has its own name
					n.SourceRefs = append(n.SourceRefs, SourceRef{p[0], p[0]})
				}
			}
		}
	}
}

// ref reads ["m"], ["pkg", "m"] or {name, package, version}.
func (d *decoder) ref(v value) Ref {
	if v.kind() == '{' {
		return Ref{
			d.name("refs/package", v.get("package")), d.name("refs/name", v.get("name")),
			versionText(d.name("refs/version", v.get("version"))),
		}
	}
	var parts []string
	for e := range d.elements("refs", v) {
		parts = append(parts, d.name("refs", e))
	}
	switch len(parts) {
	case 0:
		return Ref{Name: d.name("refs", v)}
	case 1:
		return Ref{Name: parts[0]}
	}
	return Ref{Package: parts[0], Name: parts[1]}
}

func (d *decoder) lists(n *Node, f []member, config value) {
	var meta value
	for _, m := range f {
		switch string(m.name) {
		case "columns":
			n.Columns = d.columns(m.val)
			for i := range n.Columns {
				for _, id := range n.Columns[i].DocBlocks {
					n.DocBlocks = append(n.DocBlocks, DocRef{Doc: id, Column: n.Columns[i].Name})
				}
			}
		case "meta":
			meta = m.val
		case "tags":
			n.Tags = append(n.Tags, d.names("tags", m.val)...)
		case "constraints":
			n.Constraints = d.constraints("constraints", m.val)
		case "contract":
			n.Contract = m.val.get("enforced").kind() == 't'
		case "primary_key":
			n.PrimaryKey = d.names("primary_key", m.val)
		case "time_spine":
			n.TimeSpine = d.rawFilled("time_spine", m.val)
		}
	}
	n.Meta = d.merged("meta", meta, config.get("meta"))
}

// resourceType derives the type of a node that does not state it.
func resourceType(section, id string) string {
	switch section {
	case "nodes", "disabled":
		prefix, _, _ := strings.Cut(id, ".")
		return prefix
	case "analyses":
		return "analysis"
	case "saved_queries":
		return "saved_query"
	}
	return strings.TrimSuffix(section, "s")
}

// versionText writes a model version, which dbt writes as a number or as a text, as one text.
func versionText(s string) string { return strings.TrimSuffix(s, ".0") }

// slashes turns the paths that dbt writes on Windows into those it writes elsewhere.
func slashes(path string) string { return strings.ReplaceAll(path, `\`, "/") }

// patchPath drops the package from package://path.
func patchPath(s string) string {
	if _, path, ok := strings.Cut(s, "://"); ok {
		s = path
	}
	return slashes(s)
}

func orText(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
