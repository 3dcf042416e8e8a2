package ast

// Operator is the operator of a Unary or Binary.
type Operator uint8

// The operators.
const (
	OpOther Operator = iota // dialect operators without a meaning of their own here
	OpOr
	OpXor
	OpAnd
	OpNot
	OpEqual
	OpNotEqual
	OpLess
	OpLessEqual
	OpGreater
	OpGreaterEqual
	OpNullSafeEqual // <=>
	OpIsDistinct    // IS DISTINCT FROM
	OpIsNotDistinct // IS NOT DISTINCT FROM
	OpIs            // a IS b, a IS NOT b where b is not a keyword
	OpIsNull        // unary, as the following ones
	OpIsNotNull
	OpIsTrue // IS TRUE, FALSE, UNKNOWN, with or without NOT
	OpIsKind // IS JSON, IS OF (type), IS DOCUMENT, IS NORMALIZED, ...
	OpPlus
	OpMinus
	OpMultiply
	OpDivide
	OpIntegerDivide
	OpModulo
	OpPower
	OpConcat
	OpBitAnd
	OpBitOr
	OpBitXor
	OpBitNot
	OpShiftLeft
	OpShiftRight
	OpArrow     // ->, #>
	OpArrowText // ->>, #>>
	OpContains  // @>, <@, ?, ?|, ?&, &&, @@ and the like
	OpMatch     // ~, ~*, !~, !~*
	OpAtTimeZone
	OpCollate // unary; the collation is not kept
	OpOverlaps
	OpMemberOf // MEMBER OF, SUBMULTISET OF
	OpPrior    // PRIOR and CONNECT_BY_ROOT, unary
	OpAssign   // := in MySQL and procedures
)

var operatorNames = [...]string{
	"op", "or", "xor", "and", "not", "=", "<>", "<", "<=", ">", ">=", "<=>", "is distinct from",
	"is not distinct from", "is", "is null", "is not null", "is true", "is kind", "+", "-", "*", "/", "div", "%", "^",
	"||", "&", "|", "bitxor", "bitnot", "<<", ">>", "->", "->>", "contains", "~", "at time zone", "collate",
	"overlaps", "member of", "prior", ":=",
}

func (op Operator) String() string { return operatorNames[op] }
