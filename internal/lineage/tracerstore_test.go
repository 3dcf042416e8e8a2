package lineage

import (
	"context"
	"errors"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// badStore fails at the step named at.
type badStore struct {
	*memory
	at     string
	cancel context.CancelFunc
}

var errSource = errors.New("the store is away")

func (s badStore) Load(ctx context.Context, due []int32) error {
	if s.at == "load" {
		return errSource
	}
	return s.memory.Load(ctx, due)
}

func (s badStore) Texts(ctx context.Context, hashes []catalog.Hash) (map[catalog.Hash]string, error) {
	switch s.at {
	case "texts":
		return nil, errSource
	case "a text less":
		return nil, nil
	case "cancelled":
		s.cancel()
	}
	return s.memory.Texts(ctx, hashes)
}

func (s badStore) Keep(ctx context.Context, traced []Traced) error {
	if s.at == "keep" {
		return errSource
	}
	return s.memory.Keep(ctx, traced)
}

func TestFailingSource(t *testing.T) {
	for at, want := range map[string]error{
		"load": errSource, "texts": errSource, "keep": errSource, "cancelled": context.Canceled, "a text less": catalog.ErrNotFound,
	} {
		w := shopWorld()
		ctx, cancel := context.WithCancel(t.Context())
		m := newMemory(w)
		tracer, err := NewTracer(w.tables, w.edges, badStore{m, at, cancel}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if err := tracer.Run(ctx, w.everything()); !errors.Is(err, want) {
			t.Errorf("%s: error %v, want %v", at, err, want)
		}
		if len(m.kept) > 0 {
			t.Errorf("%s: %d blocks were kept", at, len(m.kept))
		}
		cancel()
	}
}
