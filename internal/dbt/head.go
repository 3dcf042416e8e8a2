package dbt

import (
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Head is the metadata of an artifact.
type Head struct {
	Kind          Kind
	SchemaVersion string // "v12", or "" where the file does not have it
	Version       int    // 12; 0 where the file does not have it
	DBTVersion    string // as written; not always a semantic version
	ProjectName   string // before manifest v10 the package with most models, seeds and snapshots
	ProjectID     string
	AdapterType   string
	InvocationID  string
	GeneratedAt   time.Time      // UTC; zero if absent or implausible
	StartedAt     time.Time      // of the invocation, UTC; zero if absent
	Command       string         // args.which: "build", "test", "generate" …; run results only
	Args          jsontext.Value // what dbt was called with, see shownArgs; run results only, nil if empty
	Empty         bool           // --empty was given; run results only
	Elapsed       time.Duration
	Target        string   // args.target; run results only
	EnvNames      []string // names of the DBT_ENV_CUSTOM_ENV_ variables; their values may be secrets and are not read
}

// header gathers the head while the file goes by in any order.
type header struct {
	Head
	named      bool // the schema URL was read and names a kind
	written    bool // there was a generated_at
	versionURL string
	packages   map[string]int
	order      []string
}

// metadata reads the metadata object.
func (h *header) metadata(d *decoder, v value) {
	for name, val := range v.members {
		switch string(name) {
		case "dbt_schema_version":
			h.versionURL = d.text("dbt_schema_version", val)
		case "dbt_version":
			h.DBTVersion = d.name("dbt_version", val)
		case "project_name":
			h.ProjectName = d.name("project_name", val)
		case "project_id":
			h.ProjectID = d.name("project_id", val)
		case "adapter_type":
			h.AdapterType = strings.ToLower(d.name("adapter_type", val))
		case "invocation_id":
			h.InvocationID = d.name("invocation_id", val)
		case "generated_at":
			h.generatedAt(val)
		case "invocation_started_at", "run_started_at":
			if t := parseTime(val.str()); !t.IsZero() {
				h.StartedAt = t
			}
		case "env":
			for env := range val.members {
				if len(h.EnvNames) == mostMembers {
					break
				}
				h.EnvNames = append(h.EnvNames, string(env))
			}
		}
	}
	kind, version := parseSchemaURL(h.versionURL)
	h.Kind, h.named = kind, kind != ""
	if version >= 0 {
		h.Version, h.SchemaVersion = version, "v"+itoa(int64(version))
	}
}

func (h *header) generatedAt(v value) {
	if v.absent() {
		return
	}
	h.written = true
	if t := parseTime(v.str()); plausible(t) {
		h.GeneratedAt = t
	}
}

// countPackage notes that a package has one more node.
func (h *header) countPackage(resourceType, pkg string) {
	if resourceType != "model" && resourceType != "seed" && resourceType != "snapshot" {
		return
	}
	if h.packages == nil {
		h.packages = map[string]int{}
	}
	if h.packages[pkg]++; h.packages[pkg] == 1 {
		h.order = append(h.order, pkg)
	}
}

// finish checks kind and version once the whole file has been seen. found is the kind by shape.
func (h *header) finish(want, found Kind, s *splitter) error {
	if h.named {
		found = h.Kind
	}
	if found == "" {
		return s.located(&Error{
			Code: CodeKindUnknown, Offset: -1, Expected: string(want),
			Detail: "this is not a dbt artifact", Remedy: "send the " + want.file() + " from dbt's target folder",
		})
	}
	if found != want {
		return s.located(kindMismatch(want, found))
	}
	h.Kind = want
	if h.Version > maxSchemaVersion {
		return s.located(&Error{
			Code: CodeVersionUnsupported, Offset: -1, Found: h.SchemaVersion, Supported: "v0 to v29",
			Detail: "schema version " + h.SchemaVersion + " is not supported (v0 to v29 are)", Remedy: "upgrade Thalweg, or use an older dbt",
		})
	}
	switch {
	case h.SchemaVersion == "":
		s.issues.add(Issue{
			Code: IssueVersionMissing, Severity: Warning, Pointer: "/metadata/dbt_schema_version",
			Message: "the file has no schema version; it was recognized by its shape",
		})
	case !want.hasVersion(h.Version):
		s.issues.add(Issue{
			Code: IssueVersionUnknown, Severity: Warning, Pointer: "/metadata/dbt_schema_version",
			Message: "schema version " + h.SchemaVersion + " is unknown; it was read as the newest known one",
		})
	}
	if h.GeneratedAt.IsZero() {
		message := "the file has no generated_at"
		if h.written {
			message = "the generated_at of the file is implausible"
		}
		s.issues.add(Issue{Code: IssueGeneratedAt, Severity: Warning, Pointer: "/metadata/generated_at", Message: message})
	}
	if h.ProjectName == "" {
		h.ProjectName = h.largestPackage()
	}
	return nil
}

func (h *header) largestPackage() string {
	best := ""
	for _, p := range h.order {
		if h.packages[p] > h.packages[best] {
			best = p
		}
	}
	return best
}

// early refuses a file of another kind or version as soon as its metadata has been read.
func (h *header) early(want Kind, s *splitter) error {
	if h.named && h.Kind != want {
		return kindMismatch(want, h.Kind)
	}
	if h.Version > maxSchemaVersion {
		return h.finish(want, want, s)
	}
	return nil
}

func kindMismatch(want, found Kind) *Error {
	return &Error{
		Code: CodeKindMismatch, Offset: -1, Expected: string(want), Found: string(found),
		Detail: "this is a " + found.file() + ", not a " + want.file(), Remedy: "give each file as what it is",
	}
}

// file returns the name under which dbt writes the kind.
func (k Kind) file() string { return string(k) + ".json" }

// plausible reports whether an artifact can have been generated at t: dbt is from 2016.
func plausible(t time.Time) bool { return t.Year() >= 2016 && t.Year() < 2100 }

// parseTime reads the spellings of time that dbt, its adapters and YAML use; zero if it is not one of
// them. Times without a zone are UTC.
func parseTime(s string) time.Time {
	if len(s) < len("2006-01-02") || len(s) > 64 {
		return time.Time{}
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC()
		}
	}
	return time.Time{}
}

// timeLayouts: a fraction of any length is accepted after the seconds without being named.
var timeLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05",
	"2006-01-02T15:04:05Z0700", "2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02",
}
