package dialect

// tsql is Transact-SQL: SQL Server, Fabric, Synapse.
var tsql = &Dialect{
	Name:        "tsql",
	Naming:      Naming{Rule: NameNone},
	Pseudo:      pseudo(pseudoTSQL),
	Identifiers: Identifiers{},
	Lexing:      Lexing{IdentQuotes: `"[`, StringQuotes: "'", NestedComments: true, HashNames: true, NameBytes: "#@"},
	Grammar: Grammar{
		AliasEquals: true, OptionalSemicolon: true, StringAlias: true, Top: true, ConvertType: true,
		Reserved:   []string{"option", "pivot", "unpivot"},
		Unreserved: []string{"qualify", "limit", "minus"},
	},
	Units:          unitsFirst,
	TableFunctions: generatorsTSQL,
	NamedTables:    namedTSQL,
	Names:          NameRules{ImplicitRecursion: true},
}
