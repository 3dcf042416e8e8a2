package dbt

import "context"

// resultShape says of which kind the results of a file seem to be.
type resultShape struct {
	fresh bool // one looks like the freshness of a source
	run   bool // one looks like a node of a run
}

// lookAtResults passes over the results of a file that is expected to be of another kind.
func (s *splitter) lookAtResults(ctx context.Context) error {
	return s.elements(ctx, func(_ int, raw value) error {
		s.look(raw)
		return nil
	})
}

// look remembers of which kind the results seem to be.
func (s *splitter) look(raw value) {
	if s.run || s.fresh {
		return
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
}

// shapeOfRest tells the kinds other than the expected one apart by what was seen of the file.
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

func looksLikeTable(v value) bool { return v.get("stats").kind() == '{' }
