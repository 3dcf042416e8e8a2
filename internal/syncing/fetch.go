package syncing

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/store"
)

const (
	// maxPeeked bounds the manifests of a bucket whose project is looked up; the ones written last come first.
	maxPeeked = 500
	// peekSize is how much of a manifest is read for its metadata, which dbt writes first.
	peekSize = 256 << 10
	// downloads is how many objects are read at a time.
	downloads = 4
	// listings is how often a bucket is listed again because objects were replaced while they were read.
	listings = 3
)

// scan is one look at a bucket.
type scan struct {
	*run
	bucket.Client
	prefix string
	seen   map[string]store.SeenObject
	listing
	found map[string]store.SeenObject // by key: what was learned of manifests
}

// fetch reads what is new in the bucket into blobs and returns it as sets for imports.
func (r *run) fetch(ctx context.Context) ([]set, error) {
	credential := ""
	if field := r.settings.SecretField(); field != "" {
		var err error
		if credential, err = r.Registry.credential(ctx, r.integration, field); err != nil {
			return nil, err
		}
	}
	b, prefix, err := r.Registry.open(ctx, r.integration, r.settings, credential)
	if err != nil {
		return nil, err
	}
	for attempt := 1; ; attempt++ {
		sets, err := r.fetchFrom(ctx, r.Registry.Client(b), prefix)
		if bucket.ReasonOf(err) != bucket.Replaced || attempt == listings {
			return sets, err
		}
		if err := r.log(ctx, "warning", "A file was replaced while it was read; the bucket is listed again, so that files belong together."); err != nil {
			return nil, err
		}
	}
}

func (r *run) fetchFrom(ctx context.Context, c bucket.Client, prefix string) (sets []set, err error) {
	s := &scan{run: r, Client: c, prefix: prefix, found: map[string]store.SeenObject{}}
	if s.seen, err = r.Store.SeenObjects(ctx, r.sync.WS, r.integration.ID); err != nil {
		return nil, err
	}
	r.report.Stage("list")
	if s.listing, err = list(ctx, c, prefix, r.settings); err != nil {
		return nil, err
	}
	if err := s.logListing(ctx); err != nil {
		return nil, err
	}
	if len(s.manifests()) == 0 {
		return nil, &SyncError{codeNoManifest, fmt.Sprintf("there is no manifest.json %s; nothing was changed. %s", s.where(), whereHint(r.settings))}
	}
	if !s.changed() {
		return nil, nil
	}
	if err := s.peek(ctx); err != nil {
		return nil, err
	}
	return s.sets(ctx)
}

func (s *scan) where() string {
	if s.prefix == "" {
		return "in the bucket"
	}
	return fmt.Sprintf("below %q", s.prefix)
}

func whereHint(s Settings) string {
	if strings.TrimSpace(s.SearchPath) == "" {
		return "Without a search path only files at the root of the bucket are read; / as search path reads all folders."
	}
	return "Check the search path."
}

// recursive reports whether folders are looked into.
func (s Settings) recursive() bool { return strings.TrimSpace(s.SearchPath) != "" }

// list lists what may be artifacts.
func list(ctx context.Context, c bucket.Client, prefix string, s Settings) (l listing, err error) {
	for o, err := range c.Objects(ctx, prefix) {
		if err != nil {
			return l, err
		}
		l.objects++
		found, ok := classify(o, prefix, s.recursive())
		if ok && (!s.ArtifactsOnly || found.kind == dbt.Manifest || found.kind == dbt.RunResults) {
			l.candidates = append(l.candidates, found)
		}
	}
	return l, nil
}

func (s *scan) logListing(ctx context.Context) error {
	s.report.Count("objects_listed", int64(s.objects))
	s.report.Count("objects_matched", int64(len(s.candidates)))
	return s.log(ctx, "info", "%d objects are %s; %d of them may be artifacts by their names, %d of those are manifests.",
		s.objects, s.where(), len(s.candidates), len(s.manifests()))
}

// changed reports whether any candidate has other content than when it was imported or looked into.
func (s *scan) changed() bool {
	return slices.ContainsFunc(s.candidates, func(c candidate) bool { return s.seen[c.Key].ETag != c.ETag })
}

// peek finds the project of each manifest, by its metadata. One that has not changed is not read again.
func (s *scan) peek(ctx context.Context) error {
	s.report.Stage("look")
	all := s.manifests()
	if len(all) > maxPeeked {
		if err := s.log(ctx, "warning", "Only the %d manifests that were written last are looked into, of %d.", maxPeeked, len(all)); err != nil {
			return err
		}
		all = all[:maxPeeked]
	}
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(downloads)
	learned := make([]store.SeenObject, len(all))
	for n, c := range all {
		if known, ok := s.seen[c.Key]; ok && known.ETag == c.ETag {
			learned[n] = known
			continue
		}
		group.Go(func() (err error) {
			learned[n], err = s.look(ctx, c)
			return err
		})
	}
	err := group.Wait()
	for _, o := range learned {
		if o.Key != "" {
			s.found[o.Key] = o
		}
	}
	return err
}

// look reads the metadata of a manifest. A file that is not an artifact is passed over.
func (s *scan) look(ctx context.Context, c candidate) (store.SeenObject, error) {
	o := store.SeenObject{Key: c.Key, ETag: c.ETag, Project: c.folder}
	var head dbt.Head
	err := s.Peek(ctx, c.Object, peekSize, func(r io.Reader) (err error) {
		if head, err = dbt.Sniff(ctx, r, dbt.DefaultLimits(dbt.Manifest)); err != nil {
			head = dbt.Head{} // the import of the whole file reports the fault
		}
		return nil
	})
	if err != nil || head.Kind != dbt.Manifest {
		return o, err
	}
	if o.GeneratedAt = head.GeneratedAt; head.ProjectID != "" || head.ProjectName != "" {
		o.Project = head.ProjectID + "/" + head.ProjectName
	}
	return o, nil
}

// newest returns the newest manifest of each project.
func (s *scan) newest() map[string]candidate {
	out := map[string]candidate{}
	for _, c := range s.manifests() { // the one written last first: it wins between equals
		o, ok := s.found[c.Key]
		if !ok {
			continue
		}
		if other, ok := out[o.Project]; !ok || o.GeneratedAt.After(s.found[other.Key].GeneratedAt) {
			out[o.Project] = c
		}
	}
	return out
}

// folders returns the project of the newest manifest of each folder.
func (s *scan) folders() map[string]string {
	out := map[string]string{}
	for _, c := range slices.Backward(s.manifests()) {
		if o, ok := s.found[c.Key]; ok {
			out[c.folder] = o.Project
		}
	}
	return out
}

// fresh reports whether an object was not imported as it is now.
func (s *scan) fresh(c candidate) bool {
	o := s.seen[c.Key]
	return o.ETag != c.ETag || !o.Imported
}

// sets downloads what is new of each project.
func (s *scan) sets(ctx context.Context) ([]set, error) {
	s.report.Stage("download")
	results, unowned := s.resultsByProject()
	if unowned > 0 {
		if err := s.log(ctx, "warning", "%d files of run results are in folders without a manifest, and there are several projects: "+
			"they are left out. Put them into the folder of the manifest of their project.", unowned); err != nil {
			return nil, err
		}
	}
	projects := s.newest()
	var all [][]candidate
	for _, project := range slices.Sorted(maps.Keys(projects)) {
		all = append(all, s.project(projects[project], results[project])...)
	}
	if len(all) == 0 {
		return nil, s.save(ctx, nil)
	}
	sets, err := s.download(ctx, all)
	if err != nil {
		return nil, err
	}
	sets[len(sets)-1].ended = s.alsoPassedOver(sets[len(sets)-1].ended)
	return sets, nil
}

// alsoPassedOver saves, after the last import, what was looked into and is not the newest.
func (s *scan) alsoPassedOver(ended func(context.Context, catalog.Import) error) func(context.Context, catalog.Import) error {
	return func(ctx context.Context, imp catalog.Import) error {
		if err := ended(ctx, imp); err != nil || imp.Status != catalog.Completed {
			return err
		}
		return s.save(ctx, nil)
	}
}

// resultsByProject returns the run results that were not imported, by project, and how many have none.
func (s *scan) resultsByProject() (out map[string][]candidate, unowned int) {
	folders := s.folders()
	out = map[string][]candidate{}
	for _, c := range s.results() {
		if !s.fresh(c) {
			continue
		}
		if project, ok := owner(c.folder, folders); ok {
			out[project] = append(out[project], c)
		} else {
			unowned++
		}
	}
	return out, unowned
}

// project returns the files of each import of one project: its newest manifest with the others of its folder, if any of
// them is new, and all new run results.
func (s *scan) project(newest candidate, results []candidate) (sets [][]candidate) {
	files := []candidate{newest}
	isNew := s.fresh(newest)
	for _, kind := range []dbt.Kind{dbt.Catalog, dbt.Sources, dbt.SemanticManifest} {
		if c, ok := s.inFolder(newest.folder, kind); ok && s.fresh(c) {
			files, isNew = append(files, c), true
		}
	}
	if !isNew && len(results) == 0 {
		return nil
	}
	for first := true; first || len(results) > 0; first = false {
		n := min(len(results), maxFiles)
		sets = append(sets, slices.Concat(files, results[:n]))
		results, files = results[n:], files[:1]
	}
	return sets
}

// download reads the files of imports into blobs, several at a time whatever they belong to.
func (s *scan) download(ctx context.Context, all [][]candidate) ([]set, error) {
	sets := make([]set, len(all))
	group, inner := errgroup.WithContext(ctx)
	group.SetLimit(downloads)
	read, total := int64(0), int64(0)
	var progress sync.Mutex
	for _, files := range all {
		total += int64(len(files))
	}
	for n, files := range all {
		sets[n] = s.set(files)
		for at, c := range files {
			group.Go(func() error {
				if err := s.keep(inner, c, &sets[n].parts[at]); err != nil {
					return err
				}
				progress.Lock()
				defer progress.Unlock()
				read++
				s.report.Progress(read, total)
				return nil
			})
		}
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	s.report.Add("downloads", total)
	return sets, nil
}

// set returns the import of files that are to be read.
func (s *scan) set(files []candidate) set {
	parts, keys, results := make([]catalog.Part, len(files)), make([]string, len(files)), 0
	for n, c := range files {
		parts[n].Name, keys[n] = string(c.kind), c.Key
		if c.kind == dbt.RunResults {
			parts[n].Number = results
			results++
		}
	}
	return set{name: strings.Join(keys, ", "), parts: parts, ended: func(ctx context.Context, imp catalog.Import) error {
		if imp.Status != catalog.Completed {
			return nil // it is tried again with the next sync
		}
		return s.save(ctx, files)
	}}
}

// keep reads an object into a blob.
func (s *scan) keep(ctx context.Context, c candidate, part *catalog.Part) error {
	blobs := s.Blobs(s.sync.WS)
	return s.Fetch(ctx, c.Object, func(body io.Reader) (err error) {
		w, err := blobs.Create(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = w.Abort() }() // nothing, once it is committed
		if _, err := io.Copy(w, body); err != nil {
			return fmt.Errorf("%.200q: %w", c.Key, err)
		}
		return s.commit(ctx, w, part)
	})
}

func (s *scan) commit(ctx context.Context, w blob.Writer, part *catalog.Part) error {
	sum := w.Sum()
	part.SHA256, part.Size, part.Checksum = sum.Hash.String(), sum.Size, sum.Checksum
	// Before the bytes are stored: retention leaves them alone from here on.
	if _, err := s.Store.TouchBlobs(ctx, []catalog.Part{*part}); err != nil {
		return err
	}
	_, _, err := w.Commit(ctx)
	return err
}

// save notes files that were imported; nil notes what else was seen: it is not looked into again until it changes.
func (s *scan) save(ctx context.Context, files []candidate) error {
	var seen []store.SeenObject
	var gone []string
	for _, c := range files {
		o := s.found[c.Key]
		seen = append(seen, store.SeenObject{Key: c.Key, ETag: c.ETag, Imported: true, Project: o.Project, GeneratedAt: o.GeneratedAt})
	}
	if files == nil {
		there := map[string]bool{}
		for _, c := range s.candidates {
			if there[c.Key] = true; s.seen[c.Key].ETag != c.ETag && s.found[c.Key].Key == "" && c.kind != dbt.RunResults {
				seen = append(seen, store.SeenObject{Key: c.Key, ETag: c.ETag})
			}
		}
		for key, o := range s.found {
			if s.seen[key].ETag != o.ETag {
				seen = append(seen, o)
			}
		}
		for key := range s.seen {
			if !there[key] {
				gone = append(gone, key)
			}
		}
	}
	if err := s.Store.SaveObjects(ctx, s.sync.WS, s.integration.ID, seen, gone); err != nil {
		return err
	}
	for _, o := range seen {
		s.seen[o.Key] = o
	}
	return nil
}
