package graph

import (
	"path"
	"slices"
	"strings"
)

// findPath finds the names of a path: of a file, of the nodes that such a YAML file describes, and of everything in a
// folder. * stays within a folder, ** does not. dbt looks the path up among the files of the project itself, so that a
// package's nodes are only found by a folder that the project has, too.
func (t term) findPath(m *meter) []int32 {
	u := m.u
	pattern := path.Clean(strings.ReplaceAll(t.value, `\`, "/"))
	parts := pathPattern(pattern)
	found, foreign := []int32{}, []int32{}
	matched := map[[2]string]bool{} // folders that the pattern means, by project
	for name := range int32(u.Len()) {
		if m.take(2) {
			break
		}
		a := u.Attributes(name)
		if a.Path == "" || !isMember(a.ResourceType) {
			continue
		}
		root := u.RootPackage(name)
		if a.Package != root && pattern != "." {
			foreign = append(foreign, name)
			continue
		}
		names := folders(a.Path)
		if m.take(globSteps(parts, names)) {
			break
		}
		within := foldersMeant(parts, names)
		for _, folder := range within {
			matched[[2]string{root, folder}] = true
		}
		if pattern == "." || len(within) > 0 || globPath(parts, names) || a.PatchPath != "" && globPath(parts, folders(a.PatchPath)) {
			found = append(found, name)
		}
	}
	for _, name := range foreign {
		names := folders(u.Attributes(name).Path)
		if m.take(globSteps(parts, names)) {
			break
		}
		root := u.RootPackage(name)
		for _, folder := range foldersMeant(parts, names) {
			if matched[[2]string{root, folder}] {
				found = append(found, name)
				break
			}
		}
	}
	return found
}

// foldersMeant returns those of the folders that a file is in that a pattern matches.
func foldersMeant(pattern, file []string) []string {
	var meant []string
	matches := globFolders(pattern, file)
	for n := 1; n < len(file); n++ {
		if matches[n] {
			meant = append(meant, strings.Join(file[:n], "/"))
		}
	}
	return meant
}

func folders(file string) []string {
	return strings.Split(path.Clean(strings.ReplaceAll(file, `\`, "/")), "/")
}

// pathPattern splits a pattern. A ** after another adds nothing.
func pathPattern(pattern string) []string {
	return slices.CompactFunc(strings.Split(pattern, "/"), func(a, b string) bool { return a == "**" && b == "**" })
}
