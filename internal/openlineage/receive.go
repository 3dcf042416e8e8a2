package openlineage

import (
	"context"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// ApplyDelay is how long the first change waits for others before all of them are applied together.
const ApplyDelay = 2 * time.Second

// JobStore keeps the states of jobs; *store.Store does.
type JobStore interface {
	UpdateLineageJob(ctx context.Context, ws int64, schema catalog.SchemaID, namespace, name string, delay time.Duration, change func(old []byte) (store.LineageChange, error)) error
	LineageJobs(ctx context.Context, ws int64, schema catalog.SchemaID, p store.Page) (store.Paged[store.LineageJob], error)
}

// Receiver takes events. An event is kept when Receive returns; what it changes is applied a little later, together
// with what other events change.
type Receiver struct {
	Store JobStore
	Now   func() time.Time
	Delay time.Duration // 0 = ApplyDelay
}

// Receipt is what became of an event.
type Receipt struct {
	Job        DataName // namespace and name
	Ignored    string   // why nothing is kept of it; "" = it is
	Unresolved []Unresolved
}

// Unresolved is a dataset that cannot be a table of a database.
type Unresolved struct {
	DataName
	Reason string
}

// Receive keeps an event of a job for a schema. Errors of the event itself are catalog.ErrInvalid.
func (r *Receiver) Receive(ctx context.Context, ws int64, schema catalog.SchemaID, body []byte) (Receipt, error) {
	e, err := ParseEvent(body, r.Now())
	if err != nil {
		return Receipt{}, err
	}
	switch {
	case e.Job == nil:
		return Receipt{Ignored: "events of datasets alone are not used"}, nil
	case e.IsOurs():
		return Receipt{Job: DataName(e.jobName()), Ignored: "Thalweg made the event itself"}, nil
	}
	delay := r.Delay
	if delay == 0 {
		delay = ApplyDelay
	}
	receipt := Receipt{Job: e.jobName(), Unresolved: e.unresolved()}
	return receipt, r.Store.UpdateLineageJob(ctx, ws, schema, e.Job.Namespace, e.Job.Name, delay, func(old []byte) (store.LineageChange, error) {
		return joined(old, e)
	})
}

// joined returns the state of a job with one more event.
func joined(old []byte, e *Event) (store.LineageChange, error) {
	s, err := ParseJobState(old)
	if err != nil {
		return store.LineageChange{}, err
	}
	before := s.Effective()
	s.Add(e)
	state, err := s.Encode()
	return store.LineageChange{State: state, Apply: string(before) != string(s.Effective())}, err
}

func (e *Event) jobName() DataName { return DataName{Namespace: e.Job.Namespace, Name: e.Job.Name} }

// unresolved lists the datasets that cannot be tables of a database, each once.
func (e *Event) unresolved() []Unresolved {
	var all []DataState
	for _, list := range [][]EventData{e.Inputs, e.Outputs} {
		for i := range list {
			all = addData(all, &list[i], e.at)
		}
	}
	var out []Unresolved
	for i := range all {
		if _, reason := all[i].Resolve(); reason != "" {
			out = append(out, Unresolved{all[i].DataName, reason})
		}
	}
	return out
}
