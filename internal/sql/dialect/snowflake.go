package dialect

// snowflake is Snowflake.
var snowflake = &Dialect{
	Name:        "snowflake",
	Naming:      Naming{Rule: NameUpperText, Values: "COLUMN", ValuesFrom: 1, Pivot: PivotNaming{QuotedStrings: true}},
	Pseudo:      pseudo(pseudoSnowflake),
	Identifiers: Identifiers{Unquoted: Upper, ColumnsExact: true, TablesExact: true},
	Lexing: Lexing{
		IdentQuotes: `"`, StringQuotes: "'", Backslash: true, DollarQuotes: true, SlashComments: true, StagePaths: true,
	},
	Grammar: Grammar{
		ColonPaths: true, ArrowLambda: true, FlowOperator: true, Top: true, StringTables: true,
		PositionColumns: true, Reserved: []string{"pivot", "unpivot", "match_recognize"},
	},
	Names: NameRules{
		ImplicitRecursion: true,
		LateralAlias:      ColumnFirst, WhereAlias: ColumnFirst, GroupAlias: ColumnFirst, HavingAlias: ColumnFirst,
		QualifyAlias: ColumnFirst,
	},
	Units:          unitsSnowflake,
	TableFunctions: merged(generators, generatorsSnowflake),
}
