package dbt

import (
	"context"

	"github.com/go-json-experiment/json/jsontext"
)

// resultShape is the kind that the results of a file seem to be of.
type resultShape struct {
	fresh bool // one looks like the freshness of a source
	run   bool // one looks like a node of a run
}

// lookAtResults passes over the results of a file that is expected to be of another kind.
func (s *splitter) lookAtResults(ctx context.Context) error {
	return s.elements(ctx, func(_ int, raw value) error {
		return s.look(raw, true)
	})
}

// look remembers of which kind the results seem to be. It checks a value that was not checked yet.
func (s *splitter) look(raw value, checked bool) error {
	if s.run || s.fresh {
		return nil
	}
	if !checked {
		if err := s.check(raw); err != nil {
			return err
		}
	}
	for name := range raw.members {
		switch string(name) {
		case "max_loaded_at", "criteria", "snapshotted_at":
			s.fresh = true
		case "timing", "message", "failures", "node":
			s.run = true
		}
	}
	s.run = s.run && !s.fresh
	return nil
}

// shapeOfRest returns the kind, other than the expected one, that what was seen of the file has.
func (s *splitter) shapeOfRest() Kind {
	switch {
	case s.fresh:
		return Sources
	case s.run || s.seen["results"] && s.seen["elapsed_time"]:
		return RunResults
	case s.seen["semantic_models"] && !s.seen["nodes"]:
		return SemanticManifest
	case s.seen["nodes"] && s.seen["sources"] && !s.seen["macros"]:
		return Catalog
	}
	return ""
}

func looksLikeNode(v value) bool {
	return !v.get("resource_type").absent() || !v.get("unique_id").absent() && v.get("stats").absent()
}

// looksLikeTable reports whether a value is a table of a catalog: in a manifest only a metric before v11 has metadata.
func looksLikeTable(v value) bool {
	return v.get("stats").kind() == '{' || v.get("metadata").kind() == '{' && v.get("resource_type").absent()
}

// shapeReader looks at the sections of a file to find its kind without its metadata.
type shapeReader struct {
	*splitter
	nodes, tables bool // an entry looks like a manifest's node, like a catalog's table
}

// section looks at one section and passes over it.
func (s *shapeReader) section(ctx context.Context, section string, kind jsontext.Kind) error {
	switch {
	case (section == "nodes" || section == "sources") && kind == jsontext.KindBeginObject:
		return s.members(ctx, func(_ string, raw value) error {
			if err := s.lookAtEntry(raw, true); err != nil || section != "sources" {
				return err
			}
			return s.look(raw, true) // before 0.19 source freshness was a map
		})
	case section == "results" && kind == jsontext.KindBeginArray:
		return s.lookAtResults(ctx)
	}
	return s.skip()
}

// lookAtEntry remembers what the first entries of nodes and sources look like.
func (s *shapeReader) lookAtEntry(raw value, checked bool) error {
	if s.nodes || s.tables {
		return nil
	}
	if !checked {
		if err := s.check(raw); err != nil {
			return err
		}
	}
	s.tables = looksLikeTable(raw)
	s.nodes = !s.tables && looksLikeNode(raw)
	return nil
}

// kind returns the kind that what was seen makes likely; "" if it is not an artifact.
func (s *shapeReader) kind() Kind {
	switch {
	case s.nodes || s.seen["nodes"] && (s.seen["macros"] || s.seen["parent_map"] || s.seen["docs"]):
		return Manifest
	case s.tables:
		return Catalog
	}
	return s.shapeOfRest()
}
