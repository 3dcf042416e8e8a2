package archtest

import (
	"go/types"
	"maps"
	"slices"
	"strings"
)

// standardMethods are called by the standard library and by the libraries that we use, through their interfaces or by
// reflection.
var standardMethods = strings.Fields(`RoundTrip Error Unwrap String Is As Read Write WriteTo ReadFrom Close Len Less Swap ServeHTTP
	WriteHeader MarshalJSON UnmarshalJSON MarshalText UnmarshalText IsZero Describe Collect Help Run GetStatus ContentType
	Handle Connect Driver MarshalJSONTo Accept CloseWrite SignHTTP`)

// libraries are good enough to be used outside this program, so what they offer is not limited to what it calls.
var libraries = []string{"sql", "graph"}

// Unused lists the exported functions and methods that nothing outside tests calls.
func Unused(packages []Package, rules Rules) []Violation {
	defined, used := map[string]Violation{}, map[string]bool{}
	skipped := slices.Clone(standardMethods)
	for _, p := range packages {
		folder, internal := strings.CutPrefix(p.Path, rules.Module+"/internal/")
		for _, o := range p.Info.Defs {
			skipped = append(skipped, interfaceMethods(o)...)
			if f, ok := o.(*types.Func); ok && f.Exported() && internal && !forTests(folder) && !slices.Contains(libraries, unitOf(folder)) {
				at := p.Set.Position(f.Pos())
				defined[f.FullName()] = Violation{File: at.Filename, Line: at.Line, Rule: f.FullName() + " is exported and unused"}
			}
		}
		if internal && forTests(folder) {
			continue // a suite that every store passes calls what nothing else does
		}
		for _, o := range p.Info.Uses {
			if f, ok := o.(*types.Func); ok {
				used[f.Origin().FullName()] = true
			}
		}
	}
	var found []Violation
	for _, name := range slices.Sorted(maps.Keys(defined)) {
		if short := name[strings.LastIndex(name, ".")+1:]; !used[name] && !slices.Contains(skipped, short) {
			found = append(found, defined[name])
		}
	}
	return found
}

// interfaceMethods returns the methods of an interface of ours: who implements it is called through it.
func interfaceMethods(o types.Object) (names []string) {
	n, ok := o.(*types.TypeName)
	if !ok {
		return nil
	}
	if i, ok := n.Type().Underlying().(*types.Interface); ok {
		for m := range i.Methods() {
			names = append(names, m.Name())
		}
	}
	return names
}

func unitOf(folder string) string {
	unit, _, _ := strings.Cut(folder, "/")
	return unit
}

// forTests reports whether a package exists for tests and benchmarks.
func forTests(folder string) bool {
	return testSupport(folder) || slices.Contains([]string{"bench", "e2e", "faults"}, unitOf(folder))
}
