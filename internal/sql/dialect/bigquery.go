package dialect

// bigquery is GoogleSQL as BigQuery has it.
var bigquery = &Dialect{
	Name:        "bigquery",
	Naming:      Naming{Rule: NameCounted, Prefix: "f", Suffix: "_", Pivot: PivotNaming{AliasFirst: true}, UnpivotValueFirst: true},
	Pseudo:      pseudo(pseudoBigQuery),
	Identifiers: Identifiers{TablesExact: true},
	Lexing: Lexing{
		IdentQuotes: "`", StringQuotes: `'"`, Backslash: true, TripleQuotes: true, RawPrefix: true, HashComments: true,
		DashedNames: true,
	},
	Grammar: Grammar{AngleTypes: true, BacktickPaths: true, ArrowLambda: true, Unreserved: []string{"minus", "top"}},
	Names: NameRules{
		ByNameInner: true,
		GroupAlias:  ColumnFirst, HavingAlias: ColumnFirst, QualifyAlias: ColumnFirst, CorrelatedPaths: true,
		TableAsStruct: true,
	},
	Units: unitsBigQuery,
}
