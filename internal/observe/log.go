// Package observe makes the logger and the metrics. Both are passed to the packages that need them; there is no
// default logger or registry.
package observe

import (
	"fmt"
	"io"
	"log/slog"
)

// NewLogger returns a logger that writes lines of at least level to w, as JSON objects or as key=value text. Times
// are UTC. redact removes secrets from every text; nil removes nothing.
func NewLogger(w io.Writer, json bool, level slog.Level, redact func(string) string) *slog.Logger {
	replace := utc
	if redact != nil {
		replace = func(groups []string, attr slog.Attr) slog.Attr { return redacted(utc(groups, attr), redact) }
	}
	options := &slog.HandlerOptions{Level: level, ReplaceAttr: replace}
	if json {
		return slog.New(slog.NewJSONHandler(w, options))
	}
	return slog.New(slog.NewTextHandler(w, options))
}

// redacted returns an attribute without secrets. Values that are written by their own methods, such as errors, are
// texts too.
func redacted(attr slog.Attr, redact func(string) string) slog.Attr {
	switch attr.Value.Kind() {
	case slog.KindString:
		attr.Value = slog.StringValue(redact(attr.Value.String()))
	case slog.KindAny:
		switch v := attr.Value.Any().(type) {
		case error:
			attr.Value = slog.StringValue(redact(v.Error()))
		case fmt.Stringer:
			attr.Value = slog.StringValue(redact(v.String()))
		}
	}
	return attr
}

func utc(groups []string, attr slog.Attr) slog.Attr {
	if len(groups) == 0 && attr.Key == slog.TimeKey {
		return slog.Time(slog.TimeKey, attr.Value.Time().UTC())
	}
	return attr
}
