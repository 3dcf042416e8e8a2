package dialect

// ansi is standard SQL and, since nothing better is known of it, everything else that
// does not contradict it: the dialect of databases that are not described.
var ansi = &Dialect{
	Name:        "ansi",
	Naming:      Naming{CastKeepsName: true},
	Pseudo:      pseudo(pseudoPostgres, pseudoRedshift, pseudoSnowflake, pseudoBigQuery, pseudoSpark, pseudoHive, pseudoTrino, pseudoOracle),
	Identifiers: Identifiers{},
	Lexing: Lexing{
		IdentQuotes: "\"`[", Subscripts: true, StringQuotes: "'", DollarQuotes: true, NestedComments: false, RawPrefix: true,
		DigitNames: true, DashedNames: true, StagePaths: true,
	},
	Grammar: Grammar{
		ColonPaths: true, UnnestSuffix: true, ArrowLambda: true, Top: true, AngleTypes: true,
		StringTables: true, ParamCalls: true, BacktickPaths: true,
		ShortVerbs: true, WordComparisons: true, Phrases: true, LockingClause: true,
	},
	Names: NameRules{
		LateralAlias: ColumnFirst, WhereAlias: ColumnFirst, GroupAlias: ColumnFirst, HavingAlias: ColumnFirst,
		QualifyAlias: ColumnFirst, CorrelatedPaths: true, TableAsStruct: true,
	},
	Units:          unitsAny,
	TableFunctions: merged(generatorsSpark, generatorsSnowflake, generators),
}
