package dialect

// doris is Apache Doris.
var doris = &Dialect{
	Name:           "doris",
	Identifiers:    Identifiers{TablesExact: true},
	Lexing:         starrocksLexing,
	Grammar:        Grammar{ArrowLambda: true, AngleTypes: true, StringAlias: true, Unreserved: []string{"top"}},
	Names:          NameRules{GroupAlias: ColumnFirst, HavingAlias: AliasFirst, QualifyAlias: ColumnFirst},
	Units:          unitsMySQL,
	TableFunctions: merged(generatorsSpark, generatorsDoris),
}
