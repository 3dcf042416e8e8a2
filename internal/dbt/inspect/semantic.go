package inspect

import "github.com/thalweg-data/thalweg/internal/dbt"

// SemanticStats are the counts of a semantic manifest.
type SemanticStats struct {
	Kind           dbt.Kind `json:"kind"`
	Bytes          int64    `json:"bytes"` // unpacked
	SemanticModels int      `json:"semantic_models"`
	Metrics        int      `json:"metrics"`
	SavedQueries   int      `json:"saved_queries"`
	Measures       int      `json:"measures"`
	Dimensions     int      `json:"dimensions"`
	Entities       int      `json:"entities"`
	Oddities       Counts   `json:"oddities,omitempty"`
}

// semanticTally tallies a semantic manifest.
type semanticTally struct{ st SemanticStats }

func (t *semanticTally) begin(section string) {
	switch section {
	case "semantic_models":
		t.st.SemanticModels, t.st.Measures, t.st.Dimensions, t.st.Entities = 0, 0, 0, 0
	case "metrics":
		t.st.Metrics = 0
	case "saved_queries":
		t.st.SavedQueries = 0
	}
}

func (t *semanticTally) element(section string, v dbt.Value) {
	switch section {
	case "semantic_models":
		t.st.SemanticModels++
		t.st.Measures += length(v.Get("measures"))
		t.st.Dimensions += length(v.Get("dimensions"))
		t.st.Entities += length(v.Get("entities"))
	case "metrics":
		t.st.Metrics++
	case "saved_queries":
		t.st.SavedQueries++
	}
}

func (t *semanticTally) stats(bytes int64) *SemanticStats {
	st := t.st
	st.Kind, st.Bytes = dbt.SemanticManifest, bytes
	return &st
}
