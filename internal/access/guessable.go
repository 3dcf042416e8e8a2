package access

import (
	_ "embed"
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/thalweg-data/thalweg/internal/store"
)

// common are the passwords that attackers try first, sorted, a line each: the letters of the 10,000 most frequent ones
// without what is around them, and all of the 30,000 most frequent ones that are long enough to be accepted. They were
// counted in published breaches; the counts are those of zxcvbn 4.5.
//
//go:embed common.txt
var common string

// unpredictable is how many different characters a password needs besides names and runs.
const unpredictable = 6

// guessable returns a *PasswordError for a password that attackers try first: a common one, also with digits around it
// or twice in a row, or one that has little else than names and runs such as 12345 and qwerty.
func guessable(password string, u store.User) error {
	plain := strings.ToLower(password)
	for _, form := range []string{plain, unleet(plain)} {
		if isCommon(form) || isCommon(period(form)) {
			return &PasswordError{"is easy to guess: it is a common one, or one with digits around it"}
		}
	}
	if different(withoutNames(plain, u)) < unpredictable {
		return &PasswordError{fmt.Sprintf("is easy to guess: it has fewer than %d different characters besides names and runs", unpredictable)}
	}
	return nil
}

// isCommon reports whether a text, or its part from its first letter to its last one, is a common password.
func isCommon(text string) bool {
	notLetter := func(r rune) bool { return !unicode.IsLetter(r) }
	core := strings.TrimFunc(text, notLetter)
	return listed(text) || core != "" && (listed(core) || listed(period(core)))
}

// listed looks a text up in the sorted lines of common.
func listed(text string) bool {
	if text == "" || strings.Contains(text, "\n") {
		return false
	}
	at := sort.Search(len(common), func(i int) bool { return lineAt(i) >= text })
	return at < len(common) && lineAt(at) == text
}

// lineAt returns the line that a byte of common belongs to.
func lineAt(i int) string {
	start := strings.LastIndexByte(common[:i], '\n') + 1
	line, _, _ := strings.Cut(common[start:], "\n")
	return line
}

// unleet replaces digits and signs that are written for letters.
func unleet(text string) string {
	return strings.NewReplacer("4", "a", "@", "a", "3", "e", "1", "i", "!", "i", "0", "o", "5", "s", "$", "s", "7", "t").Replace(text)
}

// period returns the shortest text of which a text is a repetition.
func period(text string) string {
	for n := 1; n <= len(text)/2; n++ {
		if len(text)%n == 0 && strings.Repeat(text[:n], len(text)/n) == text {
			return text[:n]
		}
	}
	return text
}

// withoutNames cuts names of the person, its address and the product out of a password.
func withoutNames(password string, u store.User) string {
	words := func(text string) []string {
		return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	names := append([]string{strings.ToLower(u.Email), "thalweg", "password", "catalog"}, append(words(u.Name), words(u.Email)...)...)
	sort.Slice(names, func(i, j int) bool { return len(names[i]) > len(names[j]) })
	for _, name := range names {
		if utf8.RuneCountInString(name) >= 3 {
			password = strings.ReplaceAll(password, name, "")
		}
	}
	return password
}

// rows are the keys of keyboards in the order of their rows, and columns.
const rows = "`1234567890-= qwertyuiop[] asdfghjkl;' zxcvbnm,./ qwertzuiop azertyuiop 1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/ йцукенгшщзхъ фывапролджэ ячсмитьбю"

// different counts the different characters of a text that do not go on with a run.
func different(text string) int {
	found := map[rune]bool{}
	var last rune
	for _, r := range text {
		if !follows(last, r) {
			found[r] = true
		}
		last = r
	}
	return len(found)
}

// follows reports whether a character is the one before, its neighbor in the alphabet, or that on a keyboard.
func follows(last, r rune) bool {
	if last == 0 || last == ' ' || r == ' ' {
		return false
	}
	return r == last || r == last+1 || r == last-1 || strings.Contains(rows, string([]rune{last, r})) || strings.Contains(rows, string([]rune{r, last}))
}
