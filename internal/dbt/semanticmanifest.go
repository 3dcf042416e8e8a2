package dbt

import (
	"context"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// SemanticContents is what a semantic manifest names. All that it reports of these is in the manifest, too.
type SemanticContents struct {
	SemanticModels []string
	Metrics        []string
	SavedQueries   []string
	// TimeSpine is the model that is the time spine by its name alone, as before dbt 1.9; nil without.
	TimeSpine *LegacyTimeSpine
}

// LegacyTimeSpine is a model that dbt takes as the time spine by its name.
type LegacyTimeSpine struct {
	Relation string // as dbt writes it
	Column   string
	Grain    string
}

// ReadSemanticManifest reads a semantic manifest from r.
func ReadSemanticManifest(ctx context.Context, r io.Reader, limits Limits) (SemanticContents, []Issue, error) {
	s, err := newSplitter(r, SemanticManifest, limits)
	if err != nil {
		return SemanticContents{}, nil, err
	}
	m := &semanticReader{shapeReader: shapeReader{splitter: s}}
	if err := s.walk(ctx, func(section string, kind jsontext.Kind) error { return m.section(ctx, section, kind) }); err != nil {
		return SemanticContents{}, nil, err
	}
	switch found := m.kind(); {
	case found == "" && (s.seen["metrics"] || s.seen["project_configuration"]):
	case found == "":
		return SemanticContents{}, nil, s.located(&Error{
			Code: CodeKindUnknown, Offset: -1, Expected: string(SemanticManifest),
			Detail: "this is not a semantic manifest", Remedy: "send the semantic_manifest.json from dbt's target folder",
		})
	case found != SemanticManifest:
		return SemanticContents{}, nil, s.located(kindMismatch(SemanticManifest, found))
	}
	return m.contents, s.issues.all(), nil
}

type semanticReader struct {
	shapeReader
	contents SemanticContents
}

func (m *semanticReader) section(ctx context.Context, section string, kind jsontext.Kind) error {
	names := map[string]*[]string{
		"semantic_models": &m.contents.SemanticModels, "metrics": &m.contents.Metrics, "saved_queries": &m.contents.SavedQueries,
	}[section]
	switch {
	case names != nil && kind == jsontext.KindBeginArray:
		*names = nil // a section that comes again replaces what came before
		return m.elements(ctx, func(_ int, raw value) error {
			if err := m.count(); err != nil {
				return err
			}
			if name := raw.get("name").str(); name != "" {
				*names = append(*names, name)
			}
			return nil
		})
	case section == "project_configuration":
		v, err := m.value()
		if err == nil {
			m.contents.TimeSpine = legacyTimeSpine(v)
		}
		return err
	}
	return m.shapeReader.section(ctx, section, kind)
}

// legacyTimeSpine reads the first of the configurations. dbt writes one at most.
func legacyTimeSpine(v value) *LegacyTimeSpine {
	for one := range v.get("time_spine_table_configurations").elements {
		return &LegacyTimeSpine{Relation: one.get("location").str(), Column: one.get("column_name").str(), Grain: one.get("grain").str()}
	}
	return nil
}
