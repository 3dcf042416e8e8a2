// Package openlineage speaks the OpenLineage standard: datasets, jobs and the
// column lineage facet (version 1-2-0), made of what the catalog knows.
package openlineage
