package catalog

import (
	"path"
	"slices"
	"strings"
)

// FQNOf returns the fully qualified name of a dbt node, by which dbt selects: package, folders and name. It is stored
// only where the paths do not show it.
func FQNOf(d *DBT, name string) []string {
	if len(d.FQN) > 0 {
		return d.FQN
	}
	name = strings.TrimSuffix(name, ".v"+d.Version)
	switch d.ResourceType {
	case "source":
		return slices.Concat([]string{d.PackageName}, foldersBelow(d.OriginalFilePath), []string{d.SourceName, name})
	case "unit_test":
		if model, ok := testedModel(d, name); ok {
			return slices.Concat([]string{d.PackageName}, folders(d.Path), []string{model, name})
		}
	case "snapshot":
		if stem, ok := strings.CutSuffix(path.Base(d.Path), ".sql"); ok && path.Ext(d.OriginalFilePath) == ".sql" {
			return slices.Concat([]string{d.PackageName}, folders(d.Path), []string{stem, name})
		}
		return slices.Concat([]string{d.PackageName}, foldersBelow(d.OriginalFilePath), []string{name})
	}
	fqn := slices.Concat([]string{d.PackageName}, folders(d.Path), []string{name})
	if d.Version != "" {
		fqn = append(fqn, "v"+d.Version)
	}
	return fqn
}

// testedModel finds the model of a unit test in its id, unit_test.PACKAGE.MODEL.NAME.
func testedModel(d *DBT, name string) (string, bool) {
	rest, ok := strings.CutPrefix(d.UniqueID, "unit_test."+d.PackageName+".")
	if !ok {
		return "", false
	}
	if d.Version != "" {
		name += "_v" + d.Version
	}
	return strings.CutSuffix(rest, "."+name)
}

// FullName returns the fully qualified name of a data test.
func (b *TestBody) FullName() []string {
	if len(b.FQN) > 0 {
		return b.FQN
	}
	return slices.Concat([]string{b.Package}, foldersBelow(b.Path), []string{b.Name})
}

// folders are the folders of a file.
func folders(file string) []string {
	dir := path.Dir(file)
	if dir == "." || dir == "/" {
		return nil
	}
	return strings.Split(strings.Trim(dir, "/"), "/")
}

// foldersBelow are those of a path that begins with the folder of all models, tests or the like.
func foldersBelow(file string) []string {
	list := folders(file)
	return list[min(1, len(list)):]
}
