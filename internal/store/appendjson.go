package store

import (
	"encoding"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// A first import encodes some 100,000 bodies. The three most frequent ones, and
// those of edits, are written here by hand, which also finds where their long values
// are; what is rare within them, and everything else, is left to the JSON package.
// TestAppendedJSON holds both to the same bytes.

// bodyOptions are those of every stored body.
var bodyOptions = jsonv2.JoinOptions(jsonv2.Deterministic(true), jsontext.AllowInvalidUTF8(true))

// appender appends JSON to b until something fails. A member that is left out
// where it is empty has a name ending in Opt.
type appender struct {
	b    []byte
	err  error
	long []span // values of longValue bytes or more, in their order
}

// span is a part of what is appended.
type span struct{ from, to int }

// noteLong notes the value that began at a place if it is long. Long values within it no longer count. It must
// have no hash of a text: CollectTexts looks for these in what remains of the body.
func (a *appender) noteLong(from int) {
	if len(a.b)-from < longValue {
		return
	}
	for n := len(a.long); n > 0 && a.long[n-1].from >= from; n-- {
		a.long = a.long[:n-1]
	}
	a.long = append(a.long, span{from, len(a.b)})
}

// name begins a member.
func (a *appender) name(name string) {
	if a.b[len(a.b)-1] != '{' {
		a.b = append(a.b, ',')
	}
	a.b = append(append(append(a.b, '"'), name...), '"', ':')
}

func (a *appender) fail(err error) {
	if a.err == nil {
		a.err = err
	}
}

func (a *appender) quote(s string) {
	from := len(a.b)
	// The only error is invalid UTF-8, which is replaced as by AllowInvalidUTF8.
	a.b, _ = jsontext.AppendQuote(a.b, s)
	a.noteLong(from)
}

func (a *appender) str(name, s string) {
	a.name(name)
	a.quote(s)
}

func (a *appender) strOpt(name, s string) {
	if s != "" {
		a.str(name, s)
	}
}

func (a *appender) strsOpt(name string, list []string) {
	if len(list) == 0 {
		return
	}
	a.name(name)
	from := len(a.b)
	a.b = append(a.b, '[')
	for i, s := range list {
		if i > 0 {
			a.b = append(a.b, ',')
		}
		a.quote(s)
	}
	a.b = append(a.b, ']')
	a.noteLong(from)
}

func (a *appender) number(name string, n int64) {
	a.name(name)
	a.b = strconv.AppendInt(a.b, n, 10)
}

func (a *appender) boolean(name string, v bool) {
	a.name(name)
	a.b = strconv.AppendBool(a.b, v)
}

// text writes a value that has a text form of letters, digits and signs.
func (a *appender) text(name string, v encoding.TextAppender) {
	a.name(name)
	a.b = append(a.b, '"')
	var err error
	if a.b, err = v.AppendText(a.b); err != nil {
		a.fail(err)
	}
	a.b = append(a.b, '"')
}

func (a *appender) hashOpt(name string, h catalog.Hash) {
	if !h.IsZero() {
		a.name(name)
		const digits = "0123456789abcdef"
		a.b = append(a.b, '"')
		for _, c := range h {
			a.b = append(a.b, digits[c>>4], digits[c&15])
		}
		a.b = append(a.b, '"')
	}
}

// rawOpt writes JSON that is kept as it came.
func (a *appender) rawOpt(name string, raw json.RawMessage) {
	if len(raw) == 0 {
		return
	}
	start := len(a.b)
	a.name(name)
	at := len(a.b)
	var err error
	a.b, err = jsontext.AppendFormat(a.b, raw, jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(false), jsontext.PreserveRawStrings(false))
	if err != nil {
		a.fail(err)
	}
	if isEmptyJSON(a.b[at:]) {
		a.b = a.b[:start]
		return
	}
	a.noteLong(at)
}

func isEmptyJSON(b []byte) bool {
	switch string(b) {
	case "null", `""`, "{}", "[]":
		return true
	}
	return false
}

// other leaves a value that is rare to the JSON package.
func (a *appender) other(name string, v any) {
	b, err := jsonv2.Marshal(v, bodyOptions)
	if err != nil {
		a.fail(err)
		return
	}
	a.name(name)
	a.b = append(a.b, b...)
}

func (a *appender) relation(r catalog.Relation) {
	if r.IsZero() {
		return
	}
	a.name("relation")
	a.b = append(a.b, '{')
	a.strOpt("platform", r.Platform)
	a.strOpt("database", r.Database)
	a.strOpt("schema", r.Schema)
	a.strOpt("identifier", r.Identifier)
	a.strOpt("text", r.Text)
	a.boolean("qd", r.QuotedDatabase)
	a.boolean("qs", r.QuotedSchema)
	a.boolean("qi", r.QuotedIdentifier)
	a.b = append(a.b, '}')
}

func (a *appender) keptOpt(k *catalog.Kept) {
	if k != nil {
		a.name("kept")
		a.b = append(a.b, '{')
		a.str("value", k.Value)
		a.text("import", k.Cause)
		a.text("since", k.Since)
		a.stampOpt("last", k.Last)
		a.b = append(a.b, '}')
	}
}

func (a *appender) stampOpt(name string, s catalog.Stamp) {
	if !s.IsZero() {
		a.text(name, s)
	}
}

func (a *appender) dbtOpt(d *catalog.DBT) {
	if d == nil {
		return
	}
	a.name("dbt")
	a.b = append(a.b, '{')
	a.str("unique_id", d.UniqueID)
	a.str("resource_type", d.ResourceType)
	a.str("package_name", d.PackageName)
	a.str("path", d.Path)
	a.strOpt("original_file_path", d.OriginalFilePath)
	a.strOpt("patch_path", d.PatchPath)
	a.strOpt("alias", d.Alias)
	a.strsOpt("fqn", d.FQN)
	a.strOpt("source_name", d.SourceName)
	a.strOpt("loader", d.Loader)
	a.strOpt("access", d.Access)
	a.strOpt("group", d.Group)
	a.strOpt("version", d.Version)
	a.strOpt("latest_version", d.LatestVersion)
	a.strOpt("deprecation_date", d.DeprecationDate)
	a.boolean("contract", d.Contract)
	a.strOpt("language", d.Language)
	a.boolean("hidden", d.Hidden)
	if len(d.Constraints) > 0 {
		a.other("constraints", d.Constraints)
	}
	a.rawOpt("freshness", d.Freshness)
	a.strOpt("loaded_at_field", d.LoadedAtField)
	if d.External {
		a.boolean("external", true)
	}
	a.strOpt("deferred", d.Deferred)
	a.strsOpt("macros", d.Macros)
	if len(d.DocBlocks) > 0 {
		a.other("doc_blocks", d.DocBlocks)
	}
	a.b = append(a.b, '}')
}

func (a *appender) codeOpt(c *catalog.Code) {
	if c == nil || *c == (catalog.Code{}) {
		return
	}
	a.name("code")
	a.b = append(a.b, '{')
	a.strOpt("checksum", c.Checksum)
	a.hashOpt("raw", c.Raw)
	a.hashOpt("compiled", c.Compiled)
	if !c.CompiledBy.IsZero() {
		a.text("compiled_import", c.CompiledBy)
	}
	a.stampOpt("compiled_at", c.CompiledAt)
	a.strOpt("language", c.Language)
	a.b = append(a.b, '}')
}

func (a *appender) statsOpt(stats map[string]catalog.Stat) {
	if len(stats) == 0 {
		return
	}
	a.name("stats")
	a.b = append(a.b, '{')
	for _, id := range slices.Sorted(maps.Keys(stats)) {
		s := stats[id]
		if a.b[len(a.b)-1] != '{' {
			a.b = append(a.b, ',')
		}
		a.quote(id)
		a.b = append(a.b, ':', '{')
		a.strOpt("label", s.Label)
		if s.Value != nil {
			a.other("value", *s.Value)
		}
		a.strOpt("text", s.Text)
		a.b = append(a.b, '}')
	}
	a.b = append(a.b, '}')
}

// body appends the body of a facet.
func (a *appender) body(f *catalog.Body) {
	a.b = append(a.b, '{')
	a.strOpt("kind", string(f.Kind))
	a.strOpt("name", f.Name)
	a.relation(f.Relation)
	a.strOpt("materialized", f.Materialized)
	a.strOpt("description", f.Description)
	a.keptOpt(f.Kept)
	a.strsOpt("owners", f.Owners)
	a.strsOpt("tags", f.Tags)
	a.rawOpt("meta", f.Meta)
	a.rawOpt("config", f.Config)
	if len(f.Columns) > 0 {
		a.name("columns")
		a.b = append(a.b, '[')
		for i := range f.Columns {
			if i > 0 {
				a.b = append(a.b, ',')
			}
			a.bodyColumn(&f.Columns[i])
		}
		a.b = append(a.b, ']')
	}
	a.stampOpt("listed", f.Listed)
	a.dbtOpt(f.DBT)
	a.codeOpt(f.Code)
	if len(f.Compiled) > 0 {
		a.other("compiled", f.Compiled)
	}
	a.rawOpt("extra", f.Extra)
	a.statsOpt(f.Stats)
	if len(f.Edits) > 0 {
		a.other("edits", f.Edits)
	}
	a.b = append(a.b, '}')
}

func (a *appender) bodyColumn(c *catalog.BodyColumn) {
	a.b = append(a.b, '{')
	a.str("name", c.Name)
	a.number("ordinal", int64(c.Ordinal))
	a.strOpt("type", c.NativeType)
	a.strOpt("base", c.BaseType)
	if c.Nullable != nil {
		a.boolean("nullable", *c.Nullable)
	}
	a.strOpt("description", c.Description)
	a.keptOpt(c.Kept)
	a.strsOpt("tags", c.Tags)
	a.rawOpt("meta", c.Meta)
	a.boolean("quote", c.Quote)
	if len(c.Constraints) > 0 {
		a.other("constraints", c.Constraints)
	}
	if !c.Absent.IsZero() {
		a.text("absent", c.Absent)
	}
	a.stampOpt("last", c.Last)
	a.b = append(a.b, '}')
}

// asset appends an asset.
func (a *appender) asset(x *catalog.Asset) {
	a.b = append(a.b, '{')
	a.str("kind", string(x.Kind))
	a.str("name", x.Name)
	a.number("project", int64(x.Project))
	a.relation(x.Relation)
	a.strOpt("relation_key", x.RelationKey)
	a.description(&x.Description)
	a.strsOpt("owners", x.Owners)
	a.strsOpt("tags", x.Tags)
	a.strOpt("materialized", x.Materialized)
	a.rawOpt("meta", x.Meta)
	a.rawOpt("config", x.Config)
	a.dbtOpt(x.DBT)
	a.codeOpt(x.Code)
	a.rawOpt("extra", x.Extra)
	a.statsOpt(x.Stats)
	a.boolean("present", x.Present)
	if !x.RemovedBy.IsZero() {
		a.text("removed_by", x.RemovedBy)
	}
	if len(x.Nodes) > 0 {
		a.name("nodes")
		a.b = append(a.b, '[')
		for i, n := range x.Nodes {
			if i > 0 {
				a.b = append(a.b, ',')
			}
			a.b = append(a.b, '{')
			a.number("project", int64(n.Project))
			a.str("unique_id", n.UniqueID)
			a.b = append(a.b, '}')
		}
		a.b = append(a.b, ']')
	}
	if len(x.Others) > 0 {
		a.other("others", x.Others)
	}
	a.boolean("listed", x.Listed)
	a.number("column_count", int64(x.ColumnCount))
	a.b = append(a.b, '}')
}

func (a *appender) description(t *catalog.Text) {
	if t.Value == "" && t.Origin == "" && t.Cause.IsZero() && t.Since.IsZero() && t.By.IsZero() && t.Own == nil && t.Hidden == nil {
		return
	}
	a.name("description")
	a.b = append(a.b, '{')
	a.strOpt("value", t.Value)
	a.strOpt("origin", string(t.Origin))
	a.byOpt(t.By)
	if !t.Cause.IsZero() {
		a.text("import", t.Cause)
	}
	if !t.Since.IsZero() {
		a.text("since", t.Since)
	}
	if t.Own != nil {
		a.strOpt("own", *t.Own)
	}
	a.hiddenOpt(t.Hidden)
	a.b = append(a.b, '}')
}

func (a *appender) byOpt(by catalog.Actor) {
	if !by.IsZero() {
		a.other("by", by)
	}
}

func (a *appender) hiddenOpt(texts []catalog.HiddenText) {
	if len(texts) == 0 {
		return
	}
	a.name("hidden")
	a.b = append(a.b, '[')
	for i := range texts {
		if i > 0 {
			a.b = append(a.b, ',')
		}
		a.b = append(a.b, '{')
		a.str("origin", string(texts[i].Origin))
		a.byOpt(texts[i].By)
		a.str("value", texts[i].Value)
		a.b = append(a.b, '}')
	}
	a.b = append(a.b, ']')
}

// edit appends the value of an edit.
func (a *appender) edit(e *editBody) {
	a.b = append(a.b, '{')
	a.strOpt("text", e.Text)
	a.strsOpt("add", e.Add)
	a.strsOpt("remove", e.Remove)
	a.b = append(a.b, '}')
}

// columns appends the columns of an asset.
func (a *appender) columns(list []catalog.Column) {
	a.b = append(a.b, '[')
	for i := range list {
		if i > 0 {
			a.b = append(a.b, ',')
		}
		a.column(&list[i])
	}
	a.b = append(a.b, ']')
}

func (a *appender) column(c *catalog.Column) {
	a.b = append(a.b, '{')
	a.str("name", c.Name)
	a.number("ordinal", int64(c.Ordinal))
	if c.Type != (catalog.Type{}) {
		a.name("type")
		a.b = append(a.b, '{')
		a.strOpt("native", c.Type.Native)
		a.strOpt("canonical", c.Type.Canonical)
		a.number("length", int64(c.Type.Length))
		a.number("precision", int64(c.Type.Precision))
		a.number("scale", int64(c.Type.Scale))
		a.b = append(a.b, '}')
	}
	if c.Nullable != nil {
		a.boolean("nullable", *c.Nullable)
	}
	a.description(&c.Description)
	a.strsOpt("tags", c.Tags)
	a.rawOpt("meta", c.Meta)
	if len(c.Constraints) > 0 {
		a.other("constraints", c.Constraints)
	}
	a.boolean("present", c.Present)
	a.boolean("documented_only", c.DocumentedOnly)
	a.strOpt("origin", string(c.Origin))
	a.b = append(a.b, '}')
}

// appended writes v by hand where it is one of the frequent bodies; false if it
// is not.
func (a *appender) appended(v any) bool {
	switch v := v.(type) {
	case *catalog.Body:
		a.body(v)
	case *catalog.Asset:
		a.asset(v)
	case []catalog.Column:
		a.columns(v)
	case *editBody:
		a.edit(v)
	default:
		return false
	}
	return true
}
