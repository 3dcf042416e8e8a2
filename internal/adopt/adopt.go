package adopt

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reader takes the records of one format.
type reader interface {
	// read reads one file.
	read(ctx context.Context, r io.Reader) error
	// asset returns what the parts of a key have; false for anything but an asset.
	asset(key string) (Asset, bool, error)
}

// Export is what was read from files.
type Export struct {
	spool  *spool
	reader reader
	counts Counts
}

// Read reads files of one format. The caller must close the export.
func Read(ctx context.Context, format Format, limits Limits, paths ...string) (*Export, error) {
	limits = limits.orDefault()
	s, err := newSpool(limits.Assets)
	if err != nil {
		return nil, err
	}
	e := &Export{spool: s, counts: Counts{Others: map[string]int{}}}
	switch format {
	case DBTDocs:
		e.reader = &docsReader{export: e}
	case DataHub:
		e.reader = &datahubReader{export: e, limits: limits, names: map[string]string{}}
	default:
		e.reader = &openMetadataReader{export: e, limits: limits}
	}
	for _, path := range paths {
		if err := e.file(ctx, path); err != nil {
			_ = e.Close() // nothing can be done about it, and there is an error already
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	if err := s.out.Flush(); err != nil {
		_ = e.Close() // as above
		return nil, fmt.Errorf("temporary file: %w", err)
	}
	return e, nil
}

func (e *Export) file(ctx context.Context, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	return e.reader.read(ctx, f)
}

// Close deletes the temporary file.
func (e *Export) Close() error { return e.spool.close() }

// Counts returns what the files had.
func (e *Export) Counts() Counts { return e.counts }

// Len returns the number of things that [Export.Each] looks at.
func (e *Export) Len() int { return len(e.spool.order) }

// Each calls do with every asset, in the order of the files.
func (e *Export) Each(ctx context.Context, do func(Asset) error) error {
	for _, key := range e.spool.order {
		if err := ctx.Err(); err != nil {
			return err
		}
		a, found, err := e.reader.asset(key)
		if err != nil {
			return err
		}
		if !found {
			continue
		}
		a.clean()
		if err := do(a); err != nil {
			return err
		}
	}
	return nil
}

// unreadable counts a record that is not of the format.
func (e *Export) unreadable(err error) {
	e.counts.Unreadable++
	if len(e.counts.Firsts) < 3 {
		e.counts.Firsts = append(e.counts.Firsts, err.Error())
	}
}

// mostKinds is how many kinds of other records are counted apart.
const mostKinds = 100

func (e *Export) other(kind string) {
	if _, found := e.counts.Others[kind]; !found && len(e.counts.Others) >= mostKinds {
		kind = "others"
	}
	e.counts.Others[kind]++
}

// clean drops what no catalog can have as a label, and says so.
func (a *Asset) clean() {
	a.Labeled.clean("", a)
	columns := a.Columns[:0]
	for i := range a.Columns {
		c := a.Columns[i]
		if c.clean(c.Name, a); !c.empty() {
			columns = append(columns, c)
		}
	}
	a.Columns = columns
}

func (l *Labeled) clean(column string, a *Asset) {
	if strings.TrimSpace(l.Description) == "" {
		l.Description = ""
	}
	l.Description = strings.ToValidUTF8(strings.ReplaceAll(l.Description, "\x00", ""), "\uFFFD")
	for _, list := range []struct {
		property string
		labels   *[]string
	}{{"owners", &l.Owners}, {"tags", &l.Tags}, {"terms", &l.Terms}} {
		*list.labels = cleanLabels(*list.labels, func(label, reason string) {
			a.Skipped = append(a.Skipped, Skip{column, list.property, label, reason})
		})
	}
}

func cleanLabels(labels []string, skip func(label, reason string)) []string {
	var out []string
	seen := map[string]bool{}
	for _, label := range labels {
		label = strings.ToValidUTF8(strings.TrimSpace(label), "\uFFFD")
		switch {
		case label == "" || seen[label]:
		case strings.ContainsFunc(label, unicode.IsControl):
			skip(label, "it has control characters")
		case utf8.RuneCountInString(label) > 200:
			skip(label, "it has more than 200 characters")
		default:
			seen[label] = true
			out = append(out, label)
		}
	}
	return out
}
