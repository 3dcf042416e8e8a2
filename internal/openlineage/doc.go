// Package openlineage writes OpenLineage events: datasets, jobs and the column
// lineage facet (version 1-2-0). It takes those of other programs: a Receiver keeps
// what the events of a job told of it, an Applier turns what all jobs of a schema read
// and write into one observation.
package openlineage
