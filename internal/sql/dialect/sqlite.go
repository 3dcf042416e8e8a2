package dialect

// sqlite is SQLite.
var sqlite = &Dialect{
	Name:           "sqlite",
	Pseudo:         pseudo(pseudoSQLite),
	Identifiers:    Identifiers{},
	Lexing:         Lexing{IdentQuotes: "\"`[", StringQuotes: "'"},
	Grammar:        Grammar{NotNullPostfix: true, Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
	Names:          NameRules{WhereAlias: ColumnFirst, GroupAlias: ColumnFirst, HavingAlias: ColumnFirst},
	TableFunctions: merged(generators, generatorsSQLite),
	HiddenColumns:  hiddenSQLite,
}
