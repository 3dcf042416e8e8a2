package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// maxName is the length, in bytes, that names under a unique key may have.
const maxName = 1024

// SchemaRow is a schema as lists show it.
type SchemaRow struct {
	catalog.Schema
	Tables           int64            // present tables of the served version
	LastImport       catalog.ImportID // newest import; 0 without one
	LastImportStatus catalog.Status
	Targets          []ProjectTarget // by project
}

// ProjectTarget is the target of a project that feeds a schema.
type ProjectTarget struct {
	Project catalog.ProjectID
	Name    string // of the project
	Target  catalog.Target
}

// SchemaPatch changes the fields that are not nil.
type SchemaPatch struct {
	Name, Environment *string
	// Policy changes the stored policy.
	Policy func(*catalog.Policy)
	// Health changes the weights of the health of tables.
	Health func(*catalog.HealthWeights)
	By     By // who does it
	// If refuses the change by an error. It is called within the transaction, while
	// nothing else can change the schema, and again if that is tried again.
	If func(SchemaRow) error
}

const schemaColumns = `s.id, s.name, s.environment, s.policy, s.version, s.created_at, s.updated_at, s.health, s.renames`

// schemaRows selects schemas as lists show them.
const schemaRows = `SELECT ` + schemaColumns + `, s.tables, coalesce(i.id, 0), coalesce(i.status, '')
	FROM schemas s LEFT JOIN imports i ON i.ws = s.ws
		AND i.id = (SELECT max(n.id) FROM imports n WHERE n.ws = s.ws AND n.schema_id = s.id)
	`

func scanSchema(row scanner) (catalog.Schema, error) {
	s, _, err := scanSchemaAnd(row)
	return s, err
}

// scanSchemaAnd scans a schema and more columns behind it.
func scanSchemaAnd(row scanner, more ...any) (s catalog.Schema, policy string, err error) {
	var created, updated int64
	var health, renames string
	dst := append([]any{&s.ID, &s.Name, &s.Environment, &policy, &s.Version, &created, &updated, &health, &renames}, more...)
	if err := row.Scan(dst...); err != nil {
		return s, "", err
	}
	s.Health = catalog.DefaultHealthWeights
	if health != "" {
		if err := json.Unmarshal([]byte(health), &s.Health); err != nil {
			return s, "", fmt.Errorf("health of %s: %w", s.ID, err)
		}
	}
	if renames != "" {
		if err := json.Unmarshal([]byte(renames), &s.Renames); err != nil {
			return s, "", fmt.Errorf("former names of projects of %s: %w", s.ID, err)
		}
	}
	s.CreatedAt, s.UpdatedAt = timeOf(created), timeOf(updated)
	if err := json.Unmarshal([]byte(policy), &s.Policy); err != nil {
		return s, "", fmt.Errorf("policy of %s: %w", s.ID, err)
	}
	return s, policy, nil
}

// CreateSchema makes an empty schema. The name is unique in its workspace
// (catalog.ErrConflict) and not blank (catalog.ErrInvalid).
func (s *Store) CreateSchema(ctx context.Context, ws int64, name, environment string, by By) (catalog.Schema, error) {
	if err := validName("schema", name); err != nil {
		return catalog.Schema{}, err
	}
	var schema catalog.Schema
	err := s.tx(ctx, func(tx Tx) error {
		if err := tx.freeSchemaName(ctx, ws, name, 0); err != nil {
			return err
		}
		id, err := tx.newIDs(ctx, catalog.PrefixSchema, 1)
		if err != nil {
			return err
		}
		at := timeOf(micros(s.now()))
		schema = catalog.Schema{ID: catalog.SchemaID(id), Name: name, Environment: environment, Health: catalog.DefaultHealthWeights, CreatedAt: at, UpdatedAt: at}
		if _, err := tx.exec(ctx, `INSERT INTO schemas (ws, id, name, environment, policy, version, tables, dirty,
			lease_token, lease_holder, lease_expires, created_at, updated_at)
			VALUES (?, ?, ?, ?, '{}', 0, 0, 0, 0, '', 0, ?, ?)`, ws, id, name, environment, micros(at), micros(at)); err != nil {
			return err
		}
		return s.audit(ctx, tx, ws, AuditEntry{
			Action: ActionSchemaCreated, Subject: schema.ID.String(), By: by, Details: map[string]any{"name": name, "environment": environment},
		})
	})
	if err != nil {
		return catalog.Schema{}, fmt.Errorf("schema %q: %w", name, err)
	}
	return schema, nil
}

func validName(noun, name string) error {
	switch {
	case strings.TrimSpace(name) == "":
		return fmt.Errorf("%s without a name: %w", noun, catalog.ErrInvalid)
	case len(name) > maxName:
		return fmt.Errorf("%s name of %d bytes, at most %d: %w", noun, len(name), maxName, catalog.ErrTooLarge)
	}
	return nil
}

// freeSchemaName is catalog.ErrConflict if another schema has the name. It
// locks the workspace's row first, so that concurrent creations are serialized.
func (tx Tx) freeSchemaName(ctx context.Context, ws int64, name string, but catalog.SchemaID) error {
	n, err := tx.exec(ctx, `UPDATE workspaces SET name = name WHERE id = ?`, ws)
	if err != nil {
		return err
	}
	if n == 0 {
		return fmt.Errorf("workspace %d: %w", ws, catalog.ErrNotFound)
	}
	_, err = one(ctx, tx.db, scalar[int64], `SELECT id FROM schemas WHERE ws = ? AND name = ? AND id <> ?`, ws, name, int64(but))
	switch {
	case errors.Is(err, catalog.ErrNotFound):
		return nil
	case err != nil:
		return err
	}
	return fmt.Errorf("the name is taken: %w", catalog.ErrConflict)
}

// Schema returns one schema.
func (s *Store) Schema(ctx context.Context, ws int64, id catalog.SchemaID) (catalog.Schema, error) {
	return s.reader(ws).schema(ctx, ws, id)
}

func (d db) schema(ctx context.Context, ws int64, id catalog.SchemaID) (catalog.Schema, error) {
	schema, err := one(ctx, d, scanSchema, `SELECT `+schemaColumns+` FROM schemas s WHERE s.ws = ? AND s.id = ? AND s.deleted_at = 0`, ws, int64(id))
	if err != nil {
		return catalog.Schema{}, fmt.Errorf("schema %s: %w", id, err)
	}
	return schema, nil
}

// Schemas lists the schemas of a workspace by id; only some of them, unless
// only is empty.
func (s *Store) Schemas(ctx context.Context, ws int64, only []catalog.SchemaID, p Page) (Paged[SchemaRow], error) {
	var after int64
	if _, err := p.after(&after); err != nil {
		return Paged[SchemaRow]{}, err
	}
	d := s.reader(ws)
	where, args := among(`WHERE s.ws = ? AND s.deleted_at = 0`, []any{ws}, "s.id", only)
	rows, err := list(ctx, d, scanSchemaRow, schemaRows+where+` AND s.id > ? ORDER BY s.id LIMIT ?`, append(args, after, p.limit()+1)...)
	if err != nil {
		return Paged[SchemaRow]{}, fmt.Errorf("schemas: %w", err)
	}
	total, err := one(ctx, d, scalar[int64], `SELECT count(*) FROM schemas s `+where, args...)
	if err == nil {
		err = d.addTargets(ctx, ws, rows)
	}
	if err != nil {
		return Paged[SchemaRow]{}, fmt.Errorf("schemas: %w", err)
	}
	return paged(rows, p, total, func(r SchemaRow) []any { return []any{r.ID} })
}

// addTargets reads the targets that feed some schemas.
func (d db) addTargets(ctx context.Context, ws int64, rows []SchemaRow) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]int64, len(rows))
	at := make(map[catalog.SchemaID]*SchemaRow, len(rows))
	for i := range rows {
		ids[i], at[rows[i].ID] = int64(rows[i].ID), &rows[i]
	}
	marks, args := in([]any{ws}, ids)
	projects, err := list(ctx, d, scanProject, `SELECT `+projectColumns+` FROM projects
		WHERE ws = ? AND schema_id IN `+marks+` AND (target_database <> '' OR target_schema <> '') ORDER BY id`, args...)
	for _, p := range projects {
		row := at[p.SchemaID]
		row.Targets = append(row.Targets, ProjectTarget{Project: p.ID, Name: p.Name, Target: p.Target})
	}
	return err
}

// among adds to a condition that a column is one of some schemas; nothing if
// there are none.
func among(where string, args []any, column string, only []catalog.SchemaID) (string, []any) {
	if len(only) == 0 {
		return where, args
	}
	ids := make([]int64, len(only))
	for i, id := range only {
		ids[i] = int64(id)
	}
	marks, args := in(args, ids)
	return where + ` AND ` + column + ` IN ` + marks, args
}

func scanSchemaRow(row scanner) (r SchemaRow, err error) {
	r.Schema, _, err = scanSchemaAnd(row, &r.Tables, &r.LastImport, &r.LastImportStatus)
	return r, err
}

// checkedSchema locks a schema's row and returns it, unless check refuses it.
func (tx Tx) checkedSchema(ctx context.Context, ws int64, id catalog.SchemaID, check func(SchemaRow) error) (catalog.Schema, error) {
	if _, err := tx.exec(ctx, `UPDATE schemas SET name = name WHERE ws = ? AND id = ?`, ws, int64(id)); err != nil {
		return catalog.Schema{}, err
	}
	row, err := one(ctx, tx.db, scanSchemaRow, schemaRows+`WHERE s.ws = ? AND s.id = ? AND s.deleted_at = 0`, ws, int64(id))
	if err != nil || check == nil {
		return row.Schema, err
	}
	rows := []SchemaRow{row}
	if err := tx.addTargets(ctx, ws, rows); err != nil {
		return row.Schema, err
	}
	return row.Schema, check(rows[0])
}

// UpdateSchema changes a schema's name, environment or policy.
func (s *Store) UpdateSchema(ctx context.Context, ws int64, id catalog.SchemaID, patch SchemaPatch) (catalog.Schema, error) {
	var schema catalog.Schema
	err := s.tx(ctx, func(tx Tx) (err error) {
		schema, err = s.patchSchema(ctx, tx, ws, id, patch)
		return err
	})
	if err != nil {
		return catalog.Schema{}, fmt.Errorf("update schema %s: %w", id, err)
	}
	return schema, nil
}

// settingsOf returns what the audit log says of a schema.
func settingsOf(s catalog.Schema) map[string]any {
	return map[string]any{"name": s.Name, "environment": s.Environment, "policy": s.Policy, "health": s.Health}
}

func (s *Store) patchSchema(ctx context.Context, tx Tx, ws int64, id catalog.SchemaID, patch SchemaPatch) (catalog.Schema, error) {
	if patch.Name != nil {
		if err := validName("schema", *patch.Name); err != nil {
			return catalog.Schema{}, err
		}
		if err := tx.freeSchemaName(ctx, ws, *patch.Name, id); err != nil {
			return catalog.Schema{}, err
		}
	}
	schema, err := tx.checkedSchema(ctx, ws, id, patch.If)
	if err != nil {
		return schema, err
	}
	before := schema
	patch.apply(&schema)
	if err := schema.Health.Check(); err != nil {
		return schema, err
	}
	schema.UpdatedAt = timeOf(micros(s.now()))
	policy, err := json.Marshal(schema.Policy)
	if err != nil {
		return schema, err
	}
	health := ""
	if schema.Health != catalog.DefaultHealthWeights { // which may change
		b, err := json.Marshal(schema.Health)
		if err != nil {
			return schema, err
		}
		health = string(b)
	}
	if _, err := tx.exec(ctx, `UPDATE schemas SET name = ?, environment = ?, policy = ?, health = ?, updated_at = ? WHERE ws = ? AND id = ?`,
		schema.Name, schema.Environment, string(policy), health, micros(schema.UpdatedAt), ws, int64(id)); err != nil {
		return schema, err
	}
	return schema, s.audit(ctx, tx, ws, AuditEntry{
		Action: ActionSchemaUpdated, Subject: id.String(), By: patch.By,
		Details: map[string]any{"before": settingsOf(before), "after": settingsOf(schema)},
	})
}

func (p SchemaPatch) apply(s *catalog.Schema) {
	if p.Name != nil {
		s.Name = *p.Name
	}
	if p.Environment != nil {
		s.Environment = *p.Environment
	}
	if p.Policy != nil {
		p.Policy(&s.Policy)
	}
	if p.Health != nil {
		p.Health(&s.Health)
	}
}
