package dialect

// databricks is Databricks SQL.
var databricks = &Dialect{
	Name:        "databricks",
	Naming:      Naming{CastKeepsName: true, Values: "col", ValuesFrom: 1, Pivot: PivotNaming{SingleBare: true}},
	Pseudo:      pseudo(pseudoSpark),
	Identifiers: Identifiers{},
	Lexing:      sparkLexing,
	Grammar:     Grammar{ColonPaths: true, ArrowLambda: true, AngleTypes: true, RegexNames: true, StreamTables: true, Unreserved: []string{"top"}},
	Names: NameRules{
		LateralAlias: ColumnFirst, GroupAlias: ColumnFirst, HavingAlias: ColumnFirst, QualifyAlias: ColumnFirst,
		TableAsStruct: true, GroupWindows: true,
	},
	Units:          unitsSpark,
	TableFunctions: merged(generators, generatorsSpark),
}
