package dialect

// generators are functions in FROM whose output columns are the same wherever
// they exist. A column that is called like its function takes the name of the
// function's alias where NameRules.FunctionAliasIsColumn says so.
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
	"generate_series":           {"generate_series"},
}

// generatorsPostgres are the functions of PostgreSQL that are used in FROM and
// give no record: those with OUT parameters by these, the others by their name.
var generatorsPostgres = map[string][]string{
	"generate_subscripts":   {"generate_subscripts"},
	"regexp_matches":        {"regexp_matches"},
	"regexp_match":          {"regexp_match"},
	"json_object_keys":      {"json_object_keys"},
	"jsonb_object_keys":     {"jsonb_object_keys"},
	"jsonb_path_query":      {"jsonb_path_query"},
	"jsonb_path_query_tz":   {"jsonb_path_query_tz"},
	"string_to_array":       {"string_to_array"},
	"regexp_split_to_array": {"regexp_split_to_array"},
	"to_tsquery":            {"to_tsquery"},
	"plainto_tsquery":       {"plainto_tsquery"},
	"phraseto_tsquery":      {"phraseto_tsquery"},
	"websearch_to_tsquery":  {"websearch_to_tsquery"},
	"to_tsvector":           {"to_tsvector"},
	"now":                   {"now"},
	"current_date":          {"current_date"},
	"current_timestamp":     {"current_timestamp"},
	"date_trunc":            {"date_trunc"},
	"coalesce":              {"coalesce"},
	"lower":                 {"lower"},
	"upper":                 {"upper"},
	"length":                {"length"},
	"abs":                   {"abs"},
	"random":                {"random"},
	"version":               {"version"},
	"xpath":                 {"xpath"},
	"ts_stat":               {"word", "ndoc", "nentry"},
	"ts_parse":              {"tokid", "token"},
	"ts_token_type":         {"tokid", "alias", "description"},
	"ts_debug":              {"alias", "description", "token", "dictionaries", "dictionary", "lexemes"},
	"pg_get_keywords":       {"word", "catcode", "barelabel", "catdesc", "baredesc"},
	"pg_ls_dir":             {"pg_ls_dir"},
	"aclexplode":            {"grantor", "grantee", "privilege_type", "is_grantable"},
	"pg_options_to_table":   {"option_name", "option_value"},
	"pg_timezone_names":     {"name", "abbrev", "utc_offset", "is_dst"},
	"pg_timezone_abbrevs":   {"abbrev", "utc_offset", "is_dst"},
}

var generatorsSnowflake = map[string][]string{
	"flatten":               {"SEQ", "KEY", "PATH", "INDEX", "VALUE", "THIS"},
	"split_to_table":        {"SEQ", "INDEX", "VALUE"},
	"strtok_split_to_table": {"SEQ", "INDEX", "VALUE"},
	"getnextval":            {"NEXTVAL"},
	"generator":             {}, // rows without columns
	"external_table_files":  {"FILE_NAME", "REGISTERED_ON", "FILE_SIZE", "LAST_MODIFIED", "ETAG", "MD5"},
	"directory":             {"RELATIVE_PATH", "SIZE", "LAST_MODIFIED", "MD5", "ETAG", "FILE_URL"},
	"infer_schema":          {"COLUMN_NAME", "TYPE", "NULLABLE", "EXPRESSION", "FILENAMES", "ORDER_ID"},
}

var generatorsSpark = map[string][]string{
	"explode":               {"col"},
	"explode_outer":         {"col"},
	"range":                 {"id"},
	"json_tuple":            {"c0"},
	"variant_explode":       {"pos", "key", "value"},
	"variant_explode_outer": {"pos", "key", "value"},
	"sql_keywords":          {"keyword", "isReserved"},
	"read_kafka":            {"key", "value", "topic", "partition", "offset", "timestamp", "timestampType"},
	"event_log": {
		"id", "sequence", "origin", "timestamp", "message", "level", "error", "details", "event_type", "maturity_level",
	},
}

var generatorsTSQL = map[string][]string{
	"openjson":                       {"key", "value", "type"},
	"string_split":                   {"value", "ordinal"},
	"generate_series":                {"value"},
	"containstable":                  {"KEY", "RANK"},
	"freetexttable":                  {"KEY", "RANK"},
	"regexp_matches":                 {"match_id", "start_position", "end_position", "match_value", "substring_matches"},
	"regexp_split_to_table":          {"value", "ordinal"},
	"semantickeyphrasetable":         {"column_id", "document_key", "keyphrase", "score"},
	"semanticsimilaritytable":        {"source_column_id", "matched_column_id", "matched_document_key", "score"},
	"semanticsimilaritydetailstable": {"keyphrase", "score"},
	"ai_generate_chunks":             {"chunk", "chunk_order", "chunk_offset", "chunk_length"},
	"dm_exec_sql_text":               {"dbid", "objectid", "number", "encrypted", "text"},
	"fn_helpcollations":              {"name", "description"},
}

var namedTSQL = pseudo("changetable containstable freetexttable semantickeyphrasetable semanticsimilaritytable semanticsimilaritydetailstable")

var generatorsDuckDB = map[string][]string{
	"range":             {"range"},
	"generate_series":   {"generate_series"},
	"unnest":            {"unnest"},
	"json_each":         {"key", "value", "type", "atom", "id", "parent", "fullkey", "path"},
	"json_tree":         {"key", "value", "type", "atom", "id", "parent", "fullkey", "path"},
	"glob":              {"file"},
	"pragma_table_info": {"cid", "name", "type", "notnull", "dflt_value", "pk"},
	"describe":          {"column_name", "column_type", "null", "key", "default", "extra"},
	"desc":              {"column_name", "column_type", "null", "key", "default", "extra"},
	"show":              {"name"},
	"summarize": {
		"column_name", "column_type", "min", "max", "approx_unique", "avg", "std", "q25", "q50", "q75", "count", "null_percentage",
	},
}

var generatorsSQLite = map[string][]string{
	"generate_series":         {"value"},
	"json_each":               {"key", "value", "type", "atom", "id", "parent", "fullkey", "path"},
	"json_tree":               {"key", "value", "type", "atom", "id", "parent", "fullkey", "path"},
	"pragma_table_info":       {"cid", "name", "type", "notnull", "dflt_value", "pk"},
	"pragma_table_xinfo":      {"cid", "name", "type", "notnull", "dflt_value", "pk", "hidden"},
	"pragma_table_list":       {"schema", "name", "type", "ncol", "wr", "strict"},
	"pragma_index_list":       {"seq", "name", "unique", "origin", "partial"},
	"pragma_index_info":       {"seqno", "cid", "name"},
	"pragma_index_xinfo":      {"seqno", "cid", "name", "desc", "coll", "key"},
	"pragma_foreign_key_list": {"id", "seq", "table", "from", "to", "on_update", "on_delete", "match"},
	"pragma_database_list":    {"seq", "name", "file"},
	"pragma_collation_list":   {"seq", "name"},
	"pragma_function_list":    {"name", "builtin", "type", "enc", "narg", "flags"},
}

// hiddenSQLite are the arguments of functions, which are columns too.
var hiddenSQLite = map[string][]string{
	"generate_series": {"start", "stop", "step"},
	"json_each":       {"json", "root"},
	"json_tree":       {"json", "root"},
}

var generatorsClickHouse = map[string][]string{
	"numbers":         {"number"},
	"numbers_mt":      {"number"},
	"zeros":           {"zero"},
	"zeros_mt":        {"zero"},
	"generate_series": {"generate_series"},
	"generateseries":  {"generate_series"},
	"primes":          {"prime"},
}

var generatorsOracle = map[string][]string{
	"odcivarchar2list": {"COLUMN_VALUE"},
	"odcinumberlist":   {"COLUMN_VALUE"},
	"odcidatelist":     {"COLUMN_VALUE"},
	"xmltable":         {"COLUMN_VALUE"},
	"xmlsequence":      {"COLUMN_VALUE"},
}

var generatorsTrino = map[string][]string{
	"sequence": {"sequential_number"},
}

// generatorsDoris are functions in FROM, generatorsStarRocks those of StarRocks.
var (
	generatorsDoris = map[string][]string{
		"numbers":         {"number"},
		"explode_numbers": {"col"},
	}
	generatorsStarRocks = map[string][]string{
		"generate_series":  {"generate_series"},
		"unnest":           {"unnest"},
		"unnest_bitmap":    {"unnest_bitmap"},
		"subdivide_bitmap": {"subdivide_bitmap"},
		"json_each":        {"key", "value"},
	}
)

// generatorsVertica are what functions over partitions give without names.
var generatorsVertica = map[string][]string{
	"mapitems":  {"keys", "values"},
	"mapkeys":   {"keys"},
	"mapvalues": {"values"},
}
