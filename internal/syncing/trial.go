package syncing

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/dbt"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// Trial is what a test of a connection found.
type Trial struct {
	OK      bool
	Code    string // why not; "" if it is ok
	Message string
	// Objects are those that a sync would look at, newest first, at most shown of them.
	// Total counts them, or the schemas of a warehouse that a sync would read.
	Objects []TrialObject
	// Schemas are those of a warehouse that a sync would read, at most shown of them, and those that it could not.
	Schemas []TrialSchema
	Total   int
}

// TrialSchema is a schema of a warehouse.
type TrialSchema struct {
	Name    string // database and schema
	Problem string // why it cannot be read; "" if it can
}

// TrialObject is an object that a sync would look at.
type TrialObject struct {
	Key      string
	Kind     dbt.Kind
	Size     int64
	Modified time.Time
}

// shown is how many objects a trial lists.
const shown = 100

// Try tests the connection of an integration as it is. It changes nothing.
func (r *Registry) Try(ctx context.Context, i store.Integration) (Trial, error) {
	s, err := ReadSettings(i.Settings)
	if err != nil {
		return Trial{}, err
	}
	credential := ""
	if field := s.SecretField(); field != "" {
		if credential, err = r.credential(ctx, i, field); err != nil {
			return failedTrial(err)
		}
	}
	return r.try(ctx, i, s, credential)
}

// TryNew tests settings that are not saved.
func (r *Registry) TryNew(ctx context.Context, ws int64, n New) (Trial, error) {
	i := store.Integration{WS: ws, Kind: n.Kind}
	if n.Draft != "" {
		var err error
		if i.UUID, i.ExternalID, err = r.identity(ctx, ws, n.Draft); err != nil {
			return failedTrial(err)
		}
	}
	s := Settings{}
	if n.Settings != nil {
		s = *n.Settings
	}
	if err := s.setKind(n.Kind); err != nil {
		return failedTrial(err)
	}
	if err := r.checkSettings(ctx, s, n.Secrets); err != nil {
		return failedTrial(err)
	}
	field := s.SecretField()
	if field != "" && n.Secrets[field] == "" {
		return failedTrial(catalog.BadField(field, errors.New("it is missing")))
	}
	return r.try(ctx, i, s, n.Secrets[field])
}

func (r *Registry) try(ctx context.Context, i store.Integration, s Settings, credential string) (Trial, error) {
	switch s.Source() {
	case SourceWarehouse:
		return r.tryWarehouse(ctx, s, credential)
	case SourceUploads:
		return Trial{OK: true, Message: "There is no source; the integration waits for uploads."}, nil
	}
	b, prefix, err := r.open(ctx, i, s, credential)
	if err != nil {
		return failedTrial(err)
	}
	l, err := list(ctx, r.Client(b), prefix, s)
	if err != nil {
		return failedTrial(err)
	}
	return l.trial(ctx, r.Client(b), prefix, s)
}

// trial returns what a sync would read. It reads one byte of the newest manifest, which needs another permission than
// listing.
func (l listing) trial(ctx context.Context, c bucket.Client, prefix string, s Settings) (Trial, error) {
	t := Trial{Total: len(l.candidates)}
	manifests := l.manifests()
	if len(manifests) == 0 {
		where := "in the bucket"
		if prefix != "" {
			where = fmt.Sprintf("below %q", prefix)
		}
		t.Code, t.Message = codeNoManifest, fmt.Sprintf("The bucket can be listed, %d objects, but there is no manifest.json %s. %s", l.objects, where, whereHint(s))
		return t, nil
	}
	err := c.Peek(ctx, manifests[0].Object, 1, func(r io.Reader) error {
		_, err := r.Read(make([]byte, 1))
		return err
	})
	if err != nil && !errors.Is(err, io.EOF) {
		return failedTrial(err)
	}
	t.OK, t.Message = true, fmt.Sprintf("%d files would be looked at, %d of them manifests; the newest is %.200q.", t.Total, len(manifests), manifests[0].Key)
	for _, o := range newestFirst(l.candidates) {
		t.Objects = append(t.Objects, TrialObject{o.Key, o.kind, o.Size, o.Modified})
	}
	return t, nil
}

// failedTrial returns a trial that failed for a reason that the person who made the settings can do something about.
func failedTrial(err error) (Trial, error) {
	var refused *bucket.Error
	var unread *warehouse.Error
	var field *catalog.FieldError
	switch {
	case errors.As(err, &refused):
		return Trial{Code: string(refused.Reason), Message: refused.Message}, nil
	case errors.As(err, &unread):
		return Trial{Code: string(unread.Reason), Message: unread.Message}, nil
	case errors.As(err, &field):
		return Trial{}, field
	}
	return Trial{}, err
}
