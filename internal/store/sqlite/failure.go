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
	codeBusy        = 5
	codeLocked      = 6
	codeReadOnly    = 8
	codeIOError     = 10
	codeCorrupt     = 11
	codeFull        = 13
	codeCantOpen    = 14
	codeNotDatabase = 26
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
	case codeIOError:
		if err := e.reopen(); err != nil {
			return fmt.Errorf("%w: %w", catalog.ErrUnavailable, err), false
		}
		return catalog.ErrUnavailable, false
	case codeBusy, codeLocked, codeReadOnly, codeCantOpen: // another program locks the file
		return catalog.ErrUnavailable, false
	}
	return nil, false
}

// Explain says, in a sentence for people, what happened and what to do about the error of SQLite in err, and returns
// that error; nil if there is none that a person can do something about.
func Explain(err error) (text string, found error) {
	var failure *sqlite.Error
	if !errors.As(err, &failure) {
		return "", nil
	}
	switch failure.Code() & 0xff {
	case codeBusy, codeLocked:
		text = "the store is in use by another program; try again when that is done"
	case codeReadOnly:
		text = "the store cannot be written: check the owner and the mode of the data folder and the files in it"
	case codeCorrupt, codeNotDatabase:
		text = "the store is damaged: restore the data folder from a backup (thalweg restore)"
	case codeFull:
		text = "no space is left on the disk of the data folder"
	case codeCantOpen:
		text = "the store cannot be opened: check the owner and the mode of the data folder and the files in it"
	default:
		return "", nil
	}
	return text, failure
}
