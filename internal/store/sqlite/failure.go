package sqlite

import (
	"errors"
	"fmt"

	"modernc.org/sqlite"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// SQLite's own result codes, https://sqlite.org/rescode.html. The low byte is
// the primary code.
const (
	codeBusy     = 5
	codeReadOnly = 8
	codeIOError  = 10
	codeFull     = 13
	codeCantOpen = 14
)

// Failed classifies an error of SQLite. After an I/O error the pools are replaced:
// the kernel may have dropped the pages of a failed fsync and would report success to
// the next one.
func (e *engine) Failed(err error) (sentinel error, retry bool) {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return nil, false
	}
	switch failure.Code() & 0xff {
	case codeFull:
		return catalog.ErrNoSpace, false
	case codeBusy:
		return catalog.ErrBusy, false
	case codeIOError:
		if err := e.reopen(); err != nil {
			return fmt.Errorf("%w: %w", catalog.ErrUnavailable, err), false
		}
		return catalog.ErrUnavailable, false
	case codeReadOnly, codeCantOpen:
		return catalog.ErrUnavailable, false
	}
	return nil, false
}
