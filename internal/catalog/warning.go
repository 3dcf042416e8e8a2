package catalog

// Warning is something about a request that was answered all the same, which the caller may not have expected.
type Warning struct {
	Code    string // one of the Warning… codes
	Field   string // the parameter, key or field of the body that it is about
	Message string
}

// Codes of warnings.
const (
	WarningNoMatch      = "no-match"      // a value of a filter or a part of a selector that nothing has
	WarningUnknownKey   = "unknown-key"   // a key of a query that is not one, and was searched for as a word
	WarningUnknownField = "unknown-field" // a part of an upload that was ignored
	WarningNotEffective = "not-effective" // an edit that is stored and that readers do not see
	WarningLimited      = "limited"       // a filter that was answered with less than usual
)

// Messages returns the messages of warnings.
func Messages(warnings []Warning) []string {
	out := make([]string, len(warnings))
	for i, w := range warnings {
		out[i] = w.Message
	}
	return out
}
