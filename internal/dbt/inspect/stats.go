package inspect

import (
	"encoding/json"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/thalweg-data/thalweg/internal/dbt"
)

// Stats are the counts of one artifact. Exactly one of the pointers is set, the one of its kind. As JSON they
// are one flat object under the published names; what the file does not contain is null.
type Stats struct {
	Kind             dbt.Kind
	Manifest         *ManifestStats
	Catalog          *CatalogStats
	RunResults       *RunStats
	Sources          *SourcesStats
	SemanticManifest *SemanticStats
}

// MarshalJSON writes the counts of the kind as one object.
func (s Stats) MarshalJSON() ([]byte, error) {
	switch {
	case s.Manifest != nil:
		return json.Marshal(s.Manifest)
	case s.Catalog != nil:
		return json.Marshal(s.Catalog)
	case s.RunResults != nil:
		return json.Marshal(s.RunResults)
	case s.Sources != nil:
		return json.Marshal(s.Sources)
	case s.SemanticManifest != nil:
		return json.Marshal(s.SemanticManifest)
	}
	return []byte("null"), nil
}

func (s *Stats) setOddities(odd Counts) {
	switch {
	case s.Manifest != nil:
		s.Manifest.Oddities = odd
	case s.Catalog != nil:
		s.Catalog.Oddities = odd
	case s.RunResults != nil:
		s.RunResults.Oddities = odd
	case s.Sources != nil:
		s.Sources.Oddities = odd
	case s.SemanticManifest != nil:
		s.SemanticManifest.Oddities = odd
	}
}

// Origin is the metadata of an artifact, as written.
type Origin struct {
	Kind          dbt.Kind       `json:"kind"`
	SchemaVersion *string        `json:"schema_version"`
	DBTVersion    jsontext.Value `json:"dbt_version"`
	GeneratedAt   jsontext.Value `json:"generated_at"`
	Bytes         int64          `json:"bytes"` // unpacked
}

// Counts are named numbers in an order that means something. As JSON they are an object in that order.
type Counts []Count

// Count is one named number.
type Count struct {
	Name string
	N    int
}

// MarshalJSON writes an object whose members keep their order.
func (c Counts) MarshalJSON() ([]byte, error) {
	out := []byte{'{'}
	for i, n := range c {
		if i > 0 {
			out = append(out, ',')
		}
		out, _ = jsontext.AppendQuote(out, n.Name)
		out = append(append(out, ':'), strconv.Itoa(n.N)...)
	}
	return append(out, '}'), nil
}

func (c *Counts) add(name string, n int) {
	for i := range *c {
		if (*c)[i].Name == name {
			(*c)[i].N += n
			return
		}
	}
	*c = append(*c, Count{name, n})
}

func (c *Counts) set(name string, n int) {
	c.add(name, 0)
	for i := range *c {
		if (*c)[i].Name == name {
			(*c)[i].N = n
		}
	}
}

// tally counts texts and remembers in which order they first appeared.
type tally struct {
	at   map[string]int
	list Counts
}

func (t *tally) add(name string) {
	if t.at == nil {
		t.at = map[string]int{}
	}
	i, ok := t.at[name]
	if !ok {
		i = len(t.list)
		t.at[name] = i
		t.list = append(t.list, Count{Name: name})
	}
	t.list[i].N++
}

// most returns the most frequent texts, at most limit of them (0: all). Of two with the same count the one that was
// seen first comes first.
func (t *tally) most(limit int) Counts {
	list := slices.Clone(t.list)
	slices.SortStableFunc(list, func(a, b Count) int { return b.N - a.N })
	if limit > 0 && len(list) > limit {
		list = list[:limit]
	}
	if list == nil {
		list = Counts{}
	}
	return list
}

// truthy reports whether a value is neither absent nor false, zero or empty.
func truthy(v dbt.Value) bool {
	switch k := v.Kind(); {
	case v.IsAbsent() || k == 'f':
		return false
	case k == '"':
		return len(v) > 2
	case k == '{' || k == '[':
		return !isEmpty(v)
	case v.IsNumber():
		f, _ := v.Float()
		return f != 0
	}
	return true
}

// isEmpty reports whether an object or array has nothing in it.
func isEmpty(v dbt.Value) bool {
	for range v.Members {
		return false
	}
	for range v.Elements {
		return false
	}
	return true
}

// Texts of more than longText characters are published by their first shortText characters.
const (
	longText  = 400
	shortText = 60
)

// brief returns the text of a JSON string as it is published.
func brief(v dbt.Value) string {
	s := v.Text()
	if len(s) <= longText || utf8.RuneCountInString(s) <= longText {
		return s
	}
	return string([]rune(s)[:shortText])
}

// plain writes a value as text in the way the published counts do: null is None.
func plain(v dbt.Value) string {
	switch k := v.Kind(); {
	case v.IsAbsent():
		return "None"
	case k == '"':
		return brief(v)
	case k == 't':
		return "True"
	case k == 'f':
		return "False"
	}
	return string(v)
}

// written keeps a value as it is in the file; nil means null.
func written(v dbt.Value) jsontext.Value {
	if v.IsAbsent() {
		return nil
	}
	if v.Kind() == '"' && len(v) > longText {
		b, _ := jsontext.AppendQuote(nil, brief(v))
		return b
	}
	return v.AppendCompact(nil)
}

// length returns the number of elements of an array and 0 for anything else.
func length(v dbt.Value) int {
	n := 0
	for range v.Elements {
		n++
	}
	return n
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
