// Package openlineage writes OpenLineage events: datasets, jobs and the column
// lineage facet (version 1-2-0).
package openlineage
