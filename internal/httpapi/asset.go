package httpapi

import (
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
	"github.com/thalweg-data/thalweg/internal/readmodel"
)

// Asset is an asset as the API shows it.
type Asset struct {
	Name         string                         `json:"name"`
	Kind         string                         `json:"kind"`
	Relation     httpserver.Nullable[Relation]  `json:"relation" doc:"Physical address; null if it has none"`
	Description  Text                           `json:"description"`
	Owners       []string                       `json:"owners" nullable:"false"`
	OwnerEmails  map[string][]string            `json:"owner_emails,omitempty" doc:"E-mail addresses of owners by name, as dbt's groups and exposures state them; not in lists"`
	Tags         []string                       `json:"tags" nullable:"false"`
	Materialized *string                        `json:"materialized"`
	Present      bool                           `json:"present" doc:"False if no origin reports it any more"`
	RemovedAt    *string                        `json:"removed_at" format:"date-time"`
	RemovedBy    *string                        `json:"removed_by" doc:"The import that no longer contained it"`
	DBT          httpserver.Nullable[DBT]       `json:"dbt"`
	LastRun      httpserver.Nullable[LastRun]   `json:"last_run"`
	Freshness    httpserver.Nullable[Freshness] `json:"freshness" doc:"Of a source; null if nothing is demanded or known"`
	Tests        TestCounts                     `json:"tests" doc:"Numbers of its data tests by latest result"`
	Columns      int                            `json:"columns" doc:"Present columns"`
	Upstream     int                            `json:"upstream" doc:"Direct parents"`
	Downstream   int                            `json:"downstream" doc:"Direct children"`
	RowCount     *int64                         `json:"row_count"`
	Stats        map[string]Stat                `json:"stats,omitempty"`
	Hook         string                         `json:"hook,omitempty" enum:"on-run-start,on-run-end" doc:"Of an operation: when dbt runs it, a step of each run (GET /runs/{id}/steps)"`
	Details      map[string]any                 `json:"details,omitempty" doc:"Fields of one kind alone, such as the rows of a unit test, the entities of a semantic model or the primary key of a model"`
	Config       map[string]any                 `json:"config,omitempty" doc:"dbt's configuration; not in lists"`
	Nodes        []AssetNode                    `json:"nodes,omitempty" doc:"dbt nodes that report it; not in lists"`
	CreatedAt    string                         `json:"created_at" format:"date-time"`
	UpdatedAt    string                         `json:"updated_at" format:"date-time"`
	Version      int64                          `json:"version" doc:"Version of the schema in which this state appeared"`
}

// Relation is a physical address.
type Relation struct {
	Database   *string `json:"database"`
	Schema     *string `json:"schema"`
	Identifier string  `json:"identifier"`
	Text       string  `json:"text" doc:"As dbt writes it"`
}

// Text is a text with its provenance.
type Text struct {
	Value     *string                    `json:"value"`
	Origin    *string                    `json:"origin" doc:"dbt:<project>, crawl:<integration> or user:<name>"`
	Cause     httpserver.Nullable[Cause] `json:"cause" doc:"Where it comes from"`
	Import    *string                    `json:"import" doc:"The import that it comes from; null unless the cause is an import"`
	GoneSince *string                    `json:"gone_since" doc:"The first import in which its origin no longer reported it"`
	Own       *string                    `json:"own" doc:"What a person set, effective or not"`
	Hidden    []Hidden                   `json:"hidden" nullable:"false" doc:"Other texts, by rank"`
}

// Hidden is a text that is not effective.
type Hidden struct {
	Origin string `json:"origin"`
	Value  string `json:"value"`
}

// DBT is dbt's own description of a node.
type DBT struct {
	UniqueID         string         `json:"unique_id"`
	ResourceType     string         `json:"resource_type"`
	PackageName      string         `json:"package_name"`
	Path             string         `json:"path"`
	OriginalFilePath string         `json:"original_file_path"`
	Access           *string        `json:"access"`
	Group            *string        `json:"group"`
	Contract         bool           `json:"contract"`
	Version          *string        `json:"version"`
	LatestVersion    *string        `json:"latest_version"`
	DeprecationDate  *string        `json:"deprecation_date"`
	SourceName       *string        `json:"source_name"`
	Alias            *string        `json:"alias" doc:"Name of the table, where the node states one"`
	PatchPath        *string        `json:"patch_path" doc:"File of the YAML that describes it"`
	LoadedAtField    *string        `json:"loaded_at_field" doc:"Of a source: what its freshness is measured by"`
	Hidden           bool           `json:"hidden" doc:"Not shown in dbt's own docs (docs.show is false)"`
	Constraints      []Constraint   `json:"constraints,omitempty" nullable:"false" doc:"Of the table as a whole; not in lists"`
	Loader           *string        `json:"loader"`
	Language         *string        `json:"language"`
	Meta             map[string]any `json:"meta"`
	Macros           []string       `json:"macros,omitempty" nullable:"false" doc:"unique_ids of the macros that it calls; not in lists"`
	DocBlocks        []DocRef       `json:"doc_blocks,omitempty" nullable:"false" doc:"Docs blocks in its descriptions, as dbt reports them from 1.10 on; not in lists"`
}

// DocRef is the use of a docs block.
type DocRef struct {
	UniqueID string  `json:"unique_id"`
	Column   *string `json:"column" doc:"The column in whose description it occurs; null if in the asset's own description"`
}

// AssetNode is a dbt node of one project.
type AssetNode struct {
	Project  string `json:"project"`
	UniqueID string `json:"unique_id"`
	Role     string `json:"role" enum:"owner,source,reference,other" doc:"owner: the project makes it; source: it reads it as a source; reference: it refers to a node of another project; other: it has another node of the same table"`
}

// LastRun is the latest result of an asset's node.
type LastRun struct {
	Status        string  `json:"status"`
	ExecutionTime float64 `json:"execution_time" doc:"Seconds"`
	CompletedAt   *string `json:"completed_at" format:"date-time"`
	Run           string  `json:"run"`
	InvocationID  string  `json:"invocation_id"`
}

// TestCounts counts tests by the class of their latest result.
type TestCounts struct {
	Pass    int `json:"pass"`
	Warn    int `json:"warn"`
	Fail    int `json:"fail"`
	Error   int `json:"error"`
	Skipped int `json:"skipped"`
	Unknown int `json:"unknown" doc:"Never run"`
}

// Stat is a statistic from the warehouse.
type Stat struct {
	Label string   `json:"label"`
	Value *float64 `json:"value"`
	Text  *string  `json:"text"`
}

// assetType returns the type of a resource: "table" for every table.
func assetType(k catalog.Kind) string {
	if k.IsTable() {
		return "table"
	}
	return string(k)
}

// assetResource returns the resource of an asset; whole adds what lists leave out.
func assetResource(s *readmodel.Summary, whole bool) httpserver.Resource[Asset] {
	asset := &s.Asset
	out := Asset{
		Name: asset.Name, Kind: string(asset.Kind), Relation: httpserver.NullableOf(relationOf(asset.Relation, asset.RelationKey)), Description: textOf(asset.Description),
		Owners: orEmpty(asset.Owners), Tags: orEmpty(asset.Tags), Materialized: optional(asset.Kind.Materialization(asset.Materialized)),
		Present: asset.Present, RemovedBy: importLabel(asset.RemovedBy.Artifacts()), RemovedAt: timeText(s.RemovedAt),
		DBT: httpserver.NullableOf(dbtOf(asset)), LastRun: httpserver.NullableOf(lastRunOf(s)),
		Freshness: httpserver.NullableOf(assetFreshness(s)), Tests: TestCounts(s.Tests), Columns: asset.ColumnCount,
		RowCount: asset.RowCount(), CreatedAt: timeOrEmpty(asset.CreatedAt), UpdatedAt: timeOrEmpty(asset.UpdatedAt),
		Version: asset.Version, Upstream: s.Neighbours.Upstream, Downstream: s.Neighbours.Downstream,
	}
	if asset.DBT != nil {
		out.Hook = string(catalog.HookOf(asset.DBT.UniqueID))
	}
	if len(asset.Extra) > 0 {
		out.Details = jsonMap(asset.Extra)
	}
	if whole {
		out.Stats, out.Config = statsOf(asset.Stats), jsonMap(asset.Config)
		if d := out.DBT.Value; d != nil {
			d.Constraints = constraintsOf(asset.DBT.Constraints)
			d.Macros, d.DocBlocks = asset.DBT.Macros, docRefs(asset.DBT.DocBlocks)
		}
		for _, n := range asset.Nodes {
			out.Nodes = append(out.Nodes, AssetNode{Project: n.Project.String(), UniqueID: n.UniqueID})
		}
	}
	return httpserver.Resource[Asset]{
		ID: asset.ID.Label(asset.Kind), Type: assetType(asset.Kind), Attributes: out, Relationships: relationshipsOf(s),
	}
}

// relationOf returns the address of a table; an ephemeral model has none, whatever its manifest gives it.
func relationOf(r catalog.Relation, key string) *Relation {
	if r.Identifier == "" || key == "" {
		return nil
	}
	text := r.Text
	if text == "" {
		text = r.Display()
	}
	return &Relation{Database: optional(r.Database), Schema: optional(r.Schema), Identifier: r.Identifier, Text: text}
}

func textOf(t catalog.Text) Text {
	out := Text{
		Value: optional(t.Value), Origin: optional(t.Origin.Label(t.By)), Cause: causeOf(t.Cause), Import: importLabel(t.Cause.Import()),
		GoneSince: importLabel(t.Since.Artifacts()), Own: t.Own, Hidden: []Hidden{},
	}
	for _, h := range t.Hidden {
		out.Hidden = append(out.Hidden, Hidden{Origin: h.Origin.Label(h.By), Value: h.Value})
	}
	return out
}

func dbtOf(asset *catalog.Asset) *DBT {
	d := asset.DBT
	if d == nil {
		return nil
	}
	return &DBT{
		UniqueID: d.UniqueID, ResourceType: d.ResourceType, PackageName: d.PackageName, Path: d.Path, OriginalFilePath: d.OriginalFilePath,
		Access: optional(d.Access), Group: optional(d.Group), Contract: d.Contract, Version: optional(d.Version),
		LatestVersion: optional(d.LatestVersion), DeprecationDate: optional(d.DeprecationDate), SourceName: optional(d.SourceName),
		Alias: optional(d.Alias), PatchPath: optional(d.PatchPath), LoadedAtField: optional(d.LoadedAtField), Hidden: d.Hidden,
		Loader: optional(d.Loader), Language: optional(d.Language), Meta: jsonMap(asset.Meta),
	}
}

func docRefs(uses []catalog.DocRef) []DocRef {
	var out []DocRef
	for _, use := range uses {
		out = append(out, DocRef{UniqueID: use.Doc, Column: optional(use.Column)})
	}
	return out
}

func statsOf(stats map[string]catalog.Stat) map[string]Stat {
	out := make(map[string]Stat, len(stats))
	for name, s := range stats {
		out[name] = Stat{Label: s.Label, Value: s.Value, Text: optional(s.Text)}
	}
	return out
}

func lastRunOf(s *readmodel.Summary) *LastRun {
	r := s.LastRun
	if r == nil {
		return nil
	}
	return &LastRun{
		Status: r.Status, ExecutionTime: r.ExecutionTime, CompletedAt: timeText(r.CompletedAt),
		Run: r.Run.String(), InvocationID: s.Invocation,
	}
}

func relationshipsOf(s *readmodel.Summary) *httpserver.Relationships {
	out := &httpserver.Relationships{Schema: &httpserver.Named{ID: s.Schema.ID.String(), Name: s.Schema.Name}}
	if s.Project != nil {
		out.Project = &httpserver.Named{ID: s.Project.ID.String(), Name: s.Project.Name}
	}
	return out
}
