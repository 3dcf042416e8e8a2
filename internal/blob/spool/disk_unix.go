//go:build unix

package spool

import (
	"context"

	"golang.org/x/sys/unix"
)

const errQuota = unix.EDQUOT

// Free returns how many bytes the file system leaves to an unprivileged user.
func (f *Folder) Free(ctx context.Context) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	var stat unix.Statfs_t
	if err := unix.Statfs(f.path, &stat); err != nil {
		return 0, Failed("blob spool", err)
	}
	return int64(stat.Bavail) * int64(stat.Bsize), nil
}
