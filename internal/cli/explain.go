package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"strings"
	"syscall"

	"github.com/thalweg-data/thalweg/internal/app"
	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/catalog"
)

// explain returns the text of an error with its remedy, not in the words of the library that found it.
func explain(err error) string {
	text := catalog.Message(err)
	replace := func(found error, plain string) string {
		if i := strings.LastIndex(text, found.Error()); i >= 0 {
			before := text[:i]
			if before != "" {
				before = strings.TrimSuffix(before, ": ") + ": "
			}
			return before + plain + text[i+len(found.Error()):]
		}
		return plain
	}
	if errors.Is(err, blob.ErrUnavailable) {
		return text + "; check --blob-url and the credentials (AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY)"
	}
	if request, ok := errors.AsType[*url.Error](err); ok {
		return replace(request, unreachable(request))
	}
	if refused, ok := errors.AsType[*problem](err); ok {
		return text + refused.remedy()
	}
	if plain, found := app.ExplainStore(err); found != nil {
		return replace(found, plain)
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return replace(path, pathFailure(path.Path, path.Err))
	}
	switch {
	case errors.Is(err, blob.ErrNotFound):
		return replace(blob.ErrNotFound, "an artifact is missing from the folder or bucket of the artifacts: restore that from the same backup as the store")
	case errors.Is(err, catalog.ErrNoSpace), errors.Is(err, syscall.ENOSPC):
		return text + " (no space is left on the disk)"
	case errors.Is(err, context.Canceled):
		return "interrupted"
	}
	return text
}

func pathFailure(path string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return path + " does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "no permission for " + path + ": check its owner and mode"
	case errors.Is(err, syscall.ENOTDIR):
		return path + " is a file, not a folder"
	case errors.Is(err, syscall.EISDIR):
		return path + " is a folder, not a file"
	case errors.Is(err, syscall.EROFS):
		return path + " is on a read-only file system"
	case errors.Is(err, syscall.ENOSPC):
		return "no space is left on the disk of " + path
	}
	return fmt.Sprintf("%s: %v", path, err)
}

// unreachable explains why a server could not be asked.
func unreachable(err *url.Error) string {
	const check = "check --server (THALWEG_SERVER)"
	_, unknown := errors.AsType[*net.DNSError](err)
	switch {
	case unknown:
		return "the name of the host is unknown; " + check
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection is refused: no server listens there; start one with thalweg serve, or " + check
	case err.Timeout():
		return "the server does not answer in time; " + check
	case errors.Is(err, context.Canceled):
		return "interrupted"
	case strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return "the server speaks http, not https; " + check
	case strings.Contains(err.Error(), "certificate"), strings.Contains(err.Error(), "tls:"):
		return fmt.Sprintf("no secure connection (%v); %s", err.Err, check)
	}
	return fmt.Sprintf("the connection broke (%v); try again, or %s", err.Err, check)
}
