package syncing

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/bucket"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/jobs"
	"github.com/thalweg-data/thalweg/internal/outbound"
	"github.com/thalweg-data/thalweg/internal/revision"
	"github.com/thalweg-data/thalweg/internal/secret"
	"github.com/thalweg-data/thalweg/internal/store"
)

// Sealer encrypts credentials; *secret.Keeper implements it.
type Sealer interface {
	Seal(ctx context.Context, ws int64, p secret.Place, value []byte) (secret.Sealed, error)
	Open(ctx context.Context, ws int64, p secret.Place, sealed []byte) ([]byte, error)
}

// Origins ends what integrations reported; app has the implementation.
type Origins interface {
	// Withdraw flags what a project reported as removed, unless something else reports it.
	Withdraw(ctx context.Context, ws int64, project catalog.Project, actor catalog.Actor) (removed int64, err error)
}

// Registry keeps integrations.
type Registry struct {
	Store    *store.Store
	Secrets  Sealer
	Policy   outbound.Policy
	Resolver outbound.Resolver
	Buckets  Buckets
	HTTP     *http.Client                      // for buckets; see outbound.Policy
	Client   func(bucket.Bucket) bucket.Client // with limits and retries

	Warehouses Warehouses

	Random   io.Reader
	Now      func() time.Time
	Origins  Origins
	Reviser  *revision.Reviser
	Coalesce time.Duration // how long the sync of an upload waits for what is uploaded just after it
}

// DefaultCron is when integrations sync unless a person says otherwise.
const DefaultCron = "0 0 * * *"

// Change is what a person sets of an integration; nil leaves it.
type Change struct {
	Name, Cron, TimeZone *string
	Schema               *catalog.SchemaID
	Settings             *Settings
	Secrets              map[string]string // by field
	Enabled              *bool
}

// New is a request for an integration.
type New struct {
	Kind  string
	Draft string // UUID of the draft whose UUID and External ID it takes; "" = new ones
	Change
}

// Add makes an integration. Without a schema it feeds the one that adopt chooses.
func (r *Registry) Add(ctx context.Context, ws int64, n New, by store.By) (i store.Integration, err error) {
	i = store.Integration{Kind: n.Kind, Enabled: true, Cron: DefaultCron}
	if i.UUID, i.ExternalID, err = r.identity(ctx, ws, n.Draft); err != nil {
		return i, err
	}
	if n.Settings == nil {
		n.Settings = &Settings{}
	}
	if err := n.Settings.setKind(n.Kind); err != nil {
		return i, err
	}
	if err := r.check(ctx, n.Change); err != nil {
		return i, err
	}
	if err := r.assign(&i, n.Change); err != nil {
		return i, err
	}
	if missing := n.Settings.SecretField(); missing != "" && n.Secrets[missing] == "" {
		return i, catalog.BadField(missing, errors.New("it is missing"))
	}
	if i.ID, err = r.Store.NewIDs(ctx, catalog.PrefixIntegration, 1); err != nil {
		return i, err
	}
	sealed, err := r.seal(ctx, ws, i.Label(), n.Secrets)
	if err != nil {
		return i, err
	}
	if i.Schema == 0 {
		if i.Schema, err = r.adopt(ctx, ws, i.Name, by); err != nil {
			return i, err
		}
	}
	return r.Store.CreateIntegration(ctx, ws, i, sealed, by)
}

// identity returns the UUID and the External ID of a new integration.
func (r *Registry) identity(ctx context.Context, ws int64, draft string) (uuid, externalID string, err error) {
	if draft == "" {
		d, err := r.newDraft()
		return d.UUID, d.ExternalID, err
	}
	d, err := r.Store.Draft(ctx, ws, strings.ToLower(draft))
	if errors.Is(err, catalog.ErrNotFound) {
		return "", "", catalog.BadField("draft", fmt.Errorf("there is no draft %.60q; drafts are kept for seven days", draft))
	}
	return d.UUID, d.ExternalID, err
}

// Draft makes an External ID for an integration that is to come.
func (r *Registry) Draft(ctx context.Context, ws int64) (store.Draft, error) {
	d, err := r.newDraft()
	if err != nil {
		return d, err
	}
	return r.Store.CreateDraft(ctx, ws, d)
}

func (r *Registry) newDraft() (store.Draft, error) {
	uuid, err := newUUID(r.Random)
	if err != nil {
		return store.Draft{}, err
	}
	var external [16]byte
	if _, err := io.ReadFull(r.Random, external[:]); err != nil {
		return store.Draft{}, fmt.Errorf("external id: %w", err)
	}
	return store.Draft{UUID: uuid, ExternalID: "thalweg-" + hex.EncodeToString(external[:])}, nil
}

// newUUID returns a random UUID (version 4).
func newUUID(random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("uuid: %w", err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}

// Set changes an integration that check, which sees it as it is, does not refuse.
func (r *Registry) Set(ctx context.Context, ws int64, uuid string, c Change, check func(store.Integration) error, by store.By) (store.Integration, error) {
	i, err := r.Store.Integration(ctx, ws, uuid)
	if err != nil {
		return i, err
	}
	// What takes time, such as the look-up of a host, comes before the transaction.
	drop, err := r.prepare(ctx, i, c)
	if err != nil {
		return i, err
	}
	sealed, err := r.seal(ctx, ws, i.Label(), c.Secrets)
	if err != nil {
		return i, err
	}
	if err := r.leave(ctx, i, c, check, by); err != nil {
		return i, err
	}
	read, schema := i.Settings, i.Schema
	return r.Store.UpdateIntegration(ctx, ws, uuid, func(i *store.Integration) error {
		if err := check(*i); err != nil {
			return err
		}
		// Which credentials may be kept, and what is withdrawn, was decided for these.
		if string(i.Settings) != string(read) || i.Schema != schema {
			return fmt.Errorf("it was changed at the same time: %w", catalog.ErrConflict)
		}
		return r.assign(i, c)
	}, sealed, drop, by)
}

// leave flags what a crawl reported to its schema as removed there, if from now on it feeds another one. Nothing would
// ever do so later. If the change fails after it, the next sync brings it back.
func (r *Registry) leave(ctx context.Context, i store.Integration, c Change, check func(store.Integration) error, by store.By) error {
	if c.Schema == nil || *c.Schema == i.Schema || i.Kind == KindDBTCore {
		return nil
	}
	if err := check(i); err != nil {
		return err
	}
	err := r.flag(ctx, i, by.Actor)
	if errors.Is(err, catalog.ErrNotFound) {
		return nil // that schema was deleted
	}
	return err
}

// prepare checks a change of an integration, and returns the credentials that it no longer needs.
func (r *Registry) prepare(ctx context.Context, i store.Integration, c Change) (drop []string, err error) {
	present, err := ReadSettings(i.Settings)
	if err != nil {
		return nil, err
	}
	if c.Settings != nil {
		if err := c.Settings.setKind(i.Kind); err != nil {
			return nil, err
		}
	}
	if err := r.check(ctx, c); err != nil || c.Settings == nil {
		return nil, err
	}
	needed := c.Settings.SecretField()
	if needed != "" && c.Secrets[needed] == "" && !c.Settings.sameTarget(present) {
		return nil, catalog.BadField(needed, ErrSecretRequired)
	}
	for _, field := range SecretFields() {
		if field != needed {
			drop = append(drop, field)
		}
	}
	return drop, nil
}

// check returns an error if the settings of a change cannot be: it looks hosts up, so no transaction waits for it.
func (r *Registry) check(ctx context.Context, c Change) error {
	if c.Settings == nil {
		return nil
	}
	return r.checkSettings(ctx, *c.Settings, c.Secrets)
}

// assign makes a change whose settings were checked.
func (r *Registry) assign(i *store.Integration, c Change) (err error) {
	for _, f := range []struct {
		from *string
		to   *string
	}{{c.Name, &i.Name}, {c.Cron, &i.Cron}, {c.TimeZone, &i.TimeZone}} {
		if f.from != nil {
			*f.to = strings.TrimSpace(*f.from)
		}
	}
	if i.Name == "" {
		return catalog.BadField("name", errors.New("it is blank"))
	}
	if c.Schema != nil {
		i.Schema = *c.Schema
	}
	if c.Enabled != nil {
		i.Enabled = *c.Enabled
	}
	if c.Settings != nil {
		if i.Settings, err = c.Settings.Encode(); err != nil {
			return err
		}
	}
	return r.plan(i)
}

// plan sets the next scheduled time. "" as expression schedules nothing.
func (r *Registry) plan(i *store.Integration) error {
	i.NextAt = time.Time{}
	if i.Cron == "" {
		return nil
	}
	next, err := jobs.NextTime(i.Cron, i.TimeZone, r.Now())
	if err != nil {
		return catalog.BadField("schedule", err)
	}
	if i.Enabled {
		i.NextAt = next
	}
	return nil
}

func (r *Registry) checkSettings(ctx context.Context, s Settings, secrets map[string]string) error {
	if err := s.check(); err != nil {
		return err
	}
	if s.Source() == SourceWarehouse {
		return r.checkWarehouse(ctx, s, secrets[s.SecretField()])
	}
	if s.Endpoint != "" {
		if err := r.Policy.CheckURL(ctx, r.Resolver, s.Endpoint); err != nil {
			return catalog.BadField("endpoint", err)
		}
	}
	if text := secrets[FieldConnectionString]; text != "" {
		return r.checkConnection(ctx, s, text)
	}
	return nil
}

// checkWarehouse checks the host of a warehouse and, where there is one, its credential.
func (r *Registry) checkWarehouse(ctx context.Context, s Settings, credential string) error {
	if s.Port != https && s.Port < 1024 || s.Port > 65535 || s.Port == https && warehouseKinds[s.Kind].port != https {
		return catalog.BadField("port", fmt.Errorf("it is %d, want one from 1024 to 65535", s.Port))
	}
	if s.Host != "" {
		if err := r.Policy.CheckHost(ctx, r.Resolver, s.Host); err != nil {
			return catalog.BadField("host", err)
		}
	}
	if credential == "" {
		return nil
	}
	if err := r.Warehouses.CheckCredential(s, credential); err != nil {
		return catalog.BadField(s.SecretField(), err)
	}
	return nil
}

// seal encrypts credentials for an integration.
func (r *Registry) seal(ctx context.Context, ws int64, owner string, secrets map[string]string) ([]store.SealedSecret, error) {
	var out []store.SealedSecret
	for _, field := range SecretFields() {
		value := secrets[field]
		if value == "" {
			continue
		}
		s, err := r.Secrets.Seal(ctx, ws, secret.Place{Owner: owner, Field: field}, []byte(value))
		if err != nil {
			return nil, err
		}
		out = append(out, store.SealedSecret{Field: field, Value: s.Value, DataKey: s.Version})
	}
	return out, nil
}

// credential decrypts a credential of an integration.
func (r *Registry) credential(ctx context.Context, i store.Integration, field string) (string, error) {
	sealed, _, err := r.Store.Secret(ctx, i.WS, i.Label(), field)
	if errors.Is(err, catalog.ErrNotFound) {
		return "", catalog.BadField(field, errors.New("it is missing; enter it again"))
	}
	if err != nil {
		return "", err
	}
	value, err := r.Secrets.Open(ctx, i.WS, secret.Place{Owner: i.Label(), Field: field}, sealed)
	return string(value), err
}

// Start starts a sync of an integration, or returns the one that has not begun.
func (r *Registry) Start(ctx context.Context, ws int64, uuid, reason string, actor catalog.Actor) (store.Sync, error) {
	n, err := r.newSync(reason, actor)
	if err != nil {
		return store.Sync{}, err
	}
	return r.Store.StartSync(ctx, ws, uuid, n)
}

// Coalesce is how long the sync of an upload waits for what is uploaded just after it.
const Coalesce = 3 * time.Second

// Upload adds artifacts, whose blobs were touched and stored before, to an integration. With sync they are imported at
// once: uploads within a few seconds by one sync.
func (r *Registry) Upload(ctx context.Context, ws int64, uuid string, parts []catalog.Part, touch store.Touch, sync bool, actor catalog.Actor) (store.Sync, error) {
	if !sync {
		return r.Store.AddIntegrationParts(ctx, ws, uuid, parts, touch, nil)
	}
	n, err := r.newSync(store.SyncUpload, actor)
	if err != nil {
		return store.Sync{}, err
	}
	n.Delay = r.Coalesce
	return r.Store.AddIntegrationParts(ctx, ws, uuid, parts, touch, &n)
}

func (r *Registry) newSync(reason string, actor catalog.Actor) (store.NewSync, error) {
	uuid, err := newUUID(r.Random)
	return store.NewSync{UUID: uuid, Reason: reason, Actor: actor}, err
}
