package dialect

// starrocksLexing differs from MySQL's in that -- is always a comment.
var starrocksLexing = Lexing{
	IdentQuotes: "`", StringQuotes: `'"`, Backslash: true, HashComments: true, DigitNames: true,
}

// starrocks is StarRocks.
var starrocks = &Dialect{
	Name:           "starrocks",
	Naming:         Naming{Values: "column_", ValuesFrom: 0},
	Identifiers:    Identifiers{TablesExact: true},
	Lexing:         starrocksLexing,
	Grammar:        Grammar{ArrowLambda: true, AngleTypes: true, StringAlias: true, Unreserved: []string{"top"}},
	Names:          NameRules{GroupAlias: ColumnFirst, HavingAlias: AliasFirst, QualifyAlias: ColumnFirst},
	Units:          unitsMySQL,
	TableFunctions: generatorsStarRocks,
}
