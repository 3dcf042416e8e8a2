package catalog

import "time"

// Status of an import; the four values of the import API.
type Status string

// The statuses.
const (
	Pending    Status = "pending"
	Processing Status = "processing"
	Completed  Status = "completed"
	Failed     Status = "failed"
)

// Counters of an import: created is new, updated is changed, never touched.
type Counters struct {
	TablesCreated, TablesUpdated     int64
	ColumnsCreated, ColumnsUpdated   int64
	LineagesCreated, LineagesUpdated int64
}

// Import is one set of artifacts for one schema: the user's record of it. A job
// does the work.
type Import struct {
	ID          ImportID
	SchemaID    SchemaID
	SchemaName  string
	Status      Status
	Parts       []Part
	Force       bool  // apply although older than what is served
	NoStaling   bool  // what the manifest lacks stays
	Integration int64 // whose sync made it; 0 = none
	Actor       Actor
	Project     ProjectID // 0 until read
	Counters    Counters
	Error       string // error_message; "" unless failed
	ErrorCode   string
	Version     int64 // schema version it made; 0 = none
	Report      Report
	Attempts    int
	CreatedAt   time.Time
	StartedAt   time.Time
	EndedAt     time.Time
	UpdatedAt   time.Time
}

// Part is one artifact of an import.
type Part struct {
	Name   string // manifest, catalog, run_results, sources, semantic_manifest, node_columns
	SHA256 string // hex; content address of the bytes as they came
	Size   int64
	Number int // position among parts of the same name
	// Checksum is the CRC-32C of the bytes; 0 in imports of older programs.
	Checksum uint32
}

// Has reports whether a part of this name came.
func (i Import) Has(name string) bool {
	for _, p := range i.Parts {
		if p.Name == name {
			return true
		}
	}
	return false
}

// Report is how an import went: shown live and kept.
type Report struct {
	Stages      []Stage `json:"stages"`
	Issues      []Issue `json:"issues"`
	IssuesTotal int     `json:"issues_total"`
	Outcome     string  `json:"outcome,omitempty"` // applied, unchanged, superseded, canceled, failed
	// Counts are of what was read and what was stored: nodes, removed, run_results …
	Counts map[string]int64 `json:"counts,omitempty"`
}

// Outcomes of imports that failed; those of completed ones belong to the
// importer.
const (
	OutcomeCanceled = "canceled"
	OutcomeFailed   = "failed"
)

// Stage is one step of the pipeline.
type Stage struct {
	Name  string  `json:"name"` // open, read, merge, trace, save
	MS    float64 `json:"ms"`
	Done  int64   `json:"done"`
	Total int64   `json:"total"`
	State string  `json:"state"` // running, done, failed
}

// Issue is a problem found in an artifact or in SQL; stored and shown, never
// only logged. Equal ones are folded.
type Issue struct {
	Code     string `json:"code"`
	Severity string `json:"severity"` // warning, info, error
	Place    string `json:"place,omitempty"`
	UniqueID string `json:"unique_id,omitempty"`
	Message  string `json:"message"`
	Remedy   string `json:"remedy,omitempty"`
	Count    int    `json:"count,omitempty"` // times; 0 reads as 1
}
