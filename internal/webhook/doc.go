// Package webhook sends events to other systems: failed tests, stale sources, changed and removed tables, imports
// and syncs that failed.
//
// The end of an import and every other new version enqueue a job in their own transaction, if there are webhooks. That
// job finds the events and adds a delivery for every webhook that wants one; a delivery is there once, however often
// the job runs. A job per webhook sends its deliveries one after the other, and again if the receiver does not answer,
// for about three days. Both kinds have slots of their own, so imports never wait for receivers.
package webhook
