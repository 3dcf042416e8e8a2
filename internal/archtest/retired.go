package archtest

import "regexp"

const retiredFile = "internal/archtest/retired.go"

// retired are phrases that an outside engineer would not expect. Instead: "returns",
// "reports whether", "is", "again", "anyone who", "unchanged", "must", "fix", "next to",
// "available", "expire", "is not a", "per", "and the like", "except", "takes precedence over",
// "states". This file is not checked itself.
var retired = []struct {
	name   string
	phrase *regexp.Regexp
	except *regexp.Regexp // of the match and the word after it
}{
	{"tells", regexp.MustCompile(`(?i)\b(tells?|told)\s+(what|whether|which|how)\b`), nil},
	{"stands", regexp.MustCompile(`(?i)\b(stands?|stood|standing)(\s+(for|still|in for))?\b`), regexp.MustCompile(`(?i)(for|still)$`)},
	{"anew", regexp.MustCompile(`(?i)\banew\b`), nil},
	{"whoever", regexp.MustCompile(`(?i)\bwhoever\b`), nil},
	{"as it was", regexp.MustCompile(`(?i)\bas it was\b`), nil},
	{"shall", regexp.MustCompile(`(?i)\bshall\b`), nil},
	{"mend", regexp.MustCompile(`(?i)\bmend(s|ed|ing)?\b`), nil},
	{"beside", regexp.MustCompile(`(?i)\bbeside\b`), nil},
	{"heard", regexp.MustCompile(`(?i)\bheard\b`), nil},
	{"at hand", regexp.MustCompile(`(?i)\bat hand\b`), nil},
	{"lapse", regexp.MustCompile(`(?i)\blapse[sd]?\b`), nil},
	{"for want of", regexp.MustCompile(`(?i)\bfor want of\b`), nil},
	{"kin", regexp.MustCompile(`(?i)\bkin\b`), nil},
	{"but for", regexp.MustCompile(`(?i)\bbut for\b`), nil},
	{"goes before", regexp.MustCompile(`(?i)\bgo(es)? before\b`), nil},
	{"heals", regexp.MustCompile(`(?i)\bheal(s|ed)?\b`), nil},
	{"for ever", regexp.MustCompile(`(?i)\bfor ever\b`), nil},
	{"says", regexp.MustCompile(`(?i)\b(says?|said)\s+(what|whether|which|how|that|nothing)\b`), nil},
	{"returns back", regexp.MustCompile(`(?i)\breturns?\s+((the|a|an|its)\s+\w+\s+)?back\b`), nil},
	{"as welcome", regexp.MustCompile(`(?i)\bas welcome\b`), nil},
	{"is no …", regexp.MustCompile(`(?i)\b(there\s+)?(is|are|was|were)\s+no\s+\w+`), regexp.MustCompile(`(?i)^there|no (longer|more|less|fewer|better|worse|later|earlier|larger|smaller|higher|lower)$`)},
	{
		"one … a …", regexp.MustCompile(`(?i)\b(which\s+)?(one|once|two|three|\d[\d,]*|bytes|rows|times|some)\s+(\w+\s+)?an?\s+(model|table|node|row|column|file|schema|key|page|request|call|version|import|project|kind|statement|line|batch|block|chunk|reader|writer|resource|asset|edge|test|run|state|worker|client|person|host|scan|part|name|group|level|parent|branch|value|word|second|pass|process)\b`),
		regexp.MustCompile(`(?i)^which|^(once|times)\s+an?\s+(name|kind)$|\san?\s+second$|^\S+\s+(of|is|has|in|as|to|makes|with|by|for|at|from|that|and|or|reads|gives|without|behind|beyond|per|after|before|than|on|not)\s`),
	},
}
