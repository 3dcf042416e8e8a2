package dialect

// clickhouse is ClickHouse.
var clickhouse = &Dialect{
	Name:        "clickhouse",
	Naming:      Naming{Values: "c", ValuesFrom: 1},
	Identifiers: Identifiers{ColumnsExact: true, TablesExact: true},
	Lexing:      Lexing{IdentQuotes: "\"`", StringQuotes: "'", Backslash: true, HashComments: true, NestedComments: true, DollarQuotes: true},
	Grammar: Grammar{
		ArrowLambda: true, ExpressionCTE: true, Ternary: true, BraceParams: true, ParamCalls: true, Top: true, ValuesStructure: true,
		Reserved: []string{"prewhere", "settings", "format", "final", "sample", "array", "global"},
	},
	Scope: Scope{
		LateralAlias: AliasFirst, WhereAlias: AliasFirst, GroupAlias: AliasFirst, HavingAlias: AliasFirst,
		QualifyAlias: AliasFirst,
	},
	Units: unitsFirst,
}
