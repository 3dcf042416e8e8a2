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
	Names: NameRules{
		UsingInPlace: true, FunctionAliasIsColumn: true,
		LateralAlias: ColumnFirst, WhereAlias: ColumnFirst, GroupAlias: ColumnFirst, HavingAlias: ColumnFirst,
		QualifyAlias: ColumnFirst, TableAsStruct: true,
	},
	TableFunctions: merged(generators, generatorsDuckDB),
}
