package dialect

// postgres is PostgreSQL and what speaks its language.
var postgres = &Dialect{
	Name:        "postgres",
	Naming:      Naming{Rule: NamePostgres, CastKeepsName: true},
	Pseudo:      pseudo(pseudoPostgres),
	Identifiers: Identifiers{Unquoted: Lower, ColumnsExact: true, TablesExact: true},
	Lexing: Lexing{
		IdentQuotes: `"`, StringQuotes: "'", DollarQuotes: true, NestedComments: true, QuestionOperators: true, AtOperator: true,
	},
	Grammar:        Grammar{CaretPower: true, BareLabels: true, Unreserved: []string{"qualify", "top", "minus", "pivot", "unpivot", "prewhere"}},
	Names:          NameRules{Pseudo: []string{"user"}, FunctionAliasIsColumn: true, GroupAlias: ColumnFirst, TableAsStruct: true},
	TableFunctions: merged(generators, generatorsPostgres),
}
