package readmodel

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Contacts are the e-mail addresses of owners, as the groups and exposures of a version
// state them. They are a part of their own: one filter asks for them.
type Contacts struct {
	of    map[catalog.AssetID]map[string][]string // addresses by the owner's name
	bytes int64
}

// withContacts are the kinds that state the addresses of their owner.
var withContacts = []catalog.Kind{catalog.KindGroup, catalog.KindExposure}

func (c *Contacts) size() int64 { return c.bytes }

func loadContacts(ctx context.Context, m *Model, s schemaKey, version int64) (part sized, err error) {
	assets, err := m.assets(ctx, s, version)
	if err != nil {
		return nil, err
	}
	var ids []catalog.AssetID
	for _, k := range withContacts {
		for _, i := range assets.index.with(kind, string(k)) {
			ids = append(ids, assets.all[i].ID)
		}
	}
	err = m.cache.work(ctx, func() error {
		c := &Contacts{of: map[catalog.AssetID]map[string][]string{}}
		part = c
		return c.read(ctx, m, s, version, catalog.SortedIDs(ids))
	})
	if err != nil {
		return nil, err
	}
	return part, nil
}

func nextContacts(ctx context.Context, m *Model, s schemaKey, old sized, d catalog.VersionDelta, assets assetsOf) (sized, error) {
	before := old.(*Contacts)
	if len(d.Assets) == 0 {
		return before, nil
	}
	all, err := assets(ctx)
	if err != nil {
		return nil, err
	}
	var ids []catalog.AssetID
	for _, id := range d.Assets {
		if a := all.find(id); before.of[id] != nil || a != nil && slices.Contains(withContacts, a.Kind) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return before, nil
	}
	c := &Contacts{of: maps.Clone(before.of), bytes: before.bytes}
	return c, c.read(ctx, m, s, d.Version, ids)
}

// read takes in what some groups and exposures state.
func (c *Contacts) read(ctx context.Context, m *Model, s schemaKey, version int64, ids []catalog.AssetID) error {
	for some := range slices.Chunk(ids, configBatch) {
		rows, err := m.store.AssetsAt(ctx, s.ws, s.schema, version, some)
		if err != nil {
			return err
		}
		for i := range rows {
			c.set(&rows[i])
		}
	}
	return nil
}

func (c *Contacts) set(a *catalog.Asset) {
	c.bytes -= contactSize(c.of[a.ID])
	delete(c.of, a.ID)
	contact := map[string][]string{}
	if a.Present && slices.Contains(withContacts, a.Kind) {
		addContact(contact, a)
	}
	if len(contact) > 0 {
		c.of[a.ID] = contact
		c.bytes += contactSize(contact)
	}
}

func contactSize(contact map[string][]string) int64 {
	var size int64
	for name, emails := range contact {
		size += 128 + int64(len(name))
		for _, email := range emails {
			size += 16 + int64(len(email))
		}
	}
	return size
}

// names returns the owners that have an address, sorted. The case of letters does not matter.
func (c *Contacts) names(email string) []string {
	found := map[string]bool{}
	for _, contact := range c.of {
		for name, emails := range contact {
			if slices.ContainsFunc(emails, func(e string) bool { return strings.EqualFold(e, email) }) {
				found[name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// emails returns the addresses of an owner, sorted.
func (c *Contacts) emails(name string) []string {
	var out []string
	for _, contact := range c.of {
		out = append(out, contact[name]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ownersReachedBy returns the owners that have an e-mail address.
func (v *View) ownersReachedBy(ctx context.Context, email string) ([]string, error) {
	if !strings.Contains(email, "@") {
		return nil, nil
	}
	part, err := v.m.part(ctx, v.schemaKey(), contactsPart, v.Version)
	if err != nil {
		return nil, err
	}
	return part.(*Contacts).names(email), nil
}
