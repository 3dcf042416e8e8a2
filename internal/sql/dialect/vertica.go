package dialect

// vertica is Vertica.
var vertica = &Dialect{
	Name:           "vertica",
	Naming:         Naming{Rule: NamePostgres, BoolName: true},
	Pseudo:         pseudo(pseudoVertica),
	Identifiers:    Identifiers{},
	Lexing:         Lexing{IdentQuotes: `"`, StringQuotes: "'", DollarQuotes: true, NestedComments: true},
	Grammar:        Grammar{CaretPower: true, Unreserved: []string{"qualify", "top", "pivot", "unpivot"}},
	Names:          NameRules{Pseudo: []string{"user"}, GroupAlias: ColumnFirst},
	Units:          unitsFirst,
	TableFunctions: merged(generators, generatorsVertica),
}
