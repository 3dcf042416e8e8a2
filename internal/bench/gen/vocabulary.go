package gen

// A column's name is a noun, an attribute and, where SQL made it of another
// column, a suffix; its type follows from attribute and suffix.

type columnType uint8

const (
	typeBigint columnType = iota
	typeInteger
	typeNumeric
	typeDouble
	typeText
	typeDate
	typeTimestamp
	typeBoolean
)

var typeNames = [...]string{
	typeBigint:    "bigint",
	typeInteger:   "integer",
	typeNumeric:   "numeric(18,2)",
	typeDouble:    "double precision",
	typeText:      "text",
	typeDate:      "date",
	typeTimestamp: "timestamp without time zone",
	typeBoolean:   "boolean",
}

func (t columnType) String() string { return typeNames[t] }

func (t columnType) isMeasure() bool {
	return t == typeInteger || t == typeNumeric || t == typeDouble
}

var nouns = [...]string{
	"account", "address", "agreement", "basket", "booking", "campaign", "carrier", "category", "channel", "claim",
	"contract", "country", "coupon", "customer", "delivery", "device", "employee", "invoice", "item", "journey",
	"lead", "location", "member", "merchant", "order", "parcel", "partner", "payment", "plan", "policy",
	"product", "promotion", "purchase", "quote", "refund", "region", "session", "shipment", "store", "subscription",
	"supplier", "ticket", "transaction", "vendor", "visit", "voucher", "warehouse",
}

var attributes = [...]struct {
	name string
	typ  columnType
}{
	{"id", typeBigint}, // attribute 0 is the key
	{"parent_id", typeBigint},
	{"code", typeText},
	{"name", typeText},
	{"status", typeText},
	{"type", typeText},
	{"currency", typeText},
	{"note", typeText},
	{"amount", typeNumeric},
	{"net_amount", typeNumeric},
	{"tax_amount", typeNumeric},
	{"discount_amount", typeNumeric},
	{"fee", typeNumeric},
	{"quantity", typeInteger},
	{"position", typeInteger},
	{"score", typeDouble},
	{"rate", typeDouble},
	{"date", typeDate},
	{"due_date", typeDate},
	{"created_at", typeTimestamp},
	{"updated_at", typeTimestamp},
	{"closed_at", typeTimestamp},
	{"is_active", typeBoolean},
	{"is_test", typeBoolean},
}

type suffix uint8

const (
	suffixNone suffix = iota
	suffixBand
	suffixRank
	suffixRunning
	suffixDay
	suffixNet
	suffixClean
	suffixKnown
	suffixTotal
	suffixLast
	suffixFilled
	suffixFlag
	suffixAdded
	suffixLabel
	suffixKey
	suffixPrevious
	suffixMonth
	suffixOpen
	suffixWon
	suffixLost
	suffixPaused
	suffixClosed
)

// pivotSuffixes name the columns of formPivot, a value each.
var pivotSuffixes = [...]suffix{suffixOpen, suffixWon, suffixLost, suffixPaused, suffixClosed}

var suffixes = [...]struct {
	name string
	typ  columnType
	own  bool // the type is the suffix's, not the attribute's
}{
	suffixNone:    {"", 0, false},
	suffixBand:    {"_band", typeText, true},
	suffixRank:    {"_rank", typeBigint, true},
	suffixRunning: {"_running", typeNumeric, true},
	suffixDay:     {"_day", typeDate, true},
	suffixNet:     {"_after_tax", typeNumeric, true},
	suffixClean:   {"_clean", typeText, true},
	suffixKnown:   {"_is_known", typeBoolean, true},
	suffixTotal:   {"_total", typeNumeric, true},
	suffixLast:    {"_last", 0, false},
	suffixFilled:  {"_filled", 0, false},
	suffixFlag:    {"_flag", typeInteger, true},
	suffixAdded:   {"_added", typeInteger, true},

	suffixLabel:    {"_label", typeText, true},
	suffixKey:      {"_key", typeText, true},
	suffixPrevious: {"_previous", 0, false},
	suffixMonth:    {"_month", typeTimestamp, true},
	suffixOpen:     {"_open", typeNumeric, true},
	suffixWon:      {"_won", typeNumeric, true},
	suffixLost:     {"_lost", typeNumeric, true},
	suffixPaused:   {"_paused", typeNumeric, true},
	suffixClosed:   {"_closed", typeNumeric, true},
}

type columnName struct {
	noun, attribute uint8
	suffix          suffix
}

func (n columnName) typ() columnType {
	if s := suffixes[n.suffix]; s.own {
		return s.typ
	}
	return attributes[n.attribute].typ
}

func (n columnName) appendTo(b []byte) []byte {
	b = append(b, nouns[n.noun]...)
	b = append(b, '_')
	b = append(b, attributes[n.attribute].name...)
	return append(b, suffixes[n.suffix].name...)
}

func (n columnName) String() string { return string(n.appendTo(nil)) }

func (n columnName) with(s suffix) columnName {
	n.suffix = s
	return n
}
