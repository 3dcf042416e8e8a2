package dialect

// trino is Trino, and Presto before it.
var trino = &Dialect{
	Name:           "trino",
	Naming:         Naming{Rule: NamePlaced, Prefix: "_col", Anonymous: true, Values: "_col", ValuesFrom: 0},
	Pseudo:         pseudo(pseudoTrino),
	Identifiers:    Identifiers{Unquoted: Lower, Quoted: Lower},
	Lexing:         Lexing{IdentQuotes: "\"`", StringQuotes: "'", DigitNames: true},
	Grammar:        Grammar{ArrowLambda: true, WindowMeasures: true, Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
	TableFunctions: generatorsTrino,
}
