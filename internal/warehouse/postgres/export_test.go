package postgres

// AsRedshift reads a database of PostgreSQL by the queries for Redshift.
func AsRedshift(d *Database) *Redshift { return &Redshift{*d} }

// ParseConstraint is parseConstraint.
var ParseConstraint = parseConstraint
