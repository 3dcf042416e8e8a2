package importing

import (
	"context"
	"errors"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
)

// contents are what the artifacts of an import contain, before they are
// compared with the catalog.
type contents struct {
	artifacts []*artifact     // that are open
	manifest  *manifestIndex  // nil: not read
	catalog   *catalogIndex   // nil: not read
	ignored   map[string]bool // names of parts that are not applied
	elsewhere bool            // the manifest is of another target, or of a former name: it is not applied
	newName   *twin           // the project that this one is a former name of
	commands  []string        // of the run results that were read
	columns   nodeColumns     // of the index that came with the manifest
}

// changed reports whether anything has to be applied.
func (c *contents) changed() bool {
	return c.manifest != nil && (!c.manifest.same || c.manifest.late) ||
		c.catalog != nil && (!c.catalog.same || c.catalog.late || c.catalog.contested)
}

// anyLate reports whether an artifact is older than the newest one of its kind.
func (c *contents) anyLate() bool {
	return c.manifest != nil && c.manifest.late || c.catalog != nil && c.catalog.late
}

// ignore notes that a part is not applied.
func (c *contents) ignore(part string) {
	if c.ignored == nil {
		c.ignored = map[string]bool{}
	}
	c.ignored[part] = true
}

func (c *contents) close() {
	for _, a := range c.artifacts {
		a.close()
	}
}

// read makes the first pass over every part whose bytes are new. Run results
// are stored at once: they are append-only and touch no version.
func (j *job) read(ctx context.Context, o opened, c *contents) error {
	if part, ok := o.unread(partManifest); ok {
		for _, columns := range o.named(partNodeColumns) {
			if err := j.readNodeColumns(ctx, columns, c); err != nil {
				return err
			}
		}
		if err := j.readManifest(ctx, part, c); err != nil {
			return err
		}
	} else if o.project != 0 {
		project, err := j.Store.Project(ctx, j.claim.WS, o.project)
		if err != nil {
			return fmt.Errorf("project of %s: %w", j.claim.Import.ID, err)
		}
		j.project = project
		for _, part := range o.named(partManifest) {
			if _, err := j.checkReverted(ctx, part); err != nil {
				return err
			}
		}
	}
	if err := j.openOthers(ctx, o); err != nil {
		return err
	}
	if part, ok := o.unread(partCatalog); ok && !c.elsewhere {
		if err := j.readCatalog(ctx, part, c); err != nil {
			return err
		}
	} else if len(o.named(partCatalog)) == 0 {
		if err := j.readWaitingCatalog(ctx, c); err != nil {
			return err
		}
	}
	for _, part := range o.named(partRunResults) {
		if o.same[part] {
			continue
		}
		if err := j.readRunResults(ctx, part, c); err != nil {
			return err
		}
	}
	j.checkCommands(c)
	j.checkNodeColumns(c)
	if part, ok := o.unread(partSources); ok {
		if err := j.readSources(ctx, part, c); err != nil {
			return err
		}
	}
	if part, ok := o.unread(partSemantic); ok {
		return j.readSemanticManifest(ctx, part, c)
	}
	return nil
}

// identify finds or makes the project that the head of a manifest names.
func (j *job) identify(ctx context.Context, h dbt.Head) error {
	key, name := projectKey(h), h.ProjectName
	if name == "" {
		name = key
	}
	project, err := j.Store.EnsureProject(ctx, j.claim.WS, j.schema.ID, key, name)
	if err != nil {
		return fmt.Errorf("project %q: %w", name, err)
	}
	j.project = project
	return nil
}

// recognize finds the project by the head of a manifest before its nodes are
// read. Manifests before v10 have no project name: one that is new is named
// after its nodes, later.
//
// A head is not checked when it is read, so nothing is written by it alone.
func (j *job) recognize(ctx context.Context, h dbt.Head, part catalog.Part) error {
	if h.ProjectName == "" && h.ProjectID == "" {
		return nil
	}
	key := projectKey(h)
	project, err := j.Store.ProjectByKey(ctx, j.claim.WS, j.schema.ID, key)
	switch {
	case errors.Is(err, catalog.ErrNotFound) && h.ProjectName == "":
		return nil
	case errors.Is(err, catalog.ErrNotFound):
		if err := j.intact(ctx, part); err != nil {
			return err
		}
		return j.identify(ctx, h)
	case err != nil:
		return fmt.Errorf("project %s: %w", key, err)
	}
	j.project = project
	return nil
}

// projectKey is metadata.project_id, else the project's name.
func projectKey(h dbt.Head) string {
	switch {
	case h.ProjectID != "":
		return h.ProjectID
	case h.ProjectName != "":
		return h.ProjectName
	}
	return "unnamed"
}

// fingerprint returns that of the last applied artifact of a kind; nil if there
// is none or the import is forced.
func (j *job) fingerprint(ctx context.Context, source catalog.Source) (*fingerprint, error) {
	if j.project.ID == 0 || j.claim.Import.Force {
		return nil, nil
	}
	b, err := j.Store.Fingerprint(ctx, j.claim.WS, j.schema.ID, j.project.ID, fingerprintName(source))
	if err != nil {
		return nil, fmt.Errorf("fingerprint of %s: %w", source, err)
	}
	f, err := decodeFingerprint(b)
	if err != nil {
		return nil, nil // an unreadable one only costs time: everything is read again
	}
	return f, nil
}

// fingerprintName ties a fingerprint to the reader that took it.
func fingerprintName(s catalog.Source) string { return string(s) + "/" + readerVersion }

// issues puts the reader's findings into the report.
func (j *job) issues(part string, list []dbt.Issue) {
	for _, i := range list {
		at := part
		if i.Pointer != "" {
			at += " " + i.Pointer
		}
		j.rep.Issue(catalog.Issue{Code: i.Code, Severity: string(i.Severity), Place: at, UniqueID: i.UniqueID, Message: i.Message, Remedy: i.Remedy, Count: i.Count})
	}
}

// inPart names the part of the request in an error of the reader.
func inPart(part string, err error) error {
	var bad *dbt.Error
	if errors.As(err, &bad) {
		named := *bad
		named.Part = part
		return &named
	}
	if err != nil {
		return fmt.Errorf("%s: %w", part, err)
	}
	return nil
}
