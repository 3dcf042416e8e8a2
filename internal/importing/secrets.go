package importing

import (
	"regexp"
	"strings"
)

// secrets are the forms of credentials that people have left in macros, of AWS, GitHub, Slack and Databricks among
// them. Each has the secret itself as its group.
var secrets = regexp.MustCompile(`(?i)` + strings.Join([]string{
	`\b((?:AKIA|ASIA)[0-9A-Z]{16})\b`,
	`\b(?:aws_)?secret(?:_access)?_key\s*[=:]>?\s*['"]([^'"{}\s]{8,})['"]`,
	`\b(?:password|passwd|pwd|api_?key|access_token|client_secret)\s*[=:]>?\s*['"]([^'"{}\s]+)['"]`,
	`\b(gh[pousr]_[0-9A-Za-z]{20,})\b`,
	`\b(xox[abpr]-[0-9A-Za-z-]{10,})`,
	`\b(dapi[0-9a-f]{32})\b`,
	`-----BEGIN [A-Z ]*PRIVATE KEY-----([^-]+)-----END`,
}, "|"))

// masked replaces the credentials in a text by as many asterisks.
func masked(text string) string {
	found := secrets.FindAllStringSubmatchIndex(text, -1)
	if found == nil {
		return text
	}
	out := []byte(text)
	for _, at := range found {
		for group := 2; group < len(at); group += 2 {
			for i := max(at[group], 0); i < at[group+1]; i++ {
				if out[i] != '\n' {
					out[i] = '*'
				}
			}
		}
	}
	return string(out)
}
