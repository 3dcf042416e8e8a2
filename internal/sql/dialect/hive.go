package dialect

// hive is HiveQL.
var hive = &Dialect{
	Name:           "hive",
	Naming:         Naming{Rule: NamePlaced, Prefix: "_c", Values: "col", ValuesFrom: 1},
	Pseudo:         pseudo(pseudoHive),
	Identifiers:    Identifiers{Unquoted: Lower, Quoted: Lower},
	Lexing:         sparkLexing,
	Grammar:        Grammar{AngleTypes: true, RegexNames: true, Unreserved: []string{"top", "qualify"}},
	Names:          NameRules{HavingAlias: ColumnFirst},
	Units:          unitsSpark,
	TableFunctions: merged(generators, generatorsSpark),
}
