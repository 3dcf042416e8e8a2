package revision

import (
	"cmp"
	"context"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Apply merges the observations into the schema and makes one version of what
// changed, or none if nothing did. Everything that it writes becomes visible in
// one transaction, together with what Options.Finish adds; an error leaves the
// served version as it is.
func (r *Reviser) Apply(ctx context.Context, ws int64, schema catalog.SchemaID, opts Options, observations ...Observation) (Result, error) {
	if opts.Report == nil {
		opts.Report = silent{}
	}
	opts, release, err := r.Hold(ctx, ws, schema, opts)
	if err != nil {
		return Result{}, err
	}
	defer release()
	a := &apply{
		Reviser: r, ws: ws, lease: *opts.Lease, opts: opts, changes: newChanges(), tables: map[catalog.AssetID]*mergedTable{},
		held: map[catalog.ProjectID]*held{}, projects: map[catalog.ProjectID]*reported{}, crawls: map[catalog.Origin]*crawls{},
		contested: map[catalog.ProjectID]bool{}, withheld: map[catalog.ProjectID][]store.PendingRemoval{},
	}
	for _, o := range observations {
		a.observations = append(a.observations, &o)
	}
	result, err := a.run(ctx, schema)
	if err != nil && a.write != nil {
		// What this leaves is invisible, and swept by the next writer.
		_ = a.write.Abort(context.WithoutCancel(ctx))
	}
	return result, err
}

// Note commits what Options.Finish and Options.Audit add without making a version.
func (r *Reviser) Note(ctx context.Context, ws int64, schema catalog.SchemaID, opts Options) error {
	opts, release, err := r.Hold(ctx, ws, schema, opts)
	if err != nil {
		return err
	}
	defer release()
	if opts.Check != nil {
		if err := opts.Check(ctx); err != nil {
			return err
		}
	}
	w, err := r.Store.Begin(ctx, *opts.Lease)
	if err != nil {
		return err
	}
	flip, err := opts.finish(&Result{})
	if err != nil {
		return err
	}
	return opts.commit(&flip, func() error { return w.Note(ctx, flip) })
}

// commit calls a function that commits flip, in whose transaction a lease that
// was taken here is given back.
func (o *Options) commit(flip *store.Flip, fn func() error) error {
	if o.released == nil {
		return fn()
	}
	flip.Release = true
	err := fn()
	*o.released = err == nil
	return err
}

// apply is one Apply.
type apply struct {
	*Reviser
	ws           int64
	lease        store.Lease
	opts         Options
	observations []*Observation

	schema   catalog.Schema
	write    *store.Write
	writing  writing
	base     *Base
	nodes    *nodeIndex        // nil until an asset has to be found
	at       map[Node]location // where every node is once the assets are found
	byID     map[string][]Node // of at; nil until an id of another origin is looked up
	changes  *changes
	merger   *merger
	tables   map[catalog.AssetID]*mergedTable
	moves    map[catalog.AssetID][]move                  // from the asset
	arrived  []Node                                      // that were not there before
	goneOf   map[catalog.Origin]map[catalog.AssetID]bool // that an origin has no node of any more
	restate  bool                                        // edges of projects that are not observed may have changed
	current  []catalog.Edge                              // of all projects before this apply; nil: not read
	ahead    *edgesAhead                                 // nil: current is read when it is needed
	edges    edgeChange
	tests    testChange
	untraced []catalog.AssetID // that have no code any more
	// withheld are the removals that become pending, by project; a project that
	// is listed replaces those that it has.
	withheld map[catalog.ProjectID][]store.PendingRemoval
	held     map[catalog.ProjectID]*held
	projects map[catalog.ProjectID]*reported
	crawls   map[catalog.Origin]*crawls
	// contested are projects with tables whose columns another origin lists too.
	contested map[catalog.ProjectID]bool
	memos     []store.Memo
	pending   []catalog.Facet // of ids that nothing claims
}

// report returns the caller's reporter.
func (a *apply) report() Reporter { return a.opts.Report }

// run goes through the stages.
func (a *apply) run(ctx context.Context, id catalog.SchemaID) (Result, error) {
	var err error
	if a.schema, err = a.Store.Schema(ctx, a.ws, id); err != nil {
		return Result{}, err
	}
	if a.opts.Check != nil {
		if err := a.opts.Check(ctx); err != nil {
			return Result{}, err
		}
	}
	if a.write, err = a.Store.Begin(ctx, a.lease); err != nil {
		return Result{}, fmt.Errorf("next version of %s: %w", id, err)
	}
	a.report().Stage("merge")
	defer a.readEdgesAhead(ctx)()
	if err := a.applyPolicy(ctx); err != nil {
		return Result{}, err
	}
	if err := a.identify(ctx); err != nil {
		return Result{}, err
	}
	err = a.whileWriting(ctx, func(ctx context.Context) error {
		if err := a.merge(ctx); err != nil {
			return err
		}
		a.report().Stage("trace")
		return a.derive(ctx)
	})
	if err != nil {
		return Result{}, err
	}
	a.report().Stage("save")
	return a.save(ctx)
}

// applyPolicy makes the new policy the effective one and notes the assets that it
// concerns: those that a person edited, or all.
func (a *apply) applyPolicy(ctx context.Context) error {
	if a.opts.Policy == nil {
		return nil
	}
	before := a.schema.Policy
	if a.schema.Policy = *a.opts.Policy; before.Equal(a.schema.Policy) {
		return nil
	}
	if !before.ConcernsAll(a.schema.Policy) {
		edited, err := a.Store.EditedAssets(ctx, a.ws, a.schema.ID, a.schema.Version)
		for _, id := range edited {
			a.changes.touched[id] = true
		}
		return err
	}
	index, err := a.index(ctx)
	if err != nil {
		return err
	}
	for i := range index.Assets {
		a.changes.touched[index.Assets[i].ID] = true
	}
	return nil
}

// merge merges the changed assets and writes them. What they were merged from is
// dropped then: it is most of the memory of a large report.
func (a *apply) merge(ctx context.Context) error {
	for _, o := range a.observations {
		o.dropClaims()
	}
	a.merger = &merger{apply: a, policy: a.schema.Policy, now: a.Now()}
	if err := a.merger.run(ctx); err != nil {
		return err
	}
	a.changes = &changes{fresh: a.changes.fresh}
	for _, o := range a.observations {
		o.ids, o.Facets = nil, nil
	}
	return a.markContested(ctx)
}

// derive computes what follows from the merged assets: edges, tests, column
// lineage. The reports are dropped before the last, which needs most memory.
func (a *apply) derive(ctx context.Context) error {
	if err := a.link(ctx); err != nil {
		return err
	}
	if err := a.reviseTests(ctx); err != nil {
		return err
	}
	a.at, a.byID, a.arrived, a.nodes = nil, nil, nil, nil
	for _, o := range a.observations {
		o.Links, o.Tests, o.TestReader = nil, nil, nil
	}
	return a.trace(ctx)
}

// cause is why the version is made.
func (a *apply) cause() catalog.Cause {
	for _, o := range a.observations {
		if !o.Cause.IsZero() {
			return o.Cause
		}
	}
	return catalog.Cause{}
}

func compareNodes(a, b Node) int {
	return cmp.Or(cmp.Compare(a.Origin, b.Origin), cmp.Compare(a.ID, b.ID))
}
