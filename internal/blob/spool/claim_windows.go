package spool

import "os"

// RenameOpen reports whether a file may be renamed while it is open, which Windows does not allow.
const RenameOpen = false

// claim: an open file cannot be removed, which is mark enough.
func claim(*os.File) bool { return true }

// orphan: age alone decides what may be removed.
func orphan(string) *os.File { return nil }
