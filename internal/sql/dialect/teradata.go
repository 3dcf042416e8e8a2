package dialect

// teradata is Teradata.
var teradata = &Dialect{
	Name:        "teradata",
	Naming:      Naming{CastKeepsName: true},
	Pseudo:      pseudo(pseudoTeradata),
	Identifiers: Identifiers{},
	Lexing:      Lexing{IdentQuotes: `"`, StringQuotes: "'", HashNames: true, NameBytes: "#@"},
	Grammar:     Grammar{Top: true, ShortVerbs: true, WordComparisons: true, Phrases: true, TypePhrases: true, LockingClause: true},
	Scope: Scope{
		LateralAlias: SourceFirst, WhereAlias: SourceFirst, GroupAlias: SourceFirst, HavingAlias: SourceFirst, QualifyAlias: SourceFirst,
	},
	TableFunctions: generators,
}
