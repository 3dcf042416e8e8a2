package catalog

import "strings"

// ParseType reads a column's type as the warehouse or the YAML spells it.
// Canonical is one of the following; docs/types.md has the spellings:
//
//	boolean
//	int8 int16 int32 int64 int128 int256
//	uint8 uint16 uint32 uint64 uint128 uint256
//	decimal (with Precision and Scale; Precision 0 = unknown)
//	float16 float32 float64
//	string binary (with Length; 0 = unknown) uuid json variant
//	date time timetz timestamp timestamptz interval
//	geo vector
//	array<T> map<K, V> struct<name T, …>; array, map, struct where nothing is known of what is inside
//	other for any other text; "" for none
//
// Within array, map and struct a decimal is written with its precision and
// scale. Native is the text as it came. Nullable is true if the type itself is
// nullable (ClickHouse's Nullable). ParseType never fails and takes linear
// time.
func ParseType(platform, native string) (t Type, nullable bool) {
	t.Native = native
	text := strings.TrimSpace(native)
	if text == "" {
		return t, false
	}
	if canonical := lookupType(platform, strings.ToLower(text)); canonical != "" {
		t.Canonical = canonical
		return t, false
	}
	if name, args, ok := plainType(text); ok {
		sized := scalarType(platform, strings.ToLower(name), args)
		t.Canonical, t.Length, t.Precision, t.Scale = sized.canonical, sized.length, sized.precision, sized.scale
		return t, false
	}
	p := typeParser{platform: platform, rest: text}
	got := p.whole()
	t.Canonical, t.Length, t.Precision, t.Scale = got.canonical, got.length, got.precision, got.scale
	return t, got.nullable
}

// family is the canonical name without what is inside: array, not
// array<int64>.
func (t Type) family() string {
	head, _, _ := strings.Cut(t.Canonical, "<")
	return head
}

// lookupType finds a spelling in lower case, with single blanks and without
// arguments: the platform's exception first. "" if it is not known.
func lookupType(platform, spelling string) string {
	if c, ok := typeExceptions[platformFamily(platform)][spelling]; ok {
		return c
	}
	return typeNames[spelling]
}

// platformFamily puts adapters together that read types alike.
func platformFamily(platform string) string {
	switch platform {
	case "fabric", "synapse":
		return "sqlserver"
	case "spark":
		return "databricks"
	case "trino", "starburst", "athena", "hive", "impala", "starrocks", "doris", "mysql":
		return "trino"
	}
	return platform
}

// typeExceptions are the spellings that mean something else on one platform.
var typeExceptions = map[string]map[string]string{
	"clickhouse": {"int8": "int8", "float": "float32"},
	"duckdb":     {"float": "float32", "uint8": "uint64", "bit": other},
	"trino":      {"float": "float32"},
	"databricks": {"float": "float32", "timestamp": "timestamptz"},
	"bigquery": {
		"timestamp": "timestamptz", "int": "int64", "integer": "int64", "smallint": "int64",
		"tinyint": "int64", "byteint": "int64",
	},
	"oracle":    {"date": "timestamp", "integer": "decimal", "int": "decimal", "smallint": "decimal"},
	"snowflake": {"real": "float64", "float4": "float64"},
	"sqlserver": {"bit": "boolean", "timestamp": "binary"},
	"vertica":   {"int": "int64", "integer": "int64", "smallint": "int64", "tinyint": "int64"},
}

const other = "other"

// typeNames maps spellings, lower case and without arguments, to canonical
// names.
var typeNames = spelled(map[string]string{
	"boolean": "boolean, bool",
	"int8":    "tinyint, byteint, int1, byte",
	"int16":   "smallint, int2, int16, smallserial, serial2, short",
	"int32":   "integer, int, int4, int32, serial, serial4, mediumint, oid",
	"int64":   "bigint, int64, int8, bigserial, serial8, long",
	"int128":  "hugeint, int128, largeint",
	"int256":  "int256",
	"uint8":   "utinyint, uint1, uint8, tinyint unsigned",
	"uint16":  "usmallint, uint2, uint16, smallint unsigned",
	"uint32":  "uinteger, uint, uint4, uint32, int unsigned, integer unsigned",
	"uint64":  "ubigint, uint64, bigint unsigned",
	"uint128": "uhugeint, uint128",
	"uint256": "uint256",
	"decimal": "numeric, decimal, dec, fixed, number, money, smallmoney, bignumeric, bigdecimal, " +
		"decimal32, decimal64, decimal128, decimal256, decimalv3, bignum, varint",
	"float16": "bfloat16, float16, half",
	"float32": "real, float4, float32, binary_float",
	"float64": "double precision, double, float8, float64, float, binary_double",
	"string": "text, varchar, character varying, char, character, nchar, bpchar, nvarchar, ntext, string, " +
		"fixedstring, varchar2, nvarchar2, nclob, clob, character large object, national char varying, " +
		"national character varying, national char, national character, char varying, name, citext, sysname, " +
		"long varchar, long nvarchar, tinytext, mediumtext, longtext, xml, xmltype, enum, enum8, enum16, " +
		"inet, cidr, macaddr, macaddr8, ipv4, ipv6, ipaddress",
	"binary": "bytea, bytes, binary, varbinary, binary varying, varbyte, blob, binary large object, image, " +
		"rowversion, raw, long raw, tinyblob, mediumblob, longblob, long varbinary, bfile",
	"date":   "date, date32",
	"time":   "time, time without time zone, time64, time_ns",
	"timetz": "timetz, time with time zone",
	"timestamp": "timestamp without time zone, timestamp, timestamp_ntz, timestampntz, datetime, datetime2, " +
		"smalldatetime, datetime32, datetime64, timestamp_s, timestamp_ms, timestamp_us, timestamp_ns",
	"timestamptz": "timestamp with time zone, timestamptz, timestamp_tz, timestamp_ltz, timestampltz, " +
		"timestamp with local time zone, datetimeoffset",
	"interval": "interval, interval year, interval month, interval day, interval hour, interval minute, " +
		"interval second, interval year to month, interval day to hour, interval day to minute, " +
		"interval day to second, interval hour to minute, interval hour to second, interval minute to second",
	"json":    "json, jsonb, object",
	"variant": "variant, super, dynamic, sql_variant, union",
	"uuid":    "uuid, uniqueidentifier",
	"geo": "geography, geometry, point, polygon, multipolygon, linestring, multilinestring, multipoint, " +
		"geometrycollection, ring, box, circle, line, lseg, path, sdo_geometry",
	"vector": "vector, halfvec",
	"array":  "array, list",
	"map":    "map",
	"struct": "struct, record, row, tuple, nested",
	other: "bit, bit varying, varbit, tsvector, tsquery, int4range, int8range, numrange, daterange, tsrange, " +
		"tstzrange, pg_lsn, xid, regclass, refcursor, aclitem, hierarchyid, void, nothing, hllsketch, " +
		"aggregatefunction, simpleaggregatefunction, rowid, urowid",
})

// spelled maps each spelling of "canonical: spelling, spelling" to its
// canonical name.
func spelled(lists map[string]string) map[string]string {
	out := map[string]string{}
	for canonical, list := range lists {
		for _, spelling := range strings.Split(list, ", ") {
			out[spelling] = canonical
		}
	}
	return out
}
