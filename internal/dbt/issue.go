package dbt

// Severity is how much an [Issue] matters.
type Severity string

// The severities of issues.
const (
	Info    Severity = "info"    // nothing is lost
	Warning Severity = "warning" // something was read differently from how it is written
)

// Codes of issues.
const (
	IssueDuplicateKey     = "duplicate-key"
	IssueNonFinite        = "non-finite-number"
	IssueNumberRange      = "number-out-of-range"
	IssueInvalidUTF8      = "invalid-utf8"
	IssueLoneSurrogate    = "lone-surrogate"
	IssueNUL              = "nul-removed"
	IssueTextCut          = "text-cut"
	IssueListCut          = "list-cut"
	IssueFieldType        = "field-type"
	IssueNodeType         = "node-type"
	IssueSectionType      = "section-type"
	IssueVersionUnknown   = "schema-version-unknown"
	IssueVersionMissing   = "schema-version-missing"
	IssueGeneratedAt      = "generated-at-missing"
	IssueNegativeTime     = "negative-time"
	IssueStatusUnknown    = "status-unknown"
	IssueUniqueIDMismatch = "unique-id-mismatch"
	IssueUniqueIDMissing  = "unique-id-missing"
	IssueOmitted          = "issues-omitted"
)

// maxIssues bounds how many different issues one file can produce.
const maxIssues = 1000

// Issue is a problem in a file that does not end its reading. Issues that differ only in the node they
// were met on are folded: Pointer and UniqueID are those of the first, Count is how many there were.
type Issue struct {
	Code     string
	Severity Severity
	Pointer  string // JSON pointer into the file (RFC 6901)
	UniqueID string // node, where the issue belongs to one
	Message  string
	Remedy   string
	Count    int

	field string // what, besides Code, must be equal for two issues to be folded
}

// issues collects the issues of one file in the order of the file.
type issues struct {
	list    []Issue
	at      map[string]int
	omitted int
}

func (s *issues) add(list ...Issue) {
	for _, is := range list {
		s.addOne(is)
	}
}

func (s *issues) addOne(is Issue) {
	if s.at == nil {
		s.at = map[string]int{}
	}
	is.Count = max(is.Count, 1)
	key := is.Code + "\x00" + is.field
	if i, ok := s.at[key]; ok {
		s.list[i].Count += is.Count
		return
	}
	if len(s.list) >= maxIssues {
		s.omitted += is.Count
		return
	}
	s.at[key] = len(s.list)
	s.list = append(s.list, is)
}

func (s *issues) all() []Issue {
	if s.omitted == 0 {
		return s.list
	}
	return append(s.list, Issue{
		Code: IssueOmitted, Severity: Info, Count: s.omitted,
		Message: "there are more kinds of issues than are listed",
	})
}
