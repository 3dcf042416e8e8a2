package dialect

// athena is Amazon Athena: Trino for queries, Hive for DDL.
var athena = &Dialect{
	Name:           "athena",
	Naming:         Naming{Rule: NamePlaced, Prefix: "_col", Anonymous: true, Values: "_col", ValuesFrom: 0},
	Pseudo:         pseudo(pseudoTrino),
	Identifiers:    Identifiers{Unquoted: Lower, Quoted: Lower},
	Lexing:         Lexing{IdentQuotes: "\"`", StringQuotes: "'", DigitNames: true},
	Grammar:        Grammar{ArrowLambda: true, AngleTypes: true, Unreserved: []string{"qualify", "minus", "top", "pivot", "unpivot"}},
	TableFunctions: generatorsTrino,
}
