// Package observe makes the logger and the metrics. Both are passed to the packages that need them; there is no
// default logger or registry.
package observe

import (
	"io"
	"log/slog"
)

// NewLogger returns a logger that writes lines of at least level to w, as JSON objects or as key=value text. Times
// are UTC.
func NewLogger(w io.Writer, json bool, level slog.Level) *slog.Logger {
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: utc}
	if json {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

func utc(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) == 0 && attr.Key == slog.TimeKey {
		return slog.Time(slog.TimeKey, attr.Value.Time().UTC())
	}
	return attr
}
