package sqlite

import (
	"context"
	"errors"
)

// reopen drops all handles of the file. Transactions under way keep theirs
// until they end; everything after begins on new ones, which read what is on
// the disk. While the disk does not answer, the old pools stay and the next
// error tries again.
func (e *engine) reopen() error {
	reader, writer := e.Reader(), e.Writer()
	if err := e.open(context.Background()); err != nil {
		return err
	}
	return errors.Join(reader.Close(), writer.Close())
}
