package token

// Kind is the lexical class of a Token.
type Kind uint8

// The kinds of tokens. Words that are keywords are Words whose Keyword is set.
const (
	EOF         Kind = iota
	Word             // unquoted name or keyword
	QuotedIdent      // "x", `x`, [x]
	String           // every form of string literal
	Number
	Parameter // @x, $1, $x
	Template  // {{ ... }}, {% ... %}, {# ... #}
	Conflict  // a line that begins with <<<<<<<, =======, >>>>>>> or |||||||
	LeftParen
	RightParen
	LeftBracket
	RightBracket
	LeftBrace
	RightBrace
	Comma
	Semicolon
	Dot
	Colon
	DoubleColon
	Assign   // :=
	FatArrow // =>
	Arrow    // ->
	// ArrowText is ->>, HashArrow #>, HashArrowText #>>.
	ArrowText
	HashArrow
	HashArrowText
	PipeRight // |>
	Equal     // =, ==
	NotEqual  // <>, !=, ^=
	Less
	LessEqual
	Greater
	GreaterEqual
	NullSafeEqual // <=>
	Plus
	Minus
	Star
	Slash
	DoubleSlash
	Percent
	Caret
	Concat // ||
	Ampersand
	Bar
	Tilde
	Match // ~*, !~, !~*, ~~
	ShiftLeft
	ShiftRight
	Bang
	Question
	Hash
	At
	Dollar
	Contains // @>, <@, &&, ?|, ?&, @@, @?, -|-, <->
	Other    // a byte that belongs to no token
)

var kindNames = [...]string{
	"end of text", "word", "quoted name", "string", "number", "parameter", "template", "conflict marker",
	"(", ")", "[", "]", "{", "}", ",", ";", ".", ":", "::", ":=", "=>", "->", "->>", "#>", "#>>", "|>", "=", "<>", "<",
	"<=", ">", ">=", "<=>", "+", "-", "*", "/", "//", "%", "^", "||", "&", "|", "~", "match operator", "<<", ">>", "!", "?",
	"#", "@", "$", "contains operator", "stray byte",
}

func (k Kind) String() string { return kindNames[k] }

// Token is one token of a text. It holds no text: cut it out of the script with
// the span. White space and comments are not tokens.
type Token struct {
	Span
	Kind Kind
	// Unclosed marks a string, name, template or comment that the end of the
	// text cut off.
	Unclosed bool
	// Keyword is set for a Word that is one.
	Keyword Keyword
}
