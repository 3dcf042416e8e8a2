package spool

import (
	"context"

	"golang.org/x/sys/windows"
)

const errQuota = windows.ERROR_DISK_FULL

// Free returns how many bytes the volume leaves to this user.
func (f *Folder) Free(ctx context.Context) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	path, err := windows.UTF16PtrFromString(f.path)
	if err != nil {
		return 0, Failed("blob spool", err)
	}
	var free uint64
	if err := windows.GetDiskFreeSpaceEx(path, &free, nil, nil); err != nil {
		return 0, Failed("blob spool", err)
	}
	return int64(free), nil
}
