package secret_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/secret"
)

// memory keeps data keys and values as the store does.
type memory struct {
	mu     sync.Mutex
	keys   map[int64]storedKey
	values map[secret.Place][]byte
}

type storedKey struct {
	master    string
	version   int64
	encrypted []byte
}

func newMemory() *memory {
	return &memory{keys: map[int64]storedKey{}, values: map[secret.Place][]byte{}}
}

func (m *memory) DataKey(_ context.Context, ws int64) (string, int64, []byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.keys[ws]
	if !ok {
		return "", 0, nil, catalog.ErrNotFound
	}
	return k.master, k.version, k.encrypted, nil
}

func (m *memory) ReplaceDataKey(_ context.Context, ws, version int64, master string, encrypted []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.keys[ws].version != version {
		return catalog.ErrConflict
	}
	m.keys[ws] = storedKey{master, version + 1, encrypted}
	return nil
}

func (m *memory) DataKeys(context.Context) ([]int64, error) {
	return slices.Sorted(maps.Keys(m.keys)), nil
}

func (m *memory) SecretValues(_ context.Context, _ int64, owner, field string, limit int, fn func(owner, field string, value []byte) error) error {
	after := func(a, b secret.Place) int {
		return strings.Compare(a.Owner+"\x00"+a.Field, b.Owner+"\x00"+b.Field)
	}
	places := slices.SortedFunc(maps.Keys(m.values), after)
	places = slices.DeleteFunc(places, func(p secret.Place) bool { return after(p, secret.Place{Owner: owner, Field: field}) <= 0 })
	for _, p := range places[:min(limit, len(places))] {
		if err := fn(p.Owner, p.Field, m.values[p]); err != nil {
			return err
		}
	}
	return nil
}

func (m *memory) ReplaceSecretValue(_ context.Context, ws int64, owner, field string, was, value []byte, version int64) error {
	if m.keys[ws].version != version {
		return catalog.ErrConflict
	}
	if p := (secret.Place{Owner: owner, Field: field}); bytes.Equal(m.values[p], was) {
		m.values[p] = value
	}
	return nil
}

func generate(t *testing.T) secret.MasterKeys {
	t.Helper()
	keys, err := secret.GenerateMasterKeys(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func seal(t *testing.T, k *secret.Keeper, ws int64, p secret.Place, value string) secret.Sealed {
	t.Helper()
	s, err := k.Seal(t.Context(), ws, p, []byte(value))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A value decrypts where it was encrypted for, and nowhere else.
func TestBoundToItsPlace(t *testing.T) {
	k := secret.NewKeeper(newMemory(), generate(t))
	at := secret.Place{Owner: "WHK-1", Field: "secret"}
	sealed := seal(t, k, 1, at, "canary")
	seal(t, k, 2, at, "of another workspace")
	if bytes.Contains(sealed.Value, []byte("canary")) {
		t.Error("it is not encrypted")
	}
	if again := seal(t, k, 1, at, "canary"); bytes.Equal(again.Value, sealed.Value) {
		t.Error("equal values are encrypted equally")
	}
	if value, err := k.Open(t.Context(), 1, at, sealed.Value); err != nil || string(value) != "canary" {
		t.Errorf("%q, %v", value, err)
	}
	for name, place := range map[string]secret.Place{
		"row": {Owner: "WHK-2", Field: "secret"}, "field": {Owner: "WHK-1", Field: "previous_secret"}, "ends": {Owner: "WHK-1s", Field: "ecret"},
	} {
		if _, err := k.Open(t.Context(), 1, place, sealed.Value); !errors.Is(err, secret.ErrUnreadable) {
			t.Errorf("another %s: %v", name, err)
		}
	}
	if _, err := k.Open(t.Context(), 2, at, sealed.Value); !errors.Is(err, secret.ErrUnreadable) {
		t.Errorf("another workspace: %v", err)
	}
	for i := range sealed.Value {
		damaged := bytes.Clone(sealed.Value)
		damaged[i] ^= 1
		if _, err := k.Open(t.Context(), 1, at, damaged); !errors.Is(err, secret.ErrUnreadable) || strings.Contains(err.Error(), "canary") {
			t.Fatalf("byte %d is damaged: %v", i, err)
		}
	}
}

func TestWithoutTheMasterKey(t *testing.T) {
	m, at := newMemory(), secret.Place{Owner: "WHK-1", Field: "secret"}
	k := secret.NewKeeper(m, generate(t))
	if err := k.Check(t.Context()); err != nil {
		t.Errorf("nothing is stored: %v", err)
	}
	sealed := seal(t, k, 1, at, "canary")
	other := secret.NewKeeper(m, generate(t))
	if err := other.Check(t.Context()); !errors.Is(err, secret.ErrNoMasterKey) {
		t.Errorf("%v", err)
	}
	if _, err := other.Open(t.Context(), 1, at, sealed.Value); !errors.Is(err, secret.ErrNoMasterKey) {
		t.Errorf("%v", err)
	}
	if _, err := other.Seal(t.Context(), 1, at, nil); !errors.Is(err, secret.ErrNoMasterKey) {
		t.Errorf("%v", err)
	}
}

// After a rotation the old keys are not needed, and a process that began before it still reads.
func TestRotate(t *testing.T) {
	m := newMemory()
	first := generate(t)
	before := secret.NewKeeper(m, first)
	places := []secret.Place{}
	for i := range 250 {
		p := secret.Place{Owner: fmt.Sprint("WHK-", i), Field: "secret"}
		places = append(places, p)
		m.values[p] = seal(t, before, 1, p, p.Owner).Value
	}
	second := generate(t)
	both := secret.NewKeeper(m, first.With(second))
	if err := both.RotateMaster(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := secret.NewKeeper(m, second)
	if err := after.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	old := maps.Clone(m.values)
	if err := after.RotateData(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	for _, p := range places {
		if bytes.Equal(m.values[p], old[p]) {
			t.Fatalf("%s did not change", p.Owner)
		}
		if value, err := after.Open(t.Context(), 1, p, m.values[p]); err != nil || string(value) != p.Owner {
			t.Fatalf("%s: %q, %v", p.Owner, value, err)
		}
	}
	if _, err := secret.NewKeeper(m, second).Open(t.Context(), 1, places[0], old[places[0]]); !errors.Is(err, secret.ErrUnreadable) {
		t.Errorf("the old key still decrypts: %v", err)
	}
	// both has the data key of before in memory.
	if value, err := both.Open(t.Context(), 1, places[0], m.values[places[0]]); err != nil || string(value) != places[0].Owner {
		t.Errorf("%q, %v", value, err)
	}
	// What was encrypted before may not be stored now: nothing would decrypt it.
	if got := seal(t, both, 1, places[0], "new").Version; got != m.keys[1].version {
		t.Errorf("encrypted under version %d, it is %d", got, m.keys[1].version)
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), secret.FileName)
	made, err := secret.EnsureMasterKeys(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	again, err := secret.EnsureMasterKeys(path, rand.Reader)
	if err != nil || again.ID() != made.ID() {
		t.Errorf("%s, want %s: %v", again.ID(), made.ID(), err)
	}
	both := again.With(generate(t))
	if err := secret.WriteMasterKeys(path, both); err != nil {
		t.Fatal(err)
	}
	read, err := secret.ReadMasterKeys(path)
	if err != nil || read.ID() != both.ID() || read.String() != "2 master keys" {
		t.Errorf("%s: %v", read, err)
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("%v, %v: something was left", entries, err)
	}
	folder := filepath.Dir(path)
	for _, of := range []struct {
		path string
		mode os.FileMode
	}{{folder, 0o700}, {path, 0o644}} {
		if err := os.Chmod(of.path, of.mode); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := secret.ReadMasterKeys(path); err != nil {
		t.Errorf("a copy in a closed folder: %v", err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for _, of := range []struct {
		path string
		mode os.FileMode
	}{{folder, 0o755}, {path, 0o640}} {
		if err := os.Chmod(of.path, of.mode); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := secret.EnsureMasterKeys(path, rand.Reader); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("others may read it: %v", err)
	}
}

// Processes that start at once agree on a key.
func TestKeyFileOfSeveral(t *testing.T) {
	path := filepath.Join(t.TempDir(), secret.FileName)
	ids := make([]string, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			keys, err := secret.EnsureMasterKeys(path, rand.Reader)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = keys.ID()
		})
	}
	wg.Wait()
	if len(slices.Compact(ids)) != 1 {
		t.Errorf("%v", ids)
	}
}

func TestParseMasterKeys(t *testing.T) {
	key := base64.StdEncoding.EncodeToString(bytes.Repeat([]byte("0123456789abcdef"), 2))
	for _, bad := range []string{"", "\n# nothing\n", "canary", key[:10], key + ",canary", base64.StdEncoding.EncodeToString(make([]byte, 32)), base64.StdEncoding.EncodeToString([]byte("canary"))} {
		if _, err := secret.ParseMasterKeys(bad); err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	m, err := secret.ParseMasterKeys("# comment\n" + key + " , " + key + "\n")
	if err != nil || fmt.Sprintf("%v %+v", m, m) != "2 master keys 2 master keys" {
		t.Errorf("%v: %v", m, err)
	}
}

func FuzzParseMasterKeys(f *testing.F) {
	f.Add("# x\nAAAA,\n")
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := secret.ParseMasterKeys(text); err == nil && len(m.ID()) != 8 {
			t.Errorf("%q", m.ID())
		}
	})
}
