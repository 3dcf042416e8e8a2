package dialect

// mysqlLexing is shared by the family of MySQL.
var mysqlLexing = Lexing{
	IdentQuotes: "`", StringQuotes: `'"`, Backslash: true, HashComments: true, DashSpace: true, DigitNames: true,
}

// mysql is MySQL.
var mysql = &Dialect{
	Name:        "mysql",
	Naming:      Naming{Values: "column_", ValuesFrom: 0},
	Pseudo:      pseudo(pseudoMySQL),
	Identifiers: Identifiers{},
	Lexing:      mysqlLexing,
	Grammar:     Grammar{StringAlias: true, Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
	Names:       NameRules{GroupAlias: ColumnFirst, HavingAlias: AliasFirst},
	Units:       unitsMySQL,
}
