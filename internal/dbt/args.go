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
		case hiddenArgs[name] || isPath(val.str()):
			return nil
		case name == "vars":
			return maskedVars(val)
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

// isEmptyRun reports whether --empty was given. dbt 2 writes few arguments, but the command line with them.
func isEmptyRun(args value) bool {
	if empty := args.get("empty"); !empty.absent() {
		return empty.kind() == 't'
	}
	for _, name := range []string{"invocation_command", "command"} {
		if slices.Contains(strings.Fields(args.get(name).str()), "--empty") {
			return true
		}
	}
	return false
}
