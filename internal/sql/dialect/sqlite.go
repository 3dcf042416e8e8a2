package dialect

// sqlite is SQLite.
var sqlite = &Dialect{
	Name:        "sqlite",
	Identifiers: Identifiers{},
	Lexing:      Lexing{IdentQuotes: "\"`[", StringQuotes: "'"},
	Grammar:     Grammar{NotNullPostfix: true, Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
	Scope:       Scope{WhereAlias: SourceFirst, GroupAlias: SourceFirst, HavingAlias: SourceFirst},
	TableFunctions: map[string][]string{
		"json_each": {"key", "value", "type", "atom", "id", "parent", "fullkey", "path"},
		"json_tree": {"key", "value", "type", "atom", "id", "parent", "fullkey", "path"},
	},
}
