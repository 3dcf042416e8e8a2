package dialect

// sqlite is SQLite.
var sqlite = &Dialect{
	Name:           "sqlite",
	Pseudo:         pseudo(pseudoSQLite),
	Identifiers:    Identifiers{},
	Lexing:         Lexing{IdentQuotes: "\"`[", StringQuotes: "'"},
	Grammar:        Grammar{NotNullPostfix: true, Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
	Scope:          Scope{WhereAlias: SourceFirst, GroupAlias: SourceFirst, HavingAlias: SourceFirst},
	TableFunctions: merged(generators, generatorsSQLite),
	HiddenColumns:  hiddenSQLite,
}
