package catalog

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

func formatType(t Type, nullable bool) string {
	s := t.Canonical
	if t.Precision != 0 || t.Scale != 0 {
		s += fmt.Sprintf("(%d,%d)", t.Precision, t.Scale)
	}
	if t.Length != 0 {
		s += fmt.Sprintf("(%d)", t.Length)
	}
	if nullable {
		s += " null"
	}
	return s
}

func TestParseType(t *testing.T) {
	const any = "postgres"
	tests := []struct{ platform, native, want string }{
		{any, "", ""},
		{any, "  ", ""},
		{any, "INTEGER", "int32"},
		{any, "Boolean", "boolean"},
		{any, "numeric", "decimal"},
		{any, "numeric(10,2)", "decimal(10,2)"},
		{any, "numeric(10, -2)", "decimal(10,-2)"},
		{any, "numeric(5)", "decimal(5,0)"},
		{any, "character varying(256)", "string(256)"},
		{any, "character  varying (256)", "string(256)"},
		{any, "national character varying(20)", "string(20)"},
		{any, `"char"`, "string"},
		{any, "text[]", "array<string>"},
		{any, "numeric(10,2)[][]", "array<array<decimal(10,2)>>"},
		{any, "integer[3]", "array<int32>"},
		{any, "integer ARRAY", "array<int32>"},
		{any, "_int4", "array<int32>"},
		{any, "timestamp(6) with time zone", "timestamptz"},
		{any, "timestamp without time zone", "timestamp"},
		{any, "time(3) with time zone", "timetz"},
		{any, "interval day to second", "interval"},
		{any, "interval day(2) to second(6)", "interval"},
		{any, "double precision", "float64"},
		{any, "float(24)", "float32"},
		{any, "float(53)", "float64"},
		{any, "bit", "other"},
		{any, "bit varying(5)", "other"},
		{any, "int8", "int64"},
		{any, "resource_status", "other"},
		{any, "public.my_type", "other"},
		{any, strings.Repeat("array<", 20) + "int" + strings.Repeat(">", 20), strings.Repeat("array<", 17) + "other" + strings.Repeat(">", 17)},
		{any, "struct<" + strings.Repeat("a int,", 2000) + "z int>", "struct"},
		{any, "varchar(10) NOT NULL", "string(10)"},
		{any, "varchar(10) collate \"C\"", "string(10)"},
		{any, "numeric(", "other"},
		{any, "numeric(1", "other"},
		{any, "numeric)", "other"},
		{any, "array<", "other"},
		{any, ",", "other"},
		{any, "'x'", "other"},
		{"snowflake", "NUMBER(38,0)", "decimal(38,0)"},
		{"snowflake", "NUMBER", "decimal"},
		{"snowflake", "FLOAT", "float64"},
		{"snowflake", "TIMESTAMP_NTZ(9)", "timestamp"},
		{"snowflake", "TIMESTAMP_LTZ", "timestamptz"},
		{"snowflake", "TEXT", "string"},
		{"snowflake", "VARCHAR(16777216)", "string(16777216)"},
		{"snowflake", "VARIANT", "variant"},
		{"snowflake", "OBJECT", "json"},
		{"snowflake", "OBJECT(a NUMBER(3,1), b VARCHAR NOT NULL)", "struct<a decimal(3,1), b string>"},
		{"snowflake", "ARRAY", "array"},
		{"snowflake", "ARRAY(VARCHAR NOT NULL)", "array<string>"},
		{"snowflake", "BINARY(8388608)", "binary(8388608)"},
		{"snowflake", "VECTOR(FLOAT, 256)", "vector"},
		{"bigquery", "INT64", "int64"},
		{"bigquery", "INTEGER", "int64"},
		{"bigquery", "TIMESTAMP", "timestamptz"},
		{"bigquery", "DATETIME", "timestamp"},
		{"bigquery", "BIGNUMERIC(76, 38)", "decimal(76,38)"},
		{"bigquery", "ARRAY<STRUCT<a INT64>>", "array<struct<a int64>>"},
		{"bigquery", "STRUCT<a STRING, b ARRAY<STRUCT<c TIMESTAMP, d NUMERIC(4, 2)>>>", "struct<a string, b array<struct<c timestamptz, d decimal(4,2)>>>"},
		{"bigquery", "STRUCT<a STRING OPTIONS(description='it''s, a \\'text\\'>')>", "struct<a string>"},
		{"bigquery", "STRUCT<INT64, STRING>", "struct<int64, string>"},
		{"bigquery", "RECORD", "struct"},
		{"bigquery", "GEOGRAPHY", "geo"},
		{"databricks", "timestamp", "timestamptz"},
		{"databricks", "timestamp_ntz", "timestamp"},
		{"databricks", "float", "float32"},
		{"databricks", "map<string,array<int>>", "map<string, array<int32>>"},
		{"databricks", "struct<a:int COMMENT 'x, y',`b c`:decimal(10,2)>", "struct<a int32, \"b c\" decimal(10,2)>"},
		{"spark", "long", "int64"},
		{"duckdb", "FLOAT", "float32"},
		{"duckdb", "UINT8", "uint64"},
		{"duckdb", "UTINYINT[]", "array<uint8>"},
		{"duckdb", "HUGEINT", "int128"},
		{"duckdb", "MAP(UTINYINT, VARCHAR)", "map<uint8, string>"},
		{"duckdb", "STRUCT(a INTEGER, b VARCHAR)[]", "array<struct<a int32, b string>>"},
		{"duckdb", "ENUM('a, b', 'it''s', ')')", "string"},
		{"duckdb", "TIMESTAMP_NS", "timestamp"},
		{"duckdb", "BIT", "other"},
		{"trino", "timestamp(3) with time zone", "timestamptz"},
		{"trino", "row(a bigint, b row(c varchar(3)))", "struct<a int64, b struct<c string>>"},
		{"trino", "array(row(x double))", "array<struct<x float64>>"},
		{"clickhouse", "Int8", "int8"},
		{"clickhouse", "UInt8", "uint8"},
		{"clickhouse", "Nullable(Int64)", "int64 null"},
		{"clickhouse", "LowCardinality(Nullable(String))", "string null"},
		{"clickhouse", "Array(Nullable(String))", "array<string>"},
		{"clickhouse", "Decimal(16, 2)", "decimal(16,2)"},
		{"clickhouse", "Decimal64(4)", "decimal(18,4)"},
		{"clickhouse", "DateTime64(3, 'UTC')", "timestamp"},
		{"clickhouse", "FixedString(16)", "string(16)"},
		{"clickhouse", "Enum8('a' = 1, 'b' = 2)", "string"},
		{"clickhouse", "Tuple(a Int8, b String)", "struct<a int8, b string>"},
		{"clickhouse", "Tuple(Int8, DateTime64(3))", "struct<int8, timestamp>"},
		{"clickhouse", "Nested(a Int8)", "struct<a int8>"},
		{"clickhouse", "Map(String, UInt64)", "map<string, uint64>"},
		{"clickhouse", "AggregateFunction(sum, UInt64)", "other"},
		{"sqlserver", "bit", "boolean"},
		{"fabric", "bit", "boolean"},
		{"sqlserver", "float", "float64"},
		{"sqlserver", "nvarchar(max)", "string"},
		{"sqlserver", "datetimeoffset(7)", "timestamptz"},
		{"sqlserver", "timestamp", "binary"},
		{"sqlserver", "uniqueidentifier", "uuid"},
		{"oracle", "DATE", "timestamp"},
		{"oracle", "TIMESTAMP(6)", "timestamp"},
		{"oracle", "NUMBER", "decimal"},
		{"oracle", "VARCHAR2(30 CHAR)", "string(30)"},
		{"oracle", "LONG RAW", "binary"},
		{"oracle", "TIMESTAMP(6) WITH LOCAL TIME ZONE", "timestamptz"},
		{"redshift", "super", "variant"},
		{"redshift", "name", "string"},
		{"redshift", "character varying(65535)", "string(65535)"},
		{"vertica", "int", "int64"},
		{"mysql", "int(11) unsigned", "uint32"},
		{"postgres", "int unsigned", "uint32"},
	}
	for _, tt := range tests {
		got, nullable := ParseType(tt.platform, tt.native)
		if s := formatType(got, nullable); s != tt.want {
			t.Errorf("%s %q is %q, want %q", tt.platform, tt.native, s, tt.want)
		}
		if got.Native != tt.native {
			t.Errorf("%s %q: native %q", tt.platform, tt.native, got.Native)
		}
	}
}

// canonicalNames are all names that ParseType gives, but for what stands within
// array, map and struct.
var canonicalNames = strings.Fields(`boolean int8 int16 int32 int64 int128 int256
	uint8 uint16 uint32 uint64 uint128 uint256 decimal float16 float32 float64
	string binary uuid json variant date time timetz timestamp timestamptz interval
	geo vector array map struct other`)

// TestTypeNamesAreDocumented holds the tables and docs/types.md together.
func TestTypeNamesAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/types.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); len(cells) >= 4 {
			rows[strings.Trim(cells[1], " `")] = cells[2]
		}
	}
	for spelling, canonical := range typeNames {
		if !slices.Contains(canonicalNames, canonical) {
			t.Errorf("%s: unknown canonical name %s", spelling, canonical)
		}
		cell := strings.Split(strings.Trim(rows[canonical], " "), ", ")
		if !slices.Contains(cell, "`"+spelling+"`") {
			t.Errorf("docs/types.md: row %s lacks `%s`", canonical, spelling)
		}
	}
	for platform, exceptions := range typeExceptions {
		for spelling, canonical := range exceptions {
			if !slices.Contains(canonicalNames, canonical) {
				t.Errorf("%s %s: unknown canonical name %s", platform, spelling, canonical)
			}
		}
	}
	if n := len(typeNames); n < 190 {
		t.Errorf("%d spellings", n)
	}
}

func TestParseTypeIsLinear(t *testing.T) {
	for _, unit := range []string{"array<", "array(", "struct<a ", "[", "(", "'", "x ", "a,", "nullable(", "int[]", "struct<\"a\""} {
		// Quadratic work on 2 MB would not end before the test's time does.
		text := strings.Repeat(unit, 2<<20/len(unit))
		if got, _ := ParseType("duckdb", text); got.Canonical == "" {
			t.Errorf("%q repeated has no canonical name", unit)
		}
	}
}

func FuzzParseType(f *testing.F) {
	for _, s := range []string{
		"numeric(10,2)[]", "STRUCT<a STRING, b ARRAY<INT64>>", "Nullable(LowCardinality(String))", "ENUM('a','b''c')",
		"timestamp(6) with time zone", "struct<a:int COMMENT 'x'>", "map(k,", "\xff(", "int[][", "row(\"a\"\"b\" int)",
	} {
		f.Add("duckdb", s)
		f.Add("clickhouse", s)
	}
	f.Fuzz(func(t *testing.T, platform, native string) {
		got, _ := ParseType(platform, native)
		if got.Native != native {
			t.Errorf("native %q of %q", got.Native, native)
		}
		if got.Canonical == "" && strings.TrimSpace(native) != "" {
			t.Errorf("%q has no canonical name", native)
		}
		head, _, nested := strings.Cut(got.Canonical, "<")
		if got.Canonical != "" && !slices.Contains(canonicalNames, head) {
			t.Errorf("%q is %q", native, got.Canonical)
		}
		if nested && (!strings.HasSuffix(got.Canonical, ">") || len(got.Canonical) > maxCanonical*2) {
			t.Errorf("%q is %q", native, got.Canonical)
		}
	})
}
