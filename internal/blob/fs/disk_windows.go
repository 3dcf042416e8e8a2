package fs

import (
	"context"

	"golang.org/x/sys/windows"
)

const errQuota = windows.ERROR_DISK_FULL

// Free implements blob.Store with what the volume leaves to this user.
func (s *Store) Free(ctx context.Context) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	path, err := windows.UTF16PtrFromString(s.spool)
	if err != nil {
		return 0, failure("blob folder", err)
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return 0, failure("blob folder", err)
	}
	return int64(free), nil
}
