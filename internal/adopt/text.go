package adopt

import (
	"encoding/json"
	"strings"
)

// text is a JSON string. Avro writes an optional one as {"string": …}. Anything else is as good as absent: one odd
// value must not cost the rest of its record.
type text string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	switch {
	case len(b) == 0:
	case b[0] == '"':
		return json.Unmarshal(b, (*string)(t))
	case b[0] == '{':
		var union struct {
			String json.RawMessage `json:"string"`
		}
		if err := json.Unmarshal(b, &union); err == nil && len(union.String) > 0 && union.String[0] == '"' {
			return json.Unmarshal(union.String, (*string)(t))
		}
	}
	return nil
}

// splitName takes a name apart at its dots. Parts in double quotes may have dots themselves; a quote inside is doubled
// or escaped.
func splitName(name string) []string {
	var out []string
	var part strings.Builder
	quoted := false
	for i := 0; i < len(name); i++ {
		switch c := name[i]; {
		case quoted && (c == '"' || c == '\\') && i+1 < len(name) && name[i+1] == '"':
			part.WriteByte('"')
			i++
		case c == '"' && (quoted || part.Len() == 0):
			quoted = !quoted
		case c == '.' && !quoted:
			out = append(out, part.String())
			part.Reset()
		default:
			part.WriteByte(c)
		}
	}
	return append(out, part.String())
}
