package dialect

// mariadb is MariaDB.
var mariadb = &Dialect{
	Name:        "mariadb",
	Naming:      Naming{Values: "column_", ValuesFrom: 0},
	Pseudo:      pseudo(pseudoMySQL),
	Identifiers: Identifiers{},
	Lexing:      mysqlLexing,
	Grammar:     Grammar{StringAlias: true, Unreserved: []string{"qualify", "top", "pivot", "unpivot"}},
	Names:       NameRules{GroupAlias: ColumnFirst, HavingAlias: AliasFirst},
	Units:       unitsMySQL,
}
