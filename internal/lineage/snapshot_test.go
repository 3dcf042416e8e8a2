package lineage

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseSnapshot(t *testing.T) {
	standard := Snapshot{ScdID: "dbt_scd_id", Updated: "dbt_updated_at", ValidFrom: "dbt_valid_from", ValidTo: "dbt_valid_to", IsDeleted: "dbt_is_deleted"}
	with := func(change func(*Snapshot)) Snapshot { s := standard; change(&s); return s }
	tests := []struct {
		name, config string
		want         Snapshot
	}{
		{"nothing", "", standard},
		{"no JSON", "{", standard},
		{"timestamp", `{"strategy":"timestamp","unique_key":"id","updated_at":"changed"}`, with(func(s *Snapshot) { s.UniqueKey, s.UpdatedAt = []string{"id"}, "changed" })},
		{"check", `{"strategy":"check","unique_key":["a","b"],"check_cols":["x"]}`, with(func(s *Snapshot) { s.UniqueKey, s.Check = []string{"a", "b"}, []string{"x"} })},
		{"check of all", `{"strategy":"check","unique_key":"id","check_cols":"all"}`, with(func(s *Snapshot) { s.UniqueKey, s.Check = []string{"id"}, []string{"all"} })},
		{"deletions", `{"hard_deletes":"new_record"}`, with(func(s *Snapshot) { s.Deleted = true })},
		{"deletions that close", `{"hard_deletes":"invalidate"}`, standard},
		{"names", `{"snapshot_meta_column_names":{"dbt_valid_to":"until","dbt_valid_from":null,"dbt_scd_id":""}}`, with(func(s *Snapshot) { s.ValidTo = "until" })},
		{"odd kinds", `{"unique_key":7,"strategy":[],"updated_at":"u","check_cols":{}}`, with(func(s *Snapshot) { s.UpdatedAt = "u" })},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(&tt.want, ParseSnapshot("postgres", []byte(tt.config))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

// dbt does not quote its own columns: they are as the warehouse folds them.
func TestSnapshotColumnsAreFolded(t *testing.T) {
	for platform, want := range map[string]string{"oracle": "DBT_SCD_ID", "snowflake": "DBT_SCD_ID", "postgres": "dbt_scd_id", "bigquery": "dbt_scd_id"} {
		if got := ParseSnapshot(platform, nil).ScdID; got != want {
			t.Errorf("%s: %s, want %s", platform, got, want)
		}
	}
	if got := ParseSnapshot("snowflake", []byte(`{"snapshot_meta_column_names":{"dbt_valid_to":"until"}}`)).ValidTo; got != "UNTIL" {
		t.Errorf("own name: %s", got)
	}
}

func TestSnapshotColumns(t *testing.T) {
	tests := []struct {
		name, config, sql, want string
		status                  Status
	}{
		{
			"timestamp", `{"strategy":"timestamp","unique_key":"id","updated_at":"changed"}`, "select * from db.s.raw",
			`id < raw.id identity
			name < raw.name identity
			changed < raw.changed identity
			dbt_scd_id < raw.changed transform, raw.id transform
			dbt_updated_at < raw.changed transform
			dbt_valid_from < raw.changed transform
			dbt_valid_to < raw.changed transform`, Read,
		},
		{
			"check, two keys, deletions, own names",
			`{"strategy":"check","unique_key":["id","name"],"check_cols":"all","hard_deletes":"new_record","snapshot_meta_column_names":{"dbt_is_deleted":"gone"}}`,
			"select id, lower(name) as name from db.s.raw",
			`id < raw.id identity
			name < raw.name transform
			dbt_scd_id < raw.id transform, raw.name transform
			dbt_updated_at
			dbt_valid_from
			dbt_valid_to
			gone`, Read,
		},
		{
			"a query that has dbt's columns itself", `{"strategy":"timestamp","unique_key":"ID","updated_at":"Changed"}`,
			"select id, changed, dbt_valid_from from db.s.older",
			`id < older.id identity
			changed < older.changed identity
			dbt_valid_from < older.dbt_valid_from identity
			dbt_scd_id < older.changed transform, older.id transform
			dbt_updated_at < older.changed transform
			dbt_valid_to < older.changed transform`, Read,
		},
		{
			"a key that is no column", `{"strategy":"timestamp","unique_key":"id || name","updated_at":"changed"}`, "select id, changed from db.s.raw",
			`id < raw.id identity
			changed < raw.changed identity
			dbt_scd_id < raw.changed transform
			dbt_updated_at < raw.changed transform
			dbt_valid_from < raw.changed transform
			dbt_valid_to < raw.changed transform`, Read,
		},
		{"not SQL", `{}`, "this is no query", "", Failed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld("postgres")
			w.source("raw", "id", "name", "changed")
			w.source("older", "id", "changed", "dbt_valid_from")
			w.model("m", tt.sql, "raw", "older").Code.Snapshot = ParseSnapshot("postgres", []byte(tt.config))
			b := w.trace(t)["m"]
			w.check(t, b, tt.want)
			if b.Status != tt.status {
				t.Errorf("status %s, want %s: %v", b.Status, tt.status, b.Issues)
			}
			for _, o := range b.Outputs {
				if masked := o.Name == "dbt_scd_id"; o.Masked != masked {
					t.Errorf("%s masked is %v", o.Name, o.Masked)
				}
			}
		})
	}
}
