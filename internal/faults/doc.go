// Package faults proves what the catalog promises when things break: its tests
// run the built server as a process of its own on a real SQLite folder or a
// real PostgreSQL, kill it at an exact system call, fail its disk, cut its
// connections, and then compare what is left with a run that nothing disturbed.
// docs/faults.md lists the cases by number. The package has only tests and
// never fakes a fault: a test that could not cause its fault fails, or is
// skipped where the machine does not allow it.
package faults
