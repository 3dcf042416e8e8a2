package fs

import "os"

// renameOpen: Windows renames no file that is open.
const renameOpen = false

// claim: an open file cannot be removed, which is mark enough.
func claim(*os.File) bool { return true }

// orphan: age alone decides what may be removed.
func orphan(string) *os.File { return nil }
