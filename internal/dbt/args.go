package dbt

import (
	"slices"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// hiddenArgs are the arguments of an invocation that are not shown: folders of the machine that
// dbt ran on, and texts that hold the values of variables.
var hiddenArgs = map[string]bool{
	"project_dir": true, "profiles_dir": true, "log_path": true, "target_path": true, "state": true, "defer_state": true,
	"packages_install_path": true, "invocation_command": true, "inline": true, "args": true,
}

// masked replaces the value of a variable, which may be a secret.
var masked = value(`"***"`)

// shownArgs returns the arguments of an invocation without hidden ones, paths and the values of variables.
func shownArgs(args value) value {
	if args.kind() != '{' {
		return nil
	}
	return rebuilt(args, func(name string, val value) value {
		switch {
		case hiddenArgs[strings.ToLower(name)] || isPath(val.str()):
			return nil
		case strings.EqualFold(name, "vars"):
			return maskedVars(val)
		case name == "flags" && val.kind() == '{':
			return shownArgs(val)
		case (name == "flags" || name == "command") && slices.ContainsFunc(wordsOf(val), isOption):
			return nil // options may have variables
		}
		return val
	})
}

// maskedVars keeps the names of variables.
func maskedVars(vars value) value {
	if vars.kind() != '{' { // as text, up to 1.4
		return masked
	}
	return rebuilt(vars, func(string, value) value { return masked })
}

// rebuilt returns an object whose members are what change makes of them; an absent one is left out.
func rebuilt(object value, change func(name string, val value) value) value {
	out := []byte{'{'}
	object.rawMembers(func(quoted, val value) {
		name := quoted.str()
		if val = change(name, val); val.absent() {
			return
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out, _ = jsontext.AppendQuote(out, name)
		out = append(append(out, ':'), val...)
	})
	return append(out, '}')
}

// isPath reports whether a text is the path of a file on some machine.
func isPath(s string) bool {
	return strings.HasPrefix(s, "/") || strings.HasPrefix(s, "~") || strings.HasPrefix(s, `\\`) || len(s) > 2 && s[1] == ':' && (s[2] == '\\' || s[2] == '/')
}

func isOption(word string) bool { return strings.HasPrefix(word, "-") }

// isEmptyRun reports whether --empty was given: as an argument, among the flags, or in the command line, which is all
// that some versions write.
func isEmptyRun(args value) bool {
	for _, given := range []value{args.get("empty"), flagOf(args, "empty")} {
		if !given.absent() {
			return isTrue(given)
		}
	}
	words := slices.Concat(wordsOf(args.get("flags")), wordsOf(args.get("invocation_command")), wordsOf(args.get("command")))
	for _, word := range slices.Backward(words) { // the last one counts
		switch strings.ToLower(word) {
		case "--empty", "--empty=true", "--empty=1":
			return true
		case "--no-empty", "--empty=false", "--empty=0":
			return false
		}
	}
	return false
}

// argOf returns an argument of an invocation, wherever it is written.
func argOf(args value, name string) value {
	if v := args.get(name); !v.absent() {
		return v
	}
	return flagOf(args, name)
}

// flagOf returns a flag by its name, in any case.
func flagOf(args value, name string) (found value) {
	for n, v := range args.get("flags").members {
		if strings.EqualFold(string(n), name) {
			found = v
		}
	}
	return found
}

// isTrue reports whether a flag is set; environment variables give texts and numbers.
func isTrue(v value) bool {
	if v.kind() == 't' || string(v) == "1" {
		return true
	}
	switch strings.ToLower(strings.TrimSpace(v.str())) {
	case "true", "1", "t", "yes", "y", "on":
		return true
	}
	return false
}

// wordsOf returns the words of a command line, which may be one text or a list.
func wordsOf(v value) []string {
	words := strings.Fields(v.str())
	for e := range v.elements {
		words = append(words, strings.Fields(e.str())...)
	}
	return words
}
