package dialect

// sparkLexing is shared by the family of Hive.
var sparkLexing = Lexing{
	IdentQuotes: "`", StringQuotes: `'"`, Backslash: true, RawPrefix: true, NestedComments: true, DigitNames: true,
}

// spark is Spark SQL.
var spark = &Dialect{
	Name:        "spark",
	Naming:      Naming{CastKeepsName: true, Values: "col", ValuesFrom: 1, Pivot: PivotNaming{SingleBare: true}},
	Pseudo:      pseudo(pseudoSpark),
	Identifiers: Identifiers{},
	Lexing:      sparkLexing,
	Grammar:     Grammar{ColonPaths: true, ArrowLambda: true, AngleTypes: true, RegexNames: true, Unreserved: []string{"top"}},
	Names: NameRules{
		LateralAlias: ColumnFirst, GroupAlias: ColumnFirst, HavingAlias: ColumnFirst, QualifyAlias: ColumnFirst,
		TableAsStruct: true, GroupWindows: true,
	},
	Units:          unitsSpark,
	TableFunctions: merged(generators, generatorsSpark),
}
