package dialect

// duckdb is DuckDB.
var duckdb = &Dialect{
	Name:        "duckdb",
	Naming:      Naming{Rule: NameDuckDB, NumberDuplicates: true, Values: "col", ValuesFrom: 0},
	Pseudo:      pseudo(pseudoDuckDB),
	Identifiers: Identifiers{},
	Lexing:      Lexing{IdentQuotes: `"`, StringQuotes: "'", DollarQuotes: true, NestedComments: true, AtOperator: true},
	Grammar: Grammar{
		ArrowLambda: true, AliasColon: true, StringTables: true, CaretPower: true,
		PositionColumns: true, DescribeTables: true, Unreserved: []string{"minus", "top"},
	},
	Scope: Scope{
		UsingInPlace: true, FunctionAliasIsColumn: true,
		LateralAlias: SourceFirst, WhereAlias: SourceFirst, GroupAlias: SourceFirst, HavingAlias: SourceFirst,
		QualifyAlias: SourceFirst, TableAsStruct: true,
	},
	TableFunctions: merged(generators, generatorsDuckDB),
}
