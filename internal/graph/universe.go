package graph

// Universe has what selectors ask about the nodes of a graph. A node has one name or several: a table that is a seed
// and a source, too, has that of each. Names below the number of nodes are those of the nodes, in order; all others are
// further names.
type Universe interface {
	// Len returns the number of names, at least one per node.
	Len() int

	// Node returns the node of a name.
	Node(name int32) int32

	// Attributes returns the attributes of a name.
	Attributes(name int32) Attributes

	// Config returns the values of a node's configuration at a dotted path ("materialized", "meta.owner"): one for a
	// text or a boolean, each of a list; none for anything else, as dbt compares it with no text. Booleans are "true"
	// and "false".
	Config(name int32, path string) []string

	// RootPackage returns the name of the project that a node, or the package that it is in, belongs to.
	RootPackage(name int32) string

	// State reports whether a node is in a state ("new", "old", "modified", "unmodified", "modified.body" …)
	// against what it is compared with. It fails when there is nothing to compare with.
	State(name int32, state string) (bool, error)

	// Stopped is told now and then how many steps were taken since it was last asked, and reports whether to give up,
	// because the answer has become too late or costs too much. Methods of a selector then return ErrStopped. A step
	// takes some 50 ns.
	Stopped(steps int) bool
}

// Attributes are the parts of a dbt node that selectors match.
type Attributes struct {
	ResourceType  string   // model, seed, snapshot, source, test, exposure, …
	Package       string   // package_name
	FQN           []string // fqn; empty for a node that is not chosen by its name
	Name          string   // name
	Source        string   // source_name, of a source
	Path          string   // original_file_path
	PatchPath     string   // file of the YAML that describes it
	Tags          []string
	Group         string // empty: none
	Access        string // empty: none
	Version       string // of a model; then the last part of FQN is "v" and the version
	LatestVersion string
	Test          string // of a data test: the generic test that it is made from; empty for a singular one
}
