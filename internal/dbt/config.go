package dbt

// config takes from a node's config what has a field of its own and keeps the rest as JSON.
func (d *decoder) config(n *Node, config value) {
	for name, v := range config.members {
		if v.absent() {
			continue
		}
		switch string(name) {
		case "database":
			n.CustomDatabase = d.name("config/database", v)
		case "schema":
			n.CustomSchema = d.name("config/schema", v)
		case "materialized":
			n.Materialized = d.name("config/materialized", v)
		case "incremental_strategy":
			n.Incremental = d.name("config/incremental_strategy", v)
		case "unique_key":
			n.UniqueKey = d.names("config/unique_key", v)
		case "tags":
			n.Tags = append(n.Tags, d.names("config/tags", v)...)
		case "group":
			n.Group = orText(n.Group, d.name("config/group", v))
		case "access":
			n.Access = orText(n.Access, d.name("config/access", v))
		case "contract":
			n.Contract = n.Contract || v.get("enforced").kind() == 't'
		case "docs":
			n.Hidden = n.Hidden || v.get("show").kind() == 'f'
			n.Color = orText(n.Color, d.name("config/docs/node_color", v.get("node_color")))
		}
	}
	n.Tags = distinct(n.Tags)
	n.Config = d.rawOwn("config", shownConfig(config))
}

// shownConfig drops what is SQL, which lies apart from the facets, meta, which has a field of its own, and variables,
// whose values may be secrets.
func shownConfig(config value) value {
	if config.kind() != '{' {
		return nil
	}
	out := append(make([]byte, 0, len(config)), '{')
	config.rawMembers(func(quoted, val value) {
		switch string(unquoteName(quoted)) {
		case "pre-hook", "post-hook", "pre_hook", "post_hook", "sql_header", "meta", "vars":
			return
		}
		if val.absent() {
			return
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(append(out, quoted...), ':'), val...)
	})
	return append(out, '}')
}
