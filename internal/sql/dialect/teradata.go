package dialect

// teradata is Teradata.
var teradata = &Dialect{
	Name:        "teradata",
	Naming:      Naming{CastKeepsName: true},
	Pseudo:      pseudo(pseudoTeradata),
	Identifiers: Identifiers{},
	Lexing:      Lexing{IdentQuotes: `"`, StringQuotes: "'", HashNames: true, NameBytes: "#@"},
	Grammar:     Grammar{Top: true, ShortVerbs: true, WordComparisons: true, Phrases: true, TypePhrases: true, LockingClause: true},
	Names: NameRules{
		LateralAlias: ColumnFirst, WhereAlias: ColumnFirst, GroupAlias: ColumnFirst, HavingAlias: ColumnFirst, QualifyAlias: ColumnFirst,
	},
	TableFunctions: generators,
}
