package dialect

// vertica is Vertica.
var vertica = &Dialect{
	Name:           "vertica",
	Naming:         Naming{Rule: NamePostgres, BoolName: true},
	Pseudo:         pseudo(pseudoVertica),
	Identifiers:    Identifiers{},
	Lexing:         Lexing{IdentQuotes: `"`, StringQuotes: "'", DollarQuotes: true, NestedComments: true},
	Grammar:        Grammar{CaretPower: true, Unreserved: []string{"qualify", "top", "pivot", "unpivot"}},
	Scope:          Scope{Pseudo: []string{"user"}, GroupAlias: SourceFirst},
	Units:          unitsFirst,
	TableFunctions: merged(generators, generatorsVertica),
}
