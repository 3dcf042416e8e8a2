package graph

// Universe has what selectors ask about the nodes of a graph, by the graph's numbers.
type Universe interface {
	// Attributes returns what is known of a node.
	Attributes(id int32) Attributes

	// Config returns the values of a node's configuration at a dotted path ("materialized", "meta.owner"): one for
	// a plain value, each of a list, the keys of a map; none if it is not set. Booleans are "true" and "false".
	Config(id int32, path string) []string

	// State reports whether a node is in a state ("new", "old", "modified", "unmodified", "modified.body" …)
	// against what it is compared with. It fails when there is nothing to compare with.
	State(id int32, state string) (bool, error)
}

// Attributes are the parts of a dbt node that selectors match.
type Attributes struct {
	ResourceType string   // model, seed, snapshot, source, test, exposure, …
	Package      string   // package_name
	FQN          []string // fqn; empty for a node that is not chosen by its name
	Versioned    bool     // the last part of FQN is a version, such as v2
	Name         string   // name
	Source       string   // source_name, of a source
	Path         string   // original_file_path
	Tags         []string
	Group        string // empty: none
	Access       string // empty: none
}
