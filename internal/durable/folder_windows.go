package durable

// SyncFolder does nothing: Windows has no handle by which a folder's entries could be flushed.
func SyncFolder(string) error { return nil }
