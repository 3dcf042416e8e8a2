package dbtimports

import (
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/httpserver"
)

// importDocument is the reply about an import. The order of its fields is that of the contract.
type importDocument struct {
	Data importResource `json:"data"`
	Meta *importMeta    `json:"meta,omitempty"`
}

type importResource struct {
	ID            string              `json:"id"`
	Type          string              `json:"type"`
	Attributes    importAttributes    `json:"attributes"`
	Relationships importRelationships `json:"relationships"`
}

type importAttributes struct {
	Status          string  `json:"status"`
	HasManifest     bool    `json:"has_manifest"`
	HasCatalog      bool    `json:"has_catalog"`
	HasRunResults   bool    `json:"has_run_results"`
	TablesCreated   int64   `json:"tables_created"`
	TablesUpdated   int64   `json:"tables_updated"`
	ColumnsCreated  int64   `json:"columns_created"`
	ColumnsUpdated  int64   `json:"columns_updated"`
	LineagesCreated int64   `json:"lineages_created"`
	LineagesUpdated int64   `json:"lineages_updated"`
	StartedAt       *string `json:"started_at"`
	CompletedAt     *string `json:"completed_at"`
	ErrorMessage    *string `json:"error_message"`
	CreatedAt       string  `json:"created_at"`
	UpdatedAt       string  `json:"updated_at"`
}

type importRelationships struct {
	Schema importSchema `json:"schema"`
}

type importSchema struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// importMeta is in replies to uploads only.
type importMeta struct {
	JobID    string               `json:"job_id"`
	Warnings []httpserver.Warning `json:"warnings,omitempty"`
}

type importList struct {
	Data  []importResource `json:"data"`
	Links importLinks      `json:"links"`
	Meta  importListMeta   `json:"meta"`
}

type importLinks struct {
	Next *string `json:"next"`
}

type importListMeta struct {
	Limit int `json:"limit"`
}

func resourceOf(imp catalog.Import) importResource {
	c := imp.Counters
	out := importResource{
		ID: imp.ID.String(), Type: "dbt_import",
		Attributes: importAttributes{
			Status:      string(imp.Status),
			HasManifest: imp.Has(partManifest), HasCatalog: imp.Has(partCatalog), HasRunResults: imp.Has(partRunResults),
			TablesCreated: c.TablesCreated, TablesUpdated: c.TablesUpdated,
			ColumnsCreated: c.ColumnsCreated, ColumnsUpdated: c.ColumnsUpdated,
			LineagesCreated: c.LineagesCreated, LineagesUpdated: c.LineagesUpdated,
			StartedAt: timeText(imp.StartedAt), CompletedAt: timeText(imp.EndedAt),
			CreatedAt: wholeSeconds(imp.CreatedAt), UpdatedAt: wholeSeconds(updatedAt(imp)),
		},
		Relationships: importRelationships{Schema: importSchema{ID: imp.SchemaID.String(), Name: imp.SchemaName}},
	}
	if imp.Status == catalog.Failed {
		out.Attributes.ErrorMessage = &imp.Error
	}
	return out
}

// updatedAt is the time of the end, if it has ended.
func updatedAt(imp catalog.Import) time.Time {
	if !imp.EndedAt.IsZero() {
		return imp.EndedAt
	}
	return imp.UpdatedAt
}

func timeText(t time.Time) *string {
	if t.IsZero() {
		return nil
	}
	s := wholeSeconds(t)
	return &s
}

func wholeSeconds(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
