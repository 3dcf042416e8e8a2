package dbt

import (
	"context"
	"io"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// Status is the class of a result. Text that is none of them is StatusUnknown.
type Status string

// The statuses of results.
const (
	StatusSuccess        Status = "success"
	StatusError          Status = "error"
	StatusFail           Status = "fail"
	StatusWarn           Status = "warn"
	StatusPass           Status = "pass"
	StatusSkipped        Status = "skipped"
	StatusPartialSuccess Status = "partial success"
	StatusNoOp           Status = "no-op"
	StatusReused         Status = "reused"
	StatusRuntimeError   Status = "runtime error"
	StatusUnknown        Status = "unknown"
)

func parseStatus(s string) Status {
	switch st := Status(strings.ToLower(strings.TrimSpace(s))); st {
	case StatusSuccess, StatusError, StatusFail, StatusWarn, StatusPass, StatusSkipped, StatusPartialSuccess,
		StatusNoOp, StatusReused, StatusRuntimeError:
		return st
	case "skip":
		return StatusSkipped
	}
	return StatusUnknown
}

// Result is what one invocation did to one node, which need not be in any manifest that was read.
type Result struct {
	UniqueID      string
	Status        Status
	StatusText    string // as written
	Message       string
	Failures      *int64 // rows that a test found; nil where not given
	ExecutionTime time.Duration
	Thread        string
	Timing        []Timing // none for skipped nodes
	Compiled      bool
	CompiledCode  string // not cut
	RelationName  string
	Adapter       AdapterResponse
	Batches       *Batches // nil for all but microbatch models
}

// Timing is one phase of a result: "compile" or "execute".
type Timing struct {
	Name        string
	StartedAt   time.Time // UTC; zero if absent
	CompletedAt time.Time // UTC; zero if absent
}

// Batches count the batches of a microbatch model.
type Batches struct{ Successful, Failed int }

// AdapterResponse is what the warehouse answered. Numbers are nil where it does not give them.
type AdapterResponse struct {
	Message        string
	Code           string
	QueryID        string
	JobID          string
	RowsAffected   *int64
	BytesProcessed *int64
	BytesBilled    *int64
	SlotMillis     *int64
	Raw            jsontext.Value // object as written; nil if empty
}

// ResultOptions control ReadRunResults and ReadSources.
type ResultOptions struct {
	Limits   Limits
	Decoders int // as in ManifestOptions
}

// ReadRunResults reads run results from r and calls fn for each, in the order of the file.
func ReadRunResults(ctx context.Context, r io.Reader, opt ResultOptions, fn func(*Result) error) (Head, []Issue, error) {
	return readResults(ctx, r, RunResults, opt, (*decoder).result, fn)
}

// resultsReader reads the two artifacts whose content is a list of results.
type resultsReader[T any] struct {
	*splitter
	header   header
	head     *decoder
	decoded  issues
	decodeFn func(d *decoder, id string, v value) *T
}

func readResults[T any](ctx context.Context, r io.Reader, kind Kind, opt ResultOptions, decode func(*decoder, string, value) *T, fn func(*T) error) (Head, []Issue, error) {
	s, err := newSplitter(r, kind, opt.Limits)
	if err != nil {
		return Head{}, nil, err
	}
	rr := &resultsReader[T]{splitter: s, head: s.newDecoder(), decodeFn: decode}
	p := &pipeline[*T]{decoders: opt.Decoders, split: rr.split, decode: rr.decode, deliver: fn, decoder: s.newDecoder, issues: &rr.decoded}
	if err := p.run(ctx); err != nil {
		return rr.header.Head, nil, err
	}
	if err := rr.header.finish(kind, rr.shape(), s); err != nil {
		return rr.header.Head, nil, err
	}
	return rr.header.Head, s.allIssues(rr.head, &rr.decoded), nil
}

func (r *resultsReader[T]) split(ctx context.Context, emit func(e entry, text form) error) error {
	look := func(e entry, text form, raw value) error {
		if err := r.look(raw, e.checked); err != nil {
			return err
		}
		if err := r.count(); err != nil {
			return err
		}
		return emit(e, text)
	}
	return r.walk(ctx, func(section string, kind jsontext.Kind) error {
		switch section {
		case "metadata":
			return r.metadata(&r.header, r.head, r.part)
		case "generated_at", "elapsed_time", "args":
			v, err := r.value()
			if err == nil {
				r.head.begin(entry{section: section})
				v = r.head.enter(v, allMembers)
				r.header.invocation(r.head, section, v)
			}
			return err
		case "results":
			return r.forDecoders(ctx, '[', allMembers, look)
		case "sources": // sources.json of dbt before 0.19: a map from ids to results
			if r.part == Sources && kind == jsontext.KindBeginObject {
				return r.forDecoders(ctx, '{', allMembers, look)
			}
		}
		return r.skip()
	})
}

func (r *resultsReader[T]) shape() Kind {
	switch {
	case r.fresh || r.run:
		return r.shapeOfRest()
	case r.seen["nodes"] && (r.seen["macros"] || r.seen["parent_map"]):
		return Manifest
	case r.seen["nodes"]:
		return Catalog
	case r.seen["results"]:
		return r.part
	}
	return r.shapeOfRest()
}

// invocation reads the members of the top level that describe how dbt was
// called.
func (h *header) invocation(d *decoder, section string, v value) {
	switch section {
	case "generated_at":
		h.generatedAt(v)
	case "elapsed_time":
		h.Elapsed = d.seconds("", v)
	case "args":
		h.Command = d.name("which", argOf(v, "which"))
		h.Target = d.name("target", argOf(v, "target"))
		h.Args = d.raw("args", shownArgs(v))
		h.Empty = isEmptyRun(v)
	}
}

func (r *resultsReader[T]) decode(d *decoder, e entry, emit func(*T)) {
	if e.id == "" {
		d.id = itoa(int64(e.index))
	}
	if v, ok := d.object(allMembers); ok {
		emit(r.decodeFn(d, e.id, v))
	}
}

func (d *decoder) result(_ string, v value) *Result {
	r := &Result{}
	f := d.load()
	d.about = v.get("unique_id").str()
	for _, m := range f {
		switch string(m.name) {
		case "unique_id":
			r.UniqueID = d.name("unique_id", m.val)
		case "node": // up to v0 a whole node
			r.UniqueID = orText(r.UniqueID, d.name("node/unique_id", m.val.get("unique_id")))
		case "status":
			r.StatusText = d.name("status", m.val)
		case "message":
			r.Message = d.text("message", m.val)
		case "error":
			r.Message = orText(r.Message, d.text("error", m.val))
		case "failures":
			r.Failures = d.number("failures", m.val)
		case "execution_time":
			r.ExecutionTime = d.seconds("execution_time", m.val)
		case "thread_id":
			r.Thread = d.name("thread_id", m.val)
		case "timing":
			r.Timing = d.timing(m.val)
		case "compiled":
			r.Compiled = m.val.kind() == 't'
		case "compiled_code", "compiled_sql":
			r.CompiledCode = d.whole("compiled_code", m.val)
		case "relation_name":
			r.RelationName = d.name("relation_name", m.val)
		case "adapter_response":
			r.Adapter = d.adapterResponse(m.val)
		case "batch_results":
			r.Batches = d.batches(m.val)
		}
	}
	if r.UniqueID == "" {
		d.note(IssueUniqueIDMissing, "unique_id", "a result has no unique_id of a node", remedyRewrite)
	}
	d.status(r, f)
	return r
}

// status classifies the result. Before v1 the outcome was in flags and status was free text, such as
// "CREATE VIEW", or missing.
func (d *decoder) status(r *Result, f []member) {
	r.Status = parseStatus(r.StatusText)
	v0 := false
	for _, m := range f {
		switch name := string(m.name); name {
		case "node":
			v0 = true
		case "fail", "warn", "skip", "error":
			if k := m.val.kind(); k == 't' || name == "error" && k == '"' {
				r.Status = parseStatus(name)
				return
			}
		}
	}
	if r.Status != StatusUnknown {
		return
	}
	if v0 {
		r.Status = StatusSuccess
		return
	}
	d.note(IssueStatusUnknown, "status", "the status "+shorten(r.StatusText, 60)+" is unknown", "")
}

func (d *decoder) timing(v value) []Timing {
	var list []Timing
	for e := range d.elements("timing", v) {
		var t Timing
		for name, m := range e.members {
			switch string(name) {
			case "name":
				t.Name = d.name("timing/name", m)
			case "started_at":
				t.StartedAt = parseTime(m.str())
			case "completed_at":
				t.CompletedAt = parseTime(m.str())
			}
		}
		list = append(list, t)
	}
	return list
}

func (d *decoder) batches(v value) *Batches {
	if v.kind() != '{' {
		return nil
	}
	b := &Batches{}
	for range v.get("successful").elements {
		b.Successful++
	}
	for range v.get("failed").elements {
		b.Failed++
	}
	return b
}

func (d *decoder) adapterResponse(v value) AdapterResponse {
	a := AdapterResponse{Raw: d.raw("adapter_response", v)}
	for name, m := range v.members {
		if m.absent() {
			continue
		}
		switch string(name) {
		case "_message", "message":
			a.Message = orText(a.Message, d.text("adapter_response/_message", m))
		case "code":
			a.Code = d.text("adapter_response/code", m)
		case "query_id":
			a.QueryID = d.name("adapter_response/query_id", m)
		case "job_id":
			a.JobID = d.name("adapter_response/job_id", m)
		case "rows_affected":
			a.RowsAffected = d.number("adapter_response/rows_affected", m)
		case "bytes_processed":
			a.BytesProcessed = d.number("adapter_response/bytes_processed", m)
		case "bytes_billed":
			a.BytesBilled = d.number("adapter_response/bytes_billed", m)
		case "slot_ms":
			a.SlotMillis = d.number("adapter_response/slot_ms", m)
		}
	}
	return a
}

// number reads a whole number; nil for anything else. A number written as text is read too.
func (d *decoder) number(field string, v value) *int64 {
	if v.kind() == '"' {
		v = value(v.str())
	}
	n, ok := v.integer()
	if !ok {
		if !v.absent() {
			d.odd(field, "a whole number")
		}
		return nil
	}
	return &n
}

// maxSeconds bounds durations to what time.Duration holds.
const maxSeconds = 1 << 33

// seconds reads a duration in seconds. A negative one, which results from a clock that was set back, is 0.
func (d *decoder) seconds(field string, v value) time.Duration {
	if v.absent() {
		return 0
	}
	f, ok := v.float()
	switch {
	case !ok:
		d.odd(field, "a number of seconds")
		return 0
	case f < 0:
		d.note(IssueNegativeTime, field, "a negative time was read as 0", "")
		return 0
	}
	return time.Duration(min(f, maxSeconds) * float64(time.Second))
}
