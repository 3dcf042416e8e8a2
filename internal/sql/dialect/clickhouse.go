package dialect

// clickhouse is ClickHouse.
var clickhouse = &Dialect{
	Name:        "clickhouse",
	Naming:      Naming{Rule: NameClickHouse, QualifyDuplicates: true, Values: "c", ValuesFrom: 1},
	Pseudo:      pseudo(pseudoClickHouse),
	Identifiers: Identifiers{ColumnsExact: true, TablesExact: true},
	Lexing:      Lexing{IdentQuotes: "\"`", StringQuotes: "'", Backslash: true, HashComments: true, NestedComments: true, DollarQuotes: true},
	Grammar: Grammar{
		ArrowLambda: true, ExpressionCTE: true, Ternary: true, BraceParams: true, ParamCalls: true, Top: true, ValuesStructure: true,
		Reserved: []string{"prewhere", "settings", "format", "final", "sample", "array", "global"},
	},
	Names: NameRules{
		DottedColumns: true,
		LateralAlias:  AliasFirst, WhereAlias: AliasFirst, GroupAlias: AliasFirst, HavingAlias: AliasFirst,
		QualifyAlias: AliasFirst,
	},
	Units:          unitsFirst,
	TableFunctions: generatorsClickHouse,
}
