// Package syncing keeps integrations, and runs their syncs: it takes artifacts that were uploaded to an integration, or
// that are in its bucket, and makes imports of them.
//
// A sync is a job. It talks to the outside and reads nothing of a catalog; the imports that it makes apply what was
// found, one after the other, and the sync ends when they have. It never holds a schema's lease. Syncs of one
// integration run one after the other, and one that has not begun is joined by every request that comes until then.
package syncing
