package adopt

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// datahubReader reads DataHub's metadata files, as its file sink writes them: change proposals (an aspect of an entity
// each) and the older change events (a snapshot of an entity each); and the entities of its OpenAPI, version 3.
type datahubReader struct {
	export *Export
	limits Limits
	names  map[string]string // of people, groups, tags and terms, by urn
}

// datahubRecord is a record in any of the three forms.
type datahubRecord struct {
	ProposedSnapshot map[string]struct {
		URN     text                         `json:"urn"`
		Aspects []map[string]json.RawMessage `json:"aspects"`
	} `json:"proposedSnapshot"`

	EntityURN  text            `json:"entityUrn"`
	ChangeType text            `json:"changeType"`
	AspectName text            `json:"aspectName"`
	Aspect     json.RawMessage `json:"aspect"`

	URN text `json:"urn"`
}

// datahubPart is an aspect of a dataset; without value it is deleted.
type datahubPart struct {
	Aspect string
	Value  json.RawMessage `json:",omitempty"`
	Patch  bool            `json:",omitempty"`
}

func (d *datahubReader) read(ctx context.Context, r io.Reader) error {
	return records(ctx, r, d.limits, func(record jsontext.Value) error {
		d.export.counts.Records++
		var rec datahubRecord
		if err := json.Unmarshal(record, &rec); err != nil {
			d.export.unreadable(fmt.Errorf("record %d: %w", d.export.counts.Records, err))
			return nil
		}
		switch {
		case len(rec.EntityURN) > longestName || len(rec.URN) > longestName:
			d.export.unreadable(fmt.Errorf("record %d: its urn is too long", d.export.counts.Records))
			return nil
		case len(rec.ProposedSnapshot) > 0:
			return d.snapshots(&rec)
		case rec.EntityURN != "" && rec.AspectName != "":
			return d.proposal(&rec)
		case rec.URN != "":
			return d.entity(string(rec.URN), record)
		}
		d.export.unreadable(fmt.Errorf("record %d: neither a change proposal, a change event nor an entity", d.export.counts.Records))
		return nil
	})
}

func (d *datahubReader) snapshots(rec *datahubRecord) error {
	for _, snapshot := range rec.ProposedSnapshot {
		if len(snapshot.URN) > longestName {
			d.export.unreadable(fmt.Errorf("record %d: its urn is too long", d.export.counts.Records))
			continue
		}
		for _, aspects := range snapshot.Aspects {
			for name, value := range aspects {
				if err := d.aspect(string(snapshot.URN), aspectName(name), value); err != nil {
					return err
				}
			}
		}
		d.countOther(string(snapshot.URN))
	}
	return nil
}

// aspectName returns the name of an aspect by its class: com.linkedin.pegasus2avro.common.GlobalTags is globalTags.
func aspectName(class string) string {
	name := class[strings.LastIndexByte(class, '.')+1:]
	if name == "" {
		return ""
	}
	return strings.ToLower(name[:1]) + name[1:]
}

// proposal takes a change proposal, whose aspect is JSON or a text of JSON.
func (d *datahubReader) proposal(rec *datahubRecord) error {
	urn, name := string(rec.EntityURN), string(rec.AspectName)
	d.countOther(urn)
	var aspect struct {
		JSON  json.RawMessage `json:"json"`
		Value text            `json:"value"`
	}
	switch rec.ChangeType {
	case "DELETE":
		return d.part(urn, datahubPart{Aspect: name})
	case "PATCH":
		return d.part(urn, datahubPart{Aspect: name, Patch: true})
	}
	if err := json.Unmarshal(rec.Aspect, &aspect); err != nil {
		d.export.unreadable(fmt.Errorf("record %d: aspect: %w", d.export.counts.Records, err))
		return nil
	}
	value := aspect.JSON
	if value == nil {
		value = json.RawMessage(aspect.Value)
	}
	if !json.Valid(value) {
		d.export.unreadable(fmt.Errorf("record %d: aspect %.100q is not JSON", d.export.counts.Records, name))
		return nil
	}
	return d.aspect(urn, name, value)
}

// entity takes an entity of the OpenAPI, whose aspects are members with a value.
func (d *datahubReader) entity(urn string, record jsontext.Value) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(record, &members); err != nil {
		d.export.unreadable(fmt.Errorf("record %d: %w", d.export.counts.Records, err))
		return nil
	}
	d.countOther(urn)
	for name, member := range members {
		var aspect struct {
			Value json.RawMessage `json:"value"`
		}
		if len(member) > 0 && member[0] == '{' && json.Unmarshal(member, &aspect) == nil && len(aspect.Value) > 0 {
			if err := d.aspect(urn, name, aspect.Value); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *datahubReader) countOther(urn string) {
	if kind, _ := urnKind(urn); kind != "dataset" {
		d.export.other(kind)
	}
}

// urnKind cuts a urn such as urn:li:tag:pii.
func urnKind(urn string) (kind, id string) {
	rest, ok := strings.CutPrefix(urn, "urn:li:")
	if !ok {
		return "unknown", urn
	}
	kind, id, _ = strings.Cut(rest, ":")
	return kind, id
}

// wanted are the aspects of datasets that are carried over, or needed for it.
var wanted = map[string]bool{
	"datasetProperties": true, "editableDatasetProperties": true, "ownership": true, "globalTags": true, "glossaryTerms": true,
	"schemaMetadata": true, "editableSchemaMetadata": true, "status": true, "dataPlatformInstance": true,
}

func (d *datahubReader) aspect(urn, name string, value json.RawMessage) error {
	if kind, _ := urnKind(urn); kind != "dataset" {
		return d.label(urn, name, value)
	}
	return d.part(urn, datahubPart{Aspect: name, Value: value})
}

func (d *datahubReader) part(urn string, p datahubPart) error {
	if kind, _ := urnKind(urn); kind != "dataset" || !wanted[p.Aspect] {
		return nil
	}
	if bytes.Equal(bytes.TrimSpace(p.Value), []byte("null")) {
		return nil
	}
	return d.export.spool.add(urn, p)
}

// label keeps the name of a person, group, tag or term, whose urn may be an id without meaning. One that was edited
// comes before the one that was ingested.
func (d *datahubReader) label(urn, name string, value json.RawMessage) error {
	switch name {
	case "corpUserInfo", "corpUserEditableInfo", "corpGroupInfo", "tagProperties", "glossaryTermInfo":
	default:
		return nil
	}
	var info struct {
		Name        text `json:"name"`
		DisplayName text `json:"displayName"`
		Email       text `json:"email"`
	}
	if err := json.Unmarshal(value, &info); err != nil {
		return nil //nolint:nilerr // the id is used
	}
	label := string(info.Name)
	if strings.HasPrefix(name, "corp") {
		label = string(info.DisplayName)
	}
	if label == "" || len(label) > 1000 || name == "corpUserInfo" && d.names[urn] != "" {
		return nil
	}
	if len(d.names) >= d.limits.Labels {
		return fmt.Errorf("more than %d people, tags and terms", d.limits.Labels)
	}
	d.names[urn] = label
	return nil
}

// errNameless is the error of a label whose urn is an id that DataHub made up, and whose name the files do not have.
var errNameless = errors.New("its name is not in the files, only its id")

// nameOf returns the label of a urn.
func (d *datahubReader) nameOf(urn string) (string, error) {
	if name := d.names[urn]; name != "" {
		return name, nil
	}
	_, id := urnKind(urn)
	if isGUID(id) {
		return id, errNameless
	}
	return id, nil
}

func isGUID(id string) bool {
	hex := strings.ReplaceAll(id, "-", "")
	return len(hex) == 32 && strings.Trim(strings.ToLower(hex), "0123456789abcdef") == ""
}

// labels are the tags or terms of an aspect.
type labels struct {
	Tags []struct {
		Tag text `json:"tag"`
	} `json:"tags"`
	Terms []struct {
		URN text `json:"urn"`
	} `json:"terms"`
}

type datahubField struct {
	FieldPath     text    `json:"fieldPath"`
	Description   text    `json:"description"`
	GlobalTags    *labels `json:"globalTags"`
	GlossaryTerms *labels `json:"glossaryTerms"`
}

// datahubDataset collects the aspects of a dataset; of each the last one of the files counts.
type datahubDataset struct {
	DatasetProperties, EditableDatasetProperties struct {
		Description      text            `json:"description"`
		CustomProperties json.RawMessage `json:"customProperties"`
	}
	Ownership struct {
		Owners []struct {
			Owner text `json:"owner"`
		} `json:"owners"`
	}
	GlobalTags, GlossaryTerms labels
	SchemaMetadata            struct {
		Fields []datahubField `json:"fields"`
	}
	EditableSchemaMetadata struct {
		Fields []datahubField `json:"editableSchemaFieldInfo"`
	}
	Status struct {
		Removed bool `json:"removed"`
	}
	DataPlatformInstance struct {
		Instance text `json:"instance"`
	}
}

func (d *datahubReader) asset(urn string) (Asset, bool, error) {
	last := map[string]json.RawMessage{}
	a := Asset{Name: datasetName(urn)}
	err := d.export.spool.each(urn, func(b []byte) error {
		var p datahubPart
		if err := json.Unmarshal(b, &p); err != nil {
			return fmt.Errorf("part of %s: %w", urn, err)
		}
		switch {
		case p.Patch:
			skip := Skip{Property: p.Aspect, Reason: "it is a patch, not the whole aspect"}
			if !slices.Contains(a.Skipped, skip) {
				a.Skipped = append(a.Skipped, skip)
			}
		case p.Value == nil:
			delete(last, p.Aspect)
		default:
			last[p.Aspect] = p.Value
		}
		return nil
	})
	if err != nil {
		return a, false, err
	}
	var set datahubDataset
	for name, to := range map[string]any{
		"datasetProperties": &set.DatasetProperties, "editableDatasetProperties": &set.EditableDatasetProperties, "ownership": &set.Ownership,
		"globalTags": &set.GlobalTags, "glossaryTerms": &set.GlossaryTerms, "schemaMetadata": &set.SchemaMetadata,
		"editableSchemaMetadata": &set.EditableSchemaMetadata, "status": &set.Status, "dataPlatformInstance": &set.DataPlatformInstance,
	} {
		if value := last[name]; value != nil {
			if err := json.Unmarshal(value, to); err != nil {
				a.Skipped = append(a.Skipped, Skip{Property: name, Reason: fmt.Sprintf("it cannot be read completely: %v", err)})
			}
		}
	}
	slices.SortFunc(a.Skipped, func(x, y Skip) int { return strings.Compare(x.Property, y.Property) })
	d.fill(&a, &set)
	return a, true, nil
}

func (d *datahubReader) fill(a *Asset, set *datahubDataset) {
	a.Removed = set.Status.Removed
	a.Relation = relationOfDataset(a.Name, string(set.DataPlatformInstance.Instance))
	var custom struct {
		UniqueID text `json:"dbt_unique_id"`
	}
	if json.Unmarshal(set.DatasetProperties.CustomProperties, &custom) == nil {
		a.UniqueID = string(custom.UniqueID)
	}
	if a.Description = string(set.EditableDatasetProperties.Description); a.Description == "" {
		a.Description = string(set.DatasetProperties.Description)
	}
	for _, o := range set.Ownership.Owners {
		d.addLabel(a, "", "owners", &a.Owners, string(o.Owner))
	}
	d.addLabels(a, "", &a.Labeled, &set.GlobalTags)
	d.addLabels(a, "", &a.Labeled, &set.GlossaryTerms)
	at := map[string]int{}
	for _, f := range set.SchemaMetadata.Fields {
		d.addField(a, at, &f)
	}
	for _, f := range set.EditableSchemaMetadata.Fields {
		d.addField(a, at, &f) // people's texts come before those of the warehouse
	}
}

func (d *datahubReader) addField(a *Asset, at map[string]int, f *datahubField) {
	name := columnOfPath(string(f.FieldPath))
	if name == "" {
		return
	}
	i, found := at[name]
	if !found {
		i = len(a.Columns)
		at[name] = i
		a.Columns = append(a.Columns, Column{Name: name})
	}
	c := &a.Columns[i]
	if strings.TrimSpace(string(f.Description)) != "" {
		c.Description = string(f.Description)
	}
	d.addLabels(a, name, &c.Labeled, f.GlobalTags)
	d.addLabels(a, name, &c.Labeled, f.GlossaryTerms)
}

func (d *datahubReader) addLabels(a *Asset, column string, to *Labeled, from *labels) {
	if from == nil {
		return
	}
	for _, t := range from.Tags {
		d.addLabel(a, column, "tags", &to.Tags, string(t.Tag))
	}
	for _, t := range from.Terms {
		d.addLabel(a, column, "terms", &to.Terms, string(t.URN))
	}
}

func (d *datahubReader) addLabel(a *Asset, column, property string, to *[]string, urn string) {
	name, err := d.nameOf(urn)
	if err != nil {
		a.Skipped = append(a.Skipped, Skip{column, property, name, err.Error()})
		return
	}
	*to = append(*to, name)
}

// columnOfPath returns the name of a column by DataHub's path of a field: [version=2.0].[type=struct].a.[type=int].b is
// a.b.
func columnOfPath(path string) string {
	if !strings.HasPrefix(path, "[version=") {
		return path
	}
	var names []string
	for rest := path; rest != ""; {
		if rest[0] == '[' {
			end := strings.IndexByte(rest, ']')
			if end < 0 {
				return ""
			}
			rest = strings.TrimPrefix(rest[end+1:], ".")
			continue
		}
		name, tail, _ := strings.Cut(rest, ".")
		names, rest = append(names, name), tail
	}
	return strings.Join(names, ".")
}

// datasetName returns the name in urn:li:dataset:(urn:li:dataPlatform:postgres,shop.marts.orders,PROD).
func datasetName(urn string) string {
	_, id := urnKind(urn)
	id = strings.TrimSuffix(strings.TrimPrefix(id, "("), ")")
	_, rest, ok := strings.Cut(id, ",")
	if end := strings.LastIndexByte(rest, ','); ok && end >= 0 {
		return rest[:end]
	}
	return id
}

// relationOfDataset returns the address that the name of a dataset is; the instance of the platform may precede it.
func relationOfDataset(name, instance string) []string {
	if _, id := urnKind(instance); id != "" {
		id = strings.TrimSuffix(id, ")")
		if at := strings.LastIndexByte(id, ','); at >= 0 {
			name = strings.TrimPrefix(name, id[at+1:]+".")
		}
	}
	return strings.Split(name, ".")
}
