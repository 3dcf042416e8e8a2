package catalog

import (
	"slices"
	"strings"
)

// Rename states that a project of a schema is a former name of another one. Nodes of the two are the same if their
// unique ids differ by the names alone.
type Rename struct {
	Project ProjectID `json:"project"`
	Name    string    `json:"name"`
	To      ProjectID `json:"to"`
	ToName  string    `json:"to_name"`
}

// Renames are the former names of a schema's projects.
type Renames struct {
	Changed int64    `json:"changed"` // how many times they changed
	Of      []Rename `json:"of"`
}

// Served returns the renames once a manifest of a project is served, and whether they differ: the former ones are names
// of it, and it is one of no other.
func (r Renames) Served(project ProjectID, former []Rename) (Renames, bool) {
	out := Renames{Changed: r.Changed + 1}
	for _, old := range r.Of {
		isNew := slices.ContainsFunc(former, func(f Rename) bool { return f.Project == old.Project })
		if old.Project != project && !isNew {
			out.Of = append(out.Of, old)
		}
	}
	out.Of = append(out.Of, former...)
	slices.SortFunc(out.Of, func(a, b Rename) int { return int(a.Project) - int(b.Project) })
	return out, !slices.Equal(out.Of, r.Of)
}

// To returns the project that a project is a former name of, 0 if it is none.
func (r Renames) To(project ProjectID) ProjectID {
	for _, rename := range r.Of {
		if rename.Project == project {
			return rename.To
		}
	}
	return 0
}

// names are the names of all projects that are one project with the given one, by id; nil if it was never renamed.
func (r Renames) names(project ProjectID) map[ProjectID]string {
	var names map[ProjectID]string
	for again := true; again; {
		again = false
		for _, rename := range r.Of {
			_, from := names[rename.Project]
			_, to := names[rename.To]
			if from && to || !from && !to && rename.Project != project && rename.To != project {
				continue
			}
			if names == nil {
				names = map[ProjectID]string{}
			}
			names[rename.Project], names[rename.To], again = rename.Name, rename.ToName, true
		}
	}
	return names
}

// Projects returns the project with all that are one with it, in order.
func (r Renames) Projects(project ProjectID) []ProjectID {
	out := []ProjectID{project}
	for id := range r.names(project) {
		if id != project {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// All returns the projects that have a former name or are one, in order.
func (r Renames) All() []ProjectID {
	var out []ProjectID
	for _, rename := range r.Of {
		out = append(out, rename.Project, rename.To)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Aliases returns a node under the other names of its project, in the order of the projects.
func (r Renames) Aliases(node NodeRef) []NodeRef {
	names := r.names(node.Project)
	var out []NodeRef
	for id, name := range names {
		if id != node.Project {
			out = append(out, NodeRef{Project: id, UniqueID: renamedID(node.UniqueID, names[node.Project], name)})
		}
	}
	slices.SortFunc(out, func(a, b NodeRef) int { return int(a.Project) - int(b.Project) })
	return out
}

// Nodes returns nodes with their aliases, each behind its node.
func (r Renames) Nodes(nodes []NodeRef) []NodeRef {
	if len(r.Of) == 0 {
		return nodes
	}
	out := make([]NodeRef, 0, 2*len(nodes))
	for _, node := range nodes {
		out = append(append(out, node), r.Aliases(node)...)
	}
	return out
}

// renamedID is the unique id of a node once its package has another name. Ids of nodes of other packages stay.
func renamedID(uniqueID, from, to string) string {
	kind, rest, _ := strings.Cut(uniqueID, ".")
	if name, ok := strings.CutPrefix(rest, from+"."); ok {
		return kind + "." + to + "." + name
	}
	return uniqueID
}
