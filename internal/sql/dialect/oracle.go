package dialect

// oracle is Oracle Database.
var oracle = &Dialect{
	Name:           "oracle",
	Naming:         Naming{Rule: NameUpperText, Pivot: PivotNaming{QuotedStrings: true}},
	Pseudo:         pseudo(pseudoOracle),
	Identifiers:    Identifiers{Unquoted: Upper, ColumnsExact: true, TablesExact: true},
	Lexing:         Lexing{IdentQuotes: `"`, StringQuotes: "'", QQuotes: true, NameBytes: "#"},
	Grammar:        Grammar{Reserved: []string{"connect", "start"}, Unreserved: []string{"qualify", "limit", "top"}},
	Names:          NameRules{ImplicitRecursion: true, Pseudo: []string{"level", "rowid", "rownum", "sysdate", "uid", "user"}},
	TableFunctions: generatorsOracle,
	NamedTables:    pseudo("containers shards"),
}
