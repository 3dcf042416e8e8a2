package dbt_test

import (
	"path/filepath"
	"testing"

	"github.com/thalweg-data/thalweg/internal/dbt/dbttest"
)

func artifactsDir(t testing.TB) string {
	t.Helper()
	return dbttest.Artifacts(t, filepath.Join("..", ".."))
}

func realCounts(t testing.TB, dir string) map[string]map[string]any {
	t.Helper()
	return dbttest.Counts(t, dir)
}
