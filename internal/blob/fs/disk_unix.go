//go:build unix

package fs

import (
	"context"

	"golang.org/x/sys/unix"
)

const errQuota = unix.EDQUOT

// Free implements blob.Store with what the file system leaves to an unprivileged user.
func (s *Store) Free(ctx context.Context) (int64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	var stat unix.Statfs_t
	if err := unix.Statfs(s.spool, &stat); err != nil {
		return 0, failure("blob folder", err)
	}
	return int64(stat.Bavail) * int64(stat.Bsize), nil
}
