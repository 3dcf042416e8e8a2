package dialect

var ansi = &Dialect{
	Name:        "ansi",
	Naming:      Naming{CastKeepsName: true},
	Identifiers: Identifiers{},
	Lexing: Lexing{
		IdentQuotes: "\"`[", StringQuotes: "'", DollarQuotes: true, NestedComments: false, RawPrefix: true,
		DigitNames: true, DashedNames: true, StagePaths: true,
	},
	Grammar: Grammar{
		ColonPaths: true, ArrowLambda: true, Top: true, AngleTypes: true,
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
	Naming:      Naming{Rule: NamePostgres, CastKeepsName: true},
	Identifiers: Identifiers{Unquoted: Lower, ColumnsExact: true, TablesExact: true},
	Lexing: Lexing{
		IdentQuotes: `"`, StringQuotes: "'", DollarQuotes: true, NestedComments: true, QuestionOperators: true,
	},
	Grammar:        Grammar{CaretPower: true, Unreserved: []string{"qualify", "top", "minus", "pivot", "unpivot", "prewhere"}},
	Scope:          Scope{FunctionAliasIsColumn: true, GroupAlias: SourceFirst, TableAsStruct: true},
	TableFunctions: generators,
}

var redshift = &Dialect{
	Name:        "redshift",
	Naming:      Naming{Rule: NamePostgres, CastKeepsName: true},
	Identifiers: Identifiers{Unquoted: Lower, Quoted: Lower},
	Lexing:      Lexing{IdentQuotes: `"`, StringQuotes: "'", Backslash: true, DollarQuotes: true, NestedComments: true, HashNames: true},
	Grammar:     Grammar{Top: true, CaretPower: true},
	Scope: Scope{
		FunctionAliasIsColumn: true,
		LateralAlias:          SourceFirst, WhereAlias: NoAlias, GroupAlias: SourceFirst, QualifyAlias: SourceFirst,
		CorrelatedPaths: true,
	},
	Units:          unitsFirst,
	TableFunctions: generators,
}

var snowflake = &Dialect{
	Name:        "snowflake",
	Naming:      Naming{Rule: NameUpperText, Values: "COLUMN", ValuesFrom: 1, Pivot: PivotNaming{QuotedStrings: true}},
	Identifiers: Identifiers{Unquoted: Upper, ColumnsExact: true, TablesExact: true},
	Lexing: Lexing{
		IdentQuotes: `"`, StringQuotes: "'", Backslash: true, DollarQuotes: true, SlashComments: true, StagePaths: true,
	},
	Grammar: Grammar{
		ColonPaths: true, ArrowLambda: true, Top: true, StringTables: true,
		PositionColumns: true, Reserved: []string{"pivot", "unpivot", "match_recognize"},
	},
	Scope: Scope{
		ImplicitRecursion: true,
		LateralAlias:      SourceFirst, WhereAlias: SourceFirst, GroupAlias: SourceFirst, HavingAlias: SourceFirst,
		QualifyAlias: SourceFirst,
	},
	Units:          unitsSnowflake,
	TableFunctions: merged(generators, generatorsSnowflake),
}

var bigquery = &Dialect{
	Name:        "bigquery",
	Naming:      Naming{Rule: NameCounted, Prefix: "f", Suffix: "_", Pivot: PivotNaming{AliasFirst: true}, UnpivotValueFirst: true},
	Identifiers: Identifiers{TablesExact: true},
	Lexing: Lexing{
		IdentQuotes: "`", StringQuotes: `'"`, Backslash: true, TripleQuotes: true, RawPrefix: true, HashComments: true,
		DashedNames: true,
	},
	Grammar: Grammar{AngleTypes: true, BacktickPaths: true, ArrowLambda: true, Unreserved: []string{"minus", "top"}},
	Scope: Scope{
		ByNameInner: true,
		GroupAlias:  SourceFirst, HavingAlias: SourceFirst, QualifyAlias: SourceFirst, CorrelatedPaths: true,
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
	Naming:      Naming{CastKeepsName: true, Values: "col", ValuesFrom: 1, Pivot: PivotNaming{SingleBare: true}},
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
	Naming:      Naming{CastKeepsName: true, Values: "col", ValuesFrom: 1, Pivot: PivotNaming{SingleBare: true}},
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
	Naming:         Naming{Rule: NamePlaced, Prefix: "_c", Values: "col", ValuesFrom: 1},
	Identifiers:    Identifiers{Unquoted: Lower, Quoted: Lower},
	Lexing:         sparkLexing,
	Grammar:        Grammar{AngleTypes: true, Unreserved: []string{"top", "qualify"}},
	Scope:          Scope{HavingAlias: SourceFirst},
	Units:          unitsSpark,
	TableFunctions: merged(generators, generatorsSpark),
}

var duckdb = &Dialect{
	Name:        "duckdb",
	Naming:      Naming{Rule: NameDuckDB, Values: "col", ValuesFrom: 0},
	Identifiers: Identifiers{},
	Lexing:      Lexing{IdentQuotes: `"`, StringQuotes: "'", DollarQuotes: true, NestedComments: true},
	Grammar: Grammar{
		ArrowLambda: true, AliasColon: true, StringTables: true, CaretPower: true,
		PositionColumns: true, Unreserved: []string{"minus", "top"},
	},
	Scope: Scope{
		UsingInPlace: true,
		LateralAlias: SourceFirst, WhereAlias: SourceFirst, GroupAlias: SourceFirst, HavingAlias: SourceFirst,
		QualifyAlias: SourceFirst, TableAsStruct: true,
	},
	TableFunctions: merged(generators, generatorsDuckDB),
}

var trino = &Dialect{
	Name:        "trino",
	Naming:      Naming{Rule: NamePlaced, Prefix: "_col", Values: "_col", ValuesFrom: 0},
	Identifiers: Identifiers{Unquoted: Lower, Quoted: Lower},
	Lexing:      Lexing{IdentQuotes: "\"`", StringQuotes: "'", DigitNames: true},
	Grammar:     Grammar{ArrowLambda: true, Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
}

var athena = &Dialect{
	Name:        "athena",
	Naming:      Naming{Rule: NamePlaced, Prefix: "_col", Values: "_col", ValuesFrom: 0},
	Identifiers: Identifiers{Unquoted: Lower, Quoted: Lower},
	Lexing:      Lexing{IdentQuotes: "\"`", StringQuotes: "'", DigitNames: true},
	Grammar:     Grammar{ArrowLambda: true, AngleTypes: true, Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
}

var tsql = &Dialect{
	Name:        "tsql",
	Naming:      Naming{Rule: NameNone},
	Identifiers: Identifiers{},
	Lexing:      Lexing{IdentQuotes: `"[`, StringQuotes: "'", NestedComments: true, HashNames: true},
	Grammar: Grammar{
		AliasEquals: true, OptionalSemicolon: true, StringAlias: true, Top: true, ConvertType: true,
		Reserved:   []string{"option", "pivot", "unpivot"},
		Unreserved: []string{"qualify", "limit", "minus"},
	},
	Units:          unitsFirst,
	TableFunctions: generatorsTSQL,
	Scope:          Scope{ImplicitRecursion: true},
}

var clickhouse = &Dialect{
	Name:        "clickhouse",
	Naming:      Naming{Values: "c", ValuesFrom: 1},
	Identifiers: Identifiers{ColumnsExact: true, TablesExact: true},
	Lexing:      Lexing{IdentQuotes: "\"`", StringQuotes: "'", Backslash: true, HashComments: true, NestedComments: true, DollarQuotes: true},
	Grammar: Grammar{
		ArrowLambda: true, ExpressionCTE: true, Ternary: true, BraceParams: true, ParamCalls: true, Top: true,
		Reserved: []string{"prewhere", "settings", "format", "final", "sample", "array", "global"},
	},
	Scope: Scope{
		LateralAlias: AliasFirst, WhereAlias: AliasFirst, GroupAlias: AliasFirst, HavingAlias: AliasFirst,
		QualifyAlias: AliasFirst,
	},
	Units: unitsFirst,
}

// starrocksLexing differs from MySQL's in that -- is always a comment.
var starrocksLexing = Lexing{
	IdentQuotes: "`", StringQuotes: `'"`, Backslash: true, HashComments: true, DigitNames: true,
}

// mysqlLexing is shared by the family of MySQL.
var mysqlLexing = Lexing{
	IdentQuotes: "`", StringQuotes: `'"`, Backslash: true, HashComments: true, DashSpace: true, DigitNames: true,
}

var mysql = &Dialect{
	Name:        "mysql",
	Naming:      Naming{Values: "column_", ValuesFrom: 0},
	Identifiers: Identifiers{},
	Lexing:      mysqlLexing,
	Grammar:     Grammar{StringAlias: true, Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
	Scope:       Scope{GroupAlias: SourceFirst, HavingAlias: AliasFirst},
	Units:       unitsMySQL,
}

var mariadb = &Dialect{
	Name:        "mariadb",
	Naming:      Naming{Values: "column_", ValuesFrom: 0},
	Identifiers: Identifiers{},
	Lexing:      mysqlLexing,
	Grammar:     Grammar{StringAlias: true, Unreserved: []string{"qualify", "top", "pivot", "unpivot"}},
	Scope:       Scope{GroupAlias: SourceFirst, HavingAlias: AliasFirst},
	Units:       unitsMySQL,
}

var oracle = &Dialect{
	Name:        "oracle",
	Naming:      Naming{Rule: NameUpperText, Pivot: PivotNaming{QuotedStrings: true}},
	Identifiers: Identifiers{Unquoted: Upper, ColumnsExact: true, TablesExact: true},
	Lexing:      Lexing{IdentQuotes: `"`, StringQuotes: "'", QQuotes: true},
	Grammar:     Grammar{Reserved: []string{"connect", "start"}, Unreserved: []string{"qualify", "limit", "top"}},
	Scope:       Scope{ImplicitRecursion: true},
}

var starrocks = &Dialect{
	Name:        "starrocks",
	Naming:      Naming{Values: "column_", ValuesFrom: 0},
	Identifiers: Identifiers{TablesExact: true},
	Lexing:      starrocksLexing,
	Grammar:     Grammar{ArrowLambda: true, AngleTypes: true, StringAlias: true, Unreserved: []string{"top"}},
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
	Lexing:         starrocksLexing,
	Grammar:        Grammar{ArrowLambda: true, AngleTypes: true, StringAlias: true, Unreserved: []string{"top"}},
	Scope:          Scope{GroupAlias: SourceFirst, HavingAlias: AliasFirst, QualifyAlias: SourceFirst},
	Units:          unitsMySQL,
	TableFunctions: generatorsSpark,
}

var vertica = &Dialect{
	Name:           "vertica",
	Naming:         Naming{Rule: NamePostgres},
	Identifiers:    Identifiers{},
	Lexing:         Lexing{IdentQuotes: `"`, StringQuotes: "'", DollarQuotes: true, NestedComments: true},
	Grammar:        Grammar{CaretPower: true, Unreserved: []string{"qualify", "top", "pivot", "unpivot"}},
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
