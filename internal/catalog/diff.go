package catalog

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// AssetHash hashes an asset's record: everything that is stored of it except the
// columns, Others, and provenance that changes while the value does not (the import
// that brought a text or compiled code again, or withdrew the asset).
// Equal hashes mean that DiffAsset finds nothing.
func AssetHash(a Asset) Hash { return hashed(func(d *digest) { d.asset(&a) }) }

// ColumnsHash hashes the columns of an asset, in their order, without the
// imports that brought their texts.
func ColumnsHash(columns []Column) Hash {
	return hashed(func(d *digest) {
		for i := range columns {
			d.column(&columns[i])
		}
	})
}

// DiffAsset returns how an asset and its columns changed: first the asset as a
// whole (created, removed, restored), then its fields, then column by column in the
// new order, removed ones at the end. Before is nil for a new asset, after for one
// that is gone altogether; such a change has no fields. An asset that is new and not
// present was created and removed. Code is reported as
// "changed", without the text. Version, Cause, Actor and At are left to the caller.
func DiffAsset(before, after *Asset, columnsBefore, columnsAfter []Column) []Change {
	switch {
	case before == nil && after == nil:
		return nil
	case before == nil:
		d := differ{asset: after.ID}
		d.add(Created, "", "", "")
		d.presence(true, after.Present) // false if only a report older than the newest one had it
		return d.changes
	case after == nil:
		return []Change{{Asset: before.ID, Kind: Removed}}
	}
	d := differ{asset: after.ID}
	d.presence(before.Present, after.Present)
	d.assetFields(before, after)
	d.columns(after.Relation.Platform, columnsBefore, columnsAfter)
	return d.changes
}

// differ gathers the changes of one asset, or of the column it is at.
type differ struct {
	asset   AssetID
	column  string
	changes []Change
}

func (d *differ) add(kind ChangeKind, field, before, after string) {
	d.changes = append(d.changes, Change{
		Asset: d.asset, Column: d.column, Kind: kind, Field: field, Old: before, New: after,
	})
}

func (d *differ) presence(before, after bool) {
	switch {
	case before && !after:
		d.add(Removed, "", "", "")
	case !before && after:
		d.add(Restored, "", "", "")
	}
}

func (d *differ) text(field, before, after string) {
	if before != after {
		d.add(Updated, field, before, after)
	}
}

func (d *differ) flag(field string, before, after bool) {
	if before != after {
		d.add(Updated, field, strconv.FormatBool(before), strconv.FormatBool(after))
	}
}

func (d *differ) set(field string, before, after []string) {
	if !slices.Equal(before, after) {
		d.add(Updated, field, strings.Join(before, ", "), strings.Join(after, ", "))
	}
}

// value compares and shows anything as JSON.
func (d *differ) value(field string, before, after any) {
	d.text(field, jsonText(before), jsonText(after))
}

// opaque reports that something changed, without the values.
func (d *differ) opaque(field string, same bool) {
	if !same {
		d.add(Updated, field, "", "changed")
	}
}

func jsonText(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if s := string(b); s != "null" {
		return s
	}
	return ""
}

// effective compares a text: its value, where it comes from, and what is hidden.
func (d *differ) effective(field string, before, after Text) {
	d.text(field, before.Value, after.Value)
	d.text(field+"_source", sourceOf(before), sourceOf(after))
	d.text(field+"_own", stringOf(before.Own), stringOf(after.Own))
	d.opaque(field+"_hidden", slices.Equal(before.Hidden, after.Hidden))
}

// sourceOf is "dbt:shop", "user ana" or "dbt:shop, no longer since IMP-9".
func sourceOf(t Text) string {
	s := string(t.Origin)
	if t.By.Name != "" {
		s += " " + t.By.Name
	}
	if !t.Since.IsZero() {
		s += ", no longer since " + t.Since.Label()
	}
	return s
}

func stringOf(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func (d *differ) assetFields(before, after *Asset) {
	d.text("kind", string(before.Kind), string(after.Kind))
	d.text("name", before.Name, after.Name)
	if before.Relation != after.Relation || before.RelationKey != after.RelationKey {
		d.add(Updated, "relation", before.Relation.Display(), after.Relation.Display())
	}
	d.effective("description", before.Description, after.Description)
	d.set("owners", before.Owners, after.Owners)
	d.set("tags", before.Tags, after.Tags)
	d.text("materialized", before.Materialized, after.Materialized)
	d.text("meta", string(before.Meta), string(after.Meta))
	d.text("config", string(before.Config), string(after.Config))
	d.text("extra", string(before.Extra), string(after.Extra))
	d.dbtFields(orZero(before.DBT), orZero(after.DBT))
	d.codeFields(orZero(before.Code), orZero(after.Code))
	d.opaque("stats", jsonText(before.Stats) == jsonText(after.Stats))
	if before.Project != after.Project || !slices.Equal(before.Nodes, after.Nodes) {
		d.add(Updated, "nodes", nodeIDs(before.Nodes), nodeIDs(after.Nodes))
	}
	if d.changes == nil && AssetHash(*before) != AssetHash(*after) {
		d.opaque("dbt", false) // it became, or ceased to be, a dbt node without any field
	}
}

func (d *differ) dbtFields(before, after DBT) {
	d.text("unique_id", before.UniqueID, after.UniqueID)
	d.text("resource_type", before.ResourceType, after.ResourceType)
	d.text("package_name", before.PackageName, after.PackageName)
	d.text("path", before.Path, after.Path)
	d.text("original_file_path", before.OriginalFilePath, after.OriginalFilePath)
	d.text("patch_path", before.PatchPath, after.PatchPath)
	d.text("alias", before.Alias, after.Alias)
	d.text("fqn", strings.Join(before.FQN, "."), strings.Join(after.FQN, "."))
	d.text("source_name", before.SourceName, after.SourceName)
	d.text("loader", before.Loader, after.Loader)
	d.text("access", before.Access, after.Access)
	d.text("group", before.Group, after.Group)
	d.text("version", before.Version, after.Version)
	d.text("latest_version", before.LatestVersion, after.LatestVersion)
	d.text("deprecation_date", before.DeprecationDate, after.DeprecationDate)
	d.flag("contract", before.Contract, after.Contract)
	d.text("language", before.Language, after.Language)
	d.flag("hidden", before.Hidden, after.Hidden)
	d.value("constraints", before.Constraints, after.Constraints)
	d.text("freshness", string(before.Freshness), string(after.Freshness))
	d.text("loaded_at_field", before.LoadedAtField, after.LoadedAtField)
	d.text("deferred", before.Deferred, after.Deferred)
	d.flag("external", before.External, after.External)
	d.set("macros", before.Macros, after.Macros)
	d.value("doc_blocks", before.DocBlocks, after.DocBlocks)
}

// codeFields compares the raw code, by text where that is known, else by dbt's
// checksum, and the compiled code.
func (d *differ) codeFields(before, after Code) {
	d.opaque("code", before.Raw == after.Raw && before.Checksum == after.Checksum && before.Language == after.Language)
	d.opaque("compiled_code", before.Compiled == after.Compiled)
}

func nodeIDs(nodes []NodeRef) string {
	ids := make([]string, len(nodes))
	for i, n := range nodes {
		ids[i] = n.UniqueID
	}
	return strings.Join(ids, ", ")
}

func orZero[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// columns pairs columns by name, else by the only name that differs by case.
// The position is not a field: one column more in front changes no other.
func (d *differ) columns(platform string, before, after []Column) {
	pairs := pairColumns(platform, before, after)
	for i := range after {
		b, c := pairs.before[i], &after[i]
		d.column = c.Name
		if b == nil {
			d.add(Created, "", "", "")
			continue
		}
		d.presence(b.Present, c.Present)
		d.columnFields(b, c)
	}
	for _, c := range pairs.gone {
		if d.column = c.Name; c.Present {
			d.add(Removed, "", "", "")
		}
	}
}

func (d *differ) columnFields(before, after *Column) {
	d.text("name", before.Name, after.Name)
	if before.Type != after.Type {
		d.add(Updated, "type", before.Type.Native, after.Type.Native)
	}
	d.value("nullable", before.Nullable, after.Nullable)
	d.effective("description", before.Description, after.Description)
	d.set("tags", before.Tags, after.Tags)
	d.text("meta", string(before.Meta), string(after.Meta))
	d.value("constraints", before.Constraints, after.Constraints)
	d.flag("documented_only", before.DocumentedOnly, after.DocumentedOnly)
	d.text("origin", string(before.Origin), string(after.Origin))
}

// columnPairs has for each new column the old one, and the old ones that are left.
type columnPairs struct {
	before []*Column
	gone   []*Column
}

func pairColumns(platform string, before, after []Column) columnPairs {
	p := columnPairs{before: make([]*Column, len(after))}
	if len(before) == 0 {
		return p
	}
	byName := make(map[string]*Column, len(before))
	for i := range before {
		byName[before[i].Name] = &before[i]
	}
	fresh := map[string][]int{}
	for i := range after {
		if old := byName[after[i].Name]; old != nil {
			p.before[i] = old
			delete(byName, after[i].Name)
			continue
		}
		fold := FoldColumn(platform, after[i].Name)
		fresh[fold] = append(fresh[fold], i)
	}
	left := map[string]int{}
	for name := range byName {
		left[FoldColumn(platform, name)]++
	}
	for i := range before {
		c := &before[i]
		if byName[c.Name] == nil {
			continue
		}
		fold := FoldColumn(platform, c.Name)
		if alike := fresh[fold]; len(alike) == 1 && left[fold] == 1 {
			p.before[alike[0]] = c
			continue
		}
		p.gone = append(p.gone, c)
	}
	return p
}
