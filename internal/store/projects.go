package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

const projectColumns = `id, schema_id, key, name, dbt_version, adapter, manifest_at, catalog_at, manifest_tie, catalog_tie, target_database, target_schema,
	invocation_id, last_import, created_at, updated_at`

func scanProject(row scanner) (p catalog.Project, err error) {
	var manifest, docs, created, updated int64
	var manifestTie, docsTie []byte
	err = row.Scan(&p.ID, &p.SchemaID, &p.Key, &p.Name, &p.DBTVersion, &p.Adapter, &manifest, &docs, &manifestTie, &docsTie,
		&p.Target.Database, &p.Target.Schema, &p.InvocationID, &p.LastImport, &created, &updated)
	p.ManifestGeneratedAt, p.CatalogGeneratedAt = timeOf(manifest), timeOf(docs)
	p.ManifestTie, p.CatalogTie = hashOf(manifestTie), hashOf(docsTie)
	p.CreatedAt, p.UpdatedAt = timeOf(created), timeOf(updated)
	return p, err
}

// Projects lists the projects of a schema (0 = all) by id.
func (s *Store) Projects(ctx context.Context, ws int64, schema catalog.SchemaID, p Page) (Paged[catalog.Project], error) {
	var after int64
	if _, err := p.after(&after); err != nil {
		return Paged[catalog.Project]{}, err
	}
	d := s.reader(ws)
	rows, err := list(ctx, d, scanProject, `SELECT `+projectColumns+` FROM projects
		WHERE ws = ? AND (CAST(? AS bigint) = 0 OR schema_id = ?)`+notDeleted("projects.schema_id")+` AND id > ? ORDER BY id LIMIT ?`, ws, int64(schema), int64(schema), ws, after, p.limit()+1)
	if err != nil {
		return Paged[catalog.Project]{}, fmt.Errorf("projects: %w", err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM projects WHERE ws = ? AND (CAST(? AS bigint) = 0 OR schema_id = ?)`+notDeleted("projects.schema_id"), ws, int64(schema), int64(schema), ws)
	if err != nil {
		return Paged[catalog.Project]{}, fmt.Errorf("projects: %w", err)
	}
	return paged(rows, p, total, func(r catalog.Project) []any { return []any{r.ID} })
}

// Project returns one project.
func (s *Store) Project(ctx context.Context, ws int64, id catalog.ProjectID) (catalog.Project, error) {
	p, err := one(ctx, s.reader(ws), scanProject, `SELECT `+projectColumns+` FROM projects WHERE ws = ? AND id = ?`, ws, int64(id))
	if err != nil {
		return catalog.Project{}, fmt.Errorf("project %s: %w", id, err)
	}
	return p, nil
}

// ProjectByKey returns the project of a schema that has the key.
func (s *Store) ProjectByKey(ctx context.Context, ws int64, schema catalog.SchemaID, key string) (catalog.Project, error) {
	p, err := s.reader(ws).projectByKey(ctx, ws, schema, key)
	if err != nil {
		return catalog.Project{}, fmt.Errorf("project %q of %s: %w", key, schema, err)
	}
	return p, nil
}

func (d db) projectByKey(ctx context.Context, ws int64, schema catalog.SchemaID, key string) (catalog.Project, error) {
	return one(ctx, d, scanProject, `SELECT `+projectColumns+` FROM projects WHERE ws = ? AND schema_id = ? AND key = ?`, ws, int64(schema), key)
}

// ExpectProject returns the project of a schema that has a name, and makes it where there
// is none: EnsureProject gives it its key when it is first imported.
func (s *Store) ExpectProject(ctx context.Context, ws int64, schema catalog.SchemaID, name string) (catalog.Project, error) {
	p, err := one(ctx, s.reader(ws), scanProject, `SELECT `+projectColumns+` FROM projects WHERE ws = ? AND schema_id = ? AND name = ?`, ws, int64(schema), name)
	if errors.Is(err, catalog.ErrNotFound) {
		return s.EnsureProject(ctx, ws, schema, name, name)
	}
	if err != nil {
		return p, fmt.Errorf("project %q of %s: %w", name, schema, err)
	}
	return p, nil
}

// takeExpected gives the project that was expected by a name its key.
func (tx Tx) takeExpected(ctx context.Context, ws int64, schema catalog.SchemaID, key, name string) (catalog.Project, error) {
	p, err := tx.projectByKey(ctx, ws, schema, name)
	if err != nil {
		return p, err
	}
	if p.Name != name || p.LastImport != 0 || p.Target.IsZero() {
		return p, catalog.ErrNotFound
	}
	p.Key = key
	_, err = tx.exec(ctx, `UPDATE projects SET key = ? WHERE ws = ? AND id = ?`, key, ws, int64(p.ID))
	return p, err
}

// EnsureProject returns the project of a schema that has the key, and makes it
// where there is none and none of the name was expected. It is seen at once, not from a version on, and needs no
// lease: nothing that is served depends on a project without facets.
func (s *Store) EnsureProject(ctx context.Context, ws int64, schema catalog.SchemaID, key, name string) (catalog.Project, error) {
	if err := validName("project", key); err != nil {
		return catalog.Project{}, err
	}
	project, err := s.ProjectByKey(ctx, ws, schema, key)
	if !errors.Is(err, catalog.ErrNotFound) {
		return project, err
	}
	err = s.tx(ctx, func(tx Tx) (err error) {
		// The counter's row is locked first: of two concurrent callers, the
		// second finds what the first made.
		if _, err := tx.exec(ctx, `UPDATE counters SET next = next WHERE kind = ?`, catalog.PrefixProject); err != nil {
			return err
		}
		if _, err := tx.schema(ctx, ws, schema); err != nil {
			return err
		}
		if project, err = tx.projectByKey(ctx, ws, schema, key); !errors.Is(err, catalog.ErrNotFound) {
			return err
		}
		if project, err = tx.takeExpected(ctx, ws, schema, key, name); !errors.Is(err, catalog.ErrNotFound) {
			return err
		}
		id, err := tx.newIDs(ctx, catalog.PrefixProject, 1)
		if err != nil {
			return err
		}
		if name, err = tx.freeName(ctx, ws, schema, key, name); err != nil {
			return err
		}
		at := timeOf(micros(s.now()))
		project = catalog.Project{ID: catalog.ProjectID(id), SchemaID: schema, Key: key, Name: name, CreatedAt: at, UpdatedAt: at}
		_, err = tx.exec(ctx, `INSERT INTO projects (ws, `+projectColumns+`) VALUES (?, ?, ?, ?, ?, '', '', 0, 0, ?, ?, '', '', '', 0, ?, ?)`,
			ws, id, int64(schema), key, name, []byte{}, []byte{}, micros(at), micros(at))
		return err
	})
	if err != nil {
		return catalog.Project{}, fmt.Errorf("project %q of %s: %w", key, schema, err)
	}
	return project, nil
}

// shortKey is how much of a key is used to distinguish projects of one name.
const shortKey = 8

// freeName returns a name that no other project of the schema has: the origin of
// a project's facets is made of it, so two projects of one name would overwrite
// each other's facets. The key is added, shortened where that is enough.
func (tx Tx) freeName(ctx context.Context, ws int64, schema catalog.SchemaID, key, name string) (string, error) {
	for _, candidate := range []string{name, name + " (" + strings.ToValidUTF8(key[:min(len(key), shortKey)], "") + ")"} {
		taken, err := one(ctx, tx.db, scalar[int64], `SELECT count(*) FROM projects WHERE ws = ? AND schema_id = ? AND name = ?`, ws, int64(schema), candidate)
		if err != nil {
			return "", err
		}
		if taken == 0 {
			return candidate, nil
		}
	}
	return name + " (" + key + ")", nil
}

// updateProject writes the fields that an import learns. Key and name stay: the
// origin of the project's facets depends on them.
func (tx Tx) updateProject(ctx context.Context, ws int64, p catalog.Project, at int64) error {
	n, err := tx.exec(ctx, `UPDATE projects SET dbt_version = ?, adapter = ?, manifest_at = ?, catalog_at = ?, manifest_tie = ?, catalog_tie = ?,
		target_database = ?, target_schema = ?, invocation_id = ?, last_import = ?, updated_at = ? WHERE ws = ? AND id = ? AND schema_id = ?`,
		p.DBTVersion, p.Adapter, micros(p.ManifestGeneratedAt), micros(p.CatalogGeneratedAt), p.ManifestTie[:], p.CatalogTie[:],
		p.Target.Database, p.Target.Schema, p.InvocationID, int64(p.LastImport), at, ws, int64(p.ID), int64(p.SchemaID))
	if err == nil && n == 0 {
		err = catalog.ErrNotFound
	}
	if err != nil {
		return fmt.Errorf("project %s: %w", p.ID, err)
	}
	return nil
}
