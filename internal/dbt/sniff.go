package dbt

import (
	"context"
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// errKindFound ends the walk once the metadata has the kind of the file.
var errKindFound = errors.New("the metadata has the kind")

// Sniff returns the kind of artifact that r holds and its metadata, by content and never by name. It reads up
// to the metadata, which dbt 1 writes first; where they do not give the kind, it reads all and goes by shape.
// The project's name is only that of the metadata. For a file that is not an artifact it returns an *[Error].
func Sniff(ctx context.Context, r io.Reader, limits Limits) (Head, error) {
	s, err := newSplitter(r, "", limits.orDefault(Manifest))
	if err != nil {
		return Head{}, err
	}
	var h header
	seen := shapeReader{splitter: s}
	d := s.newDecoder()
	err = s.walk(ctx, func(section string, kind jsontext.Kind) error {
		switch section {
		case "metadata":
			v, err := s.value()
			if err != nil {
				return err
			}
			d.begin(entry{section: section})
			v = d.enter(v, allMembers)
			if h.metadata(d, v); h.named {
				return errKindFound
			}
			return nil
		case "generated_at":
			v, err := s.value()
			h.generatedAt(v)
			return err
		}
		return seen.section(ctx, section, kind)
	})
	switch {
	case errors.Is(err, errKindFound):
		return h.Head, nil
	case err != nil:
		return Head{}, err
	}
	if h.Kind = seen.kind(); h.Kind == "" {
		return Head{}, s.located(&Error{
			Code: CodeKindUnknown, Offset: -1, Detail: "this is not a dbt artifact",
			Remedy: "give a manifest, catalog, run results, sources or semantic manifest from dbt's target folder",
		})
	}
	return h.Head, nil
}
