package dialect

// redshift is Amazon Redshift.
var redshift = &Dialect{
	Name:        "redshift",
	Naming:      Naming{Rule: NamePostgres, CastKeepsName: true, BoolName: true},
	Pseudo:      pseudo(pseudoPostgres, pseudoRedshift),
	Identifiers: Identifiers{Unquoted: Lower, Quoted: Lower},
	Lexing:      Lexing{IdentQuotes: `"`, StringQuotes: "'", Backslash: true, DollarQuotes: true, NestedComments: true, AtOperator: true, HashNames: true, NameBytes: "#@"},
	Grammar:     Grammar{Top: true, CaretPower: true, ConvertType: true, ListExclude: true},
	Names: NameRules{
		Pseudo:                []string{"user"},
		FunctionAliasIsColumn: true,
		LateralAlias:          ColumnFirst, WhereAlias: NoAlias, GroupAlias: ColumnFirst, QualifyAlias: ColumnFirst,
		CorrelatedPaths: true,
	},
	Units:          unitsFirst,
	TableFunctions: generators,
}
