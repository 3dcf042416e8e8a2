package dialect

// generators are functions in FROM whose output columns are the same wherever
// they exist.
var generators = map[string][]string{
	"json_each":                 {"key", "value"},
	"jsonb_each":                {"key", "value"},
	"json_each_text":            {"key", "value"},
	"jsonb_each_text":           {"key", "value"},
	"json_array_elements":       {"value"},
	"jsonb_array_elements":      {"value"},
	"string_split":              {"value", "ordinal"},
	"regexp_split_to_table":     {"regexp_split_to_table"},
	"string_to_table":           {"string_to_table"},
	"each":                      {"key", "value"},
	"posexplode":                {"pos", "col"},
	"posexplode_outer":          {"pos", "col"},
	"stack":                     {"col0"},
	"json_array_elements_text":  {"value"},
	"jsonb_array_elements_text": {"value"},
}

var generatorsSnowflake = map[string][]string{
	"flatten":               {"SEQ", "KEY", "PATH", "INDEX", "VALUE", "THIS"},
	"split_to_table":        {"SEQ", "INDEX", "VALUE"},
	"strtok_split_to_table": {"SEQ", "INDEX", "VALUE"},
}

var generatorsSpark = map[string][]string{
	"explode":       {"col"},
	"explode_outer": {"col"},
	"range":         {"id"},
}

var generatorsTSQL = map[string][]string{
	"openjson":        {"key", "value", "type"},
	"string_split":    {"value", "ordinal"},
	"generate_series": {"value"},
}

var generatorsDuckDB = map[string][]string{
	"range":           {"range"},
	"generate_series": {"generate_series"},
	"unnest":          {"unnest"},
	"json_each":       {"key", "value", "type", "atom", "id", "parent", "fullkey", "path"},
	"json_tree":       {"key", "value", "type", "atom", "id", "parent", "fullkey", "path"},
}
