package spool

import (
	"context"
	"os"

	"github.com/thalweg-data/thalweg/internal/blob"
)

// Writer takes the bytes of one blob into a spool file and hashes them. It has all of a blob.Writer except Commit.
type Writer struct {
	File *os.File // nil once committed or aborted
	sum  *blob.Summing
	err  error // the first failed write; nothing can be committed after it
}

// NewWriter returns a writer on a new file of the folder.
func (f *Folder) NewWriter(ctx context.Context) (Writer, error) {
	if err := ctx.Err(); err != nil {
		return Writer{}, err
	}
	file, err := f.New()
	return Writer{File: file, sum: blob.NewSumming()}, err
}

// Write takes bytes.
func (w *Writer) Write(p []byte) (int, error) {
	if err := w.Usable(); err != nil {
		return 0, err
	}
	n, err := w.File.Write(p)
	_, _ = w.sum.Write(p[:n]) // never fails
	if err != nil {
		w.err = Failed("blob spool", err)
	}
	return n, w.err
}

// Usable returns why nothing can be committed: blob.ErrClosed, or the first failed write.
func (w *Writer) Usable() error {
	if w.File == nil {
		return blob.ErrClosed
	}
	return w.err
}

// Sum implements blob.Writer.
func (w *Writer) Sum() blob.Sum { return w.sum.Sum() }

// Abort implements blob.Writer.
func (w *Writer) Abort() error {
	if w.File == nil {
		return nil
	}
	file := w.File
	w.File = nil
	return Discard(file)
}
