package dialect

var ansi = &Dialect{
	Name:        "ansi",
	Identifiers: Identifiers{},
	Lexing: Lexing{
		IdentQuotes: "\"`[", StringQuotes: "'", DollarQuotes: true, NestedComments: false, RawPrefix: true,
		DigitNames: true, DashedNames: true, StagePaths: true,
	},
	Grammar: Grammar{
		ColonPaths: true, ArrowLambda: true, Top: true, BracketArrays: true, BraceStructs: true, AngleTypes: true,
		StringTables: true, ParamCalls: true, BacktickPaths: true,
	},
	Scope: Scope{
		LateralAlias: SourceFirst, WhereAlias: SourceFirst, GroupAlias: SourceFirst, HavingAlias: SourceFirst,
		QualifyAlias: SourceFirst, CorrelatedPaths: true, TableAsStruct: true,
	},
	Units:          unitsAny,
	TableFunctions: merged(generatorsSpark, generatorsSnowflake, generators),
}

var postgres = &Dialect{
	Name:        "postgres",
	Identifiers: Identifiers{Unquoted: Lower, ColumnsExact: true, TablesExact: true},
	Lexing: Lexing{
		IdentQuotes: `"`, StringQuotes: "'", DollarQuotes: true, NestedComments: true, QuestionOperators: true,
	},
	Grammar:        Grammar{CaretPower: true, Unreserved: []string{"qualify", "top", "minus", "pivot", "unpivot", "prewhere"}},
	Scope:          Scope{GroupAlias: SourceFirst, TableAsStruct: true},
	TableFunctions: generators,
}

var redshift = &Dialect{
	Name:        "redshift",
	Identifiers: Identifiers{Unquoted: Lower, Quoted: Lower},
	Lexing:      Lexing{IdentQuotes: `"`, StringQuotes: "'", Backslash: true, DollarQuotes: true, NestedComments: true, HashNames: true},
	Grammar:     Grammar{Top: true, CaretPower: true, BracketArrays: true},
	Scope: Scope{
		LateralAlias: SourceFirst, WhereAlias: NoAlias, GroupAlias: SourceFirst, QualifyAlias: SourceFirst,
		CorrelatedPaths: true,
	},
	Units:          unitsFirst,
	TableFunctions: generators,
}

var snowflake = &Dialect{
	Name:        "snowflake",
	Identifiers: Identifiers{Unquoted: Upper, ColumnsExact: true, TablesExact: true},
	Lexing: Lexing{
		IdentQuotes: `"`, StringQuotes: "'", Backslash: true, DollarQuotes: true, SlashComments: true, StagePaths: true,
	},
	Grammar: Grammar{
		ColonPaths: true, ArrowLambda: true, Top: true, BracketArrays: true, BraceStructs: true, StringTables: true,
		PositionColumns: true, Reserved: []string{"pivot", "unpivot", "match_recognize"},
	},
	Scope: Scope{
		LateralAlias: SourceFirst, WhereAlias: SourceFirst, GroupAlias: SourceFirst, HavingAlias: SourceFirst,
		QualifyAlias: SourceFirst,
	},
	Units:          unitsSnowflake,
	TableFunctions: merged(generators, generatorsSnowflake),
}

var bigquery = &Dialect{
	Name:        "bigquery",
	Identifiers: Identifiers{TablesExact: true},
	Lexing: Lexing{
		IdentQuotes: "`", StringQuotes: `'"`, Backslash: true, TripleQuotes: true, RawPrefix: true, HashComments: true,
		DashedNames: true,
	},
	Grammar: Grammar{BracketArrays: true, AngleTypes: true, BacktickPaths: true, BraceStructs: true, ArrowLambda: true, Unreserved: []string{"minus", "top"}},
	Scope: Scope{
		GroupAlias: SourceFirst, HavingAlias: SourceFirst, QualifyAlias: SourceFirst, CorrelatedPaths: true,
		TableAsStruct: true,
	},
	Units: unitsBigQuery,
}

// sparkLexing is shared by the family of Hive.
var sparkLexing = Lexing{
	IdentQuotes: "`", StringQuotes: `'"`, Backslash: true, RawPrefix: true, NestedComments: true, DigitNames: true,
}

var databricks = &Dialect{
	Name:        "databricks",
	Identifiers: Identifiers{},
	Lexing:      sparkLexing,
	Grammar:     Grammar{ColonPaths: true, ArrowLambda: true, AngleTypes: true, Unreserved: []string{"top"}},
	Scope: Scope{
		LateralAlias: SourceFirst, GroupAlias: SourceFirst, HavingAlias: SourceFirst, QualifyAlias: SourceFirst,
		TableAsStruct: true,
	},
	Units:          unitsSpark,
	TableFunctions: merged(generators, generatorsSpark),
}

var spark = &Dialect{
	Name:        "spark",
	Identifiers: Identifiers{},
	Lexing:      sparkLexing,
	Grammar:     Grammar{ColonPaths: true, ArrowLambda: true, AngleTypes: true, Unreserved: []string{"top"}},
	Scope: Scope{
		LateralAlias: SourceFirst, GroupAlias: SourceFirst, HavingAlias: SourceFirst, QualifyAlias: SourceFirst,
		TableAsStruct: true,
	},
	Units:          unitsSpark,
	TableFunctions: merged(generators, generatorsSpark),
}

var hive = &Dialect{
	Name:           "hive",
	Identifiers:    Identifiers{Unquoted: Lower, Quoted: Lower},
	Lexing:         sparkLexing,
	Grammar:        Grammar{AngleTypes: true, Unreserved: []string{"top", "qualify"}},
	Scope:          Scope{HavingAlias: SourceFirst},
	Units:          unitsSpark,
	TableFunctions: merged(generators, generatorsSpark),
}

var duckdb = &Dialect{
	Name:        "duckdb",
	Identifiers: Identifiers{},
	Lexing:      Lexing{IdentQuotes: `"`, StringQuotes: "'", DollarQuotes: true, NestedComments: true},
	Grammar: Grammar{
		ArrowLambda: true, AliasColon: true, BracketArrays: true, BraceStructs: true, StringTables: true, CaretPower: true,
		PositionColumns: true, Unreserved: []string{"minus", "top"},
	},
	Scope: Scope{
		LateralAlias: SourceFirst, WhereAlias: SourceFirst, GroupAlias: SourceFirst, HavingAlias: SourceFirst,
		QualifyAlias: SourceFirst, TableAsStruct: true,
	},
	TableFunctions: merged(generators, generatorsDuckDB),
}

var trino = &Dialect{
	Name:        "trino",
	Identifiers: Identifiers{Unquoted: Lower, Quoted: Lower},
	Lexing:      Lexing{IdentQuotes: "\"`", StringQuotes: "'", DigitNames: true},
	Grammar:     Grammar{ArrowLambda: true, Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
}

var athena = &Dialect{
	Name:        "athena",
	Identifiers: Identifiers{Unquoted: Lower, Quoted: Lower},
	Lexing:      Lexing{IdentQuotes: "\"`", StringQuotes: "'", DigitNames: true},
	Grammar:     Grammar{ArrowLambda: true, AngleTypes: true, Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
}

var tsql = &Dialect{
	Name:        "tsql",
	Identifiers: Identifiers{},
	Lexing:      Lexing{IdentQuotes: `"[`, StringQuotes: "'", NestedComments: true, HashNames: true},
	Grammar: Grammar{
		AliasEquals: true, StringAlias: true, Top: true, ConvertType: true,
		Reserved:   []string{"option", "pivot", "unpivot"},
		Unreserved: []string{"qualify", "limit", "minus"},
	},
	Units:          unitsFirst,
	TableFunctions: generatorsTSQL,
}

var clickhouse = &Dialect{
	Name:        "clickhouse",
	Identifiers: Identifiers{ColumnsExact: true, TablesExact: true},
	Lexing:      Lexing{IdentQuotes: "\"`", StringQuotes: "'", Backslash: true, HashComments: true, NestedComments: true, DollarQuotes: true},
	Grammar: Grammar{
		ArrowLambda: true, BracketArrays: true, BraceStructs: true, ExpressionCTE: true, ParamCalls: true, Top: true,
		Reserved: []string{"prewhere", "settings", "format", "final", "sample", "array", "global"},
	},
	Scope: Scope{
		LateralAlias: AliasFirst, WhereAlias: AliasFirst, GroupAlias: AliasFirst, HavingAlias: AliasFirst,
		QualifyAlias: AliasFirst,
	},
	Units: unitsFirst,
}

// mysqlLexing is shared by the family of MySQL.
var mysqlLexing = Lexing{
	IdentQuotes: "`", StringQuotes: `'"`, Backslash: true, HashComments: true, DashSpace: true, DigitNames: true,
}

var mysql = &Dialect{
	Name:        "mysql",
	Identifiers: Identifiers{},
	Lexing:      mysqlLexing,
	Grammar:     Grammar{StringAlias: true, Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
	Scope:       Scope{GroupAlias: SourceFirst, HavingAlias: AliasFirst},
	Units:       unitsMySQL,
}

var mariadb = &Dialect{
	Name:        "mariadb",
	Identifiers: Identifiers{},
	Lexing:      mysqlLexing,
	Grammar:     Grammar{StringAlias: true, Unreserved: []string{"qualify", "top", "pivot", "unpivot"}},
	Scope:       Scope{GroupAlias: SourceFirst, HavingAlias: AliasFirst},
	Units:       unitsMySQL,
}

var oracle = &Dialect{
	Name:        "oracle",
	Identifiers: Identifiers{Unquoted: Upper, ColumnsExact: true, TablesExact: true},
	Lexing:      Lexing{IdentQuotes: `"`, StringQuotes: "'", QQuotes: true},
	Grammar:     Grammar{Reserved: []string{"connect", "start"}, Unreserved: []string{"qualify", "limit", "top"}},
}

var starrocks = &Dialect{
	Name:        "starrocks",
	Identifiers: Identifiers{TablesExact: true},
	Lexing:      mysqlLexing,
	Grammar:     Grammar{ArrowLambda: true, BracketArrays: true, AngleTypes: true, StringAlias: true, Unreserved: []string{"top"}},
	Scope:       Scope{GroupAlias: SourceFirst, HavingAlias: AliasFirst, QualifyAlias: SourceFirst},
	Units:       unitsMySQL,
	TableFunctions: map[string][]string{
		"generate_series": {"generate_series"},
		"unnest":          {"unnest"},
	},
}

var doris = &Dialect{
	Name:           "doris",
	Identifiers:    Identifiers{TablesExact: true},
	Lexing:         mysqlLexing,
	Grammar:        Grammar{ArrowLambda: true, BracketArrays: true, AngleTypes: true, StringAlias: true, Unreserved: []string{"top"}},
	Scope:          Scope{GroupAlias: SourceFirst, HavingAlias: AliasFirst, QualifyAlias: SourceFirst},
	Units:          unitsMySQL,
	TableFunctions: generatorsSpark,
}

var vertica = &Dialect{
	Name:           "vertica",
	Identifiers:    Identifiers{},
	Lexing:         Lexing{IdentQuotes: `"`, StringQuotes: "'", DollarQuotes: true, NestedComments: true},
	Grammar:        Grammar{BracketArrays: true, CaretPower: true, Unreserved: []string{"qualify", "top", "pivot", "unpivot"}},
	Scope:          Scope{GroupAlias: SourceFirst},
	Units:          unitsFirst,
	TableFunctions: generators,
}

var sqlite = &Dialect{
	Name:        "sqlite",
	Identifiers: Identifiers{},
	Lexing:      Lexing{IdentQuotes: "\"`[", StringQuotes: "'"},
	Grammar:     Grammar{Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
	Scope:       Scope{WhereAlias: SourceFirst, GroupAlias: SourceFirst, HavingAlias: SourceFirst},
	TableFunctions: map[string][]string{
		"json_each": {"key", "value", "type", "atom", "id", "parent", "fullkey", "path"},
		"json_tree": {"key", "value", "type", "atom", "id", "parent", "fullkey", "path"},
	},
}
