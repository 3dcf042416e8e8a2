package readmodel

import (
	"context"
	"encoding/json"
	"maps"
	"slices"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// Contacts returns the e-mail addresses of owners by name, as far as dbt states
// them: with the groups of assets, and with exposures.
func (v *View) Contacts(ctx context.Context, assets []catalog.Asset) (map[string][]string, error) {
	out := map[string][]string{}
	groups := map[catalog.NodeRef]bool{}
	for i := range assets {
		a := &assets[i]
		addContact(out, a)
		if a.DBT != nil && a.DBT.Group != "" && a.Project != 0 {
			groups[catalog.NodeRef{Project: a.Project, UniqueID: "group." + a.DBT.PackageName + "." + a.DBT.Group}] = true
		}
	}
	if len(groups) == 0 {
		return out, nil
	}
	found, err := v.m.store.AssetsOfNodes(ctx, v.ws(), v.Schema.ID, v.Version, slices.Collect(maps.Keys(groups)))
	if err != nil {
		return nil, err
	}
	rows, err := v.m.store.AssetsAt(ctx, v.ws(), v.Schema.ID, v.Version, catalog.SortedIDs(slices.Collect(maps.Values(found))))
	for i := range rows {
		addContact(out, &rows[i])
	}
	return out, err
}

// ContactsOf is Contacts of assets by their ids.
func (v *View) ContactsOf(ctx context.Context, ids []catalog.AssetID) (map[string][]string, error) {
	if len(ids) == 0 {
		return nil, nil //nolint:nilnil // nothing is looked up in it
	}
	rows, err := v.m.store.AssetsAt(ctx, v.ws(), v.Schema.ID, v.Version, ids)
	if err != nil {
		return nil, err
	}
	return v.Contacts(ctx, rows)
}

// addContact notes the owner that a group or exposure states.
func addContact(out map[string][]string, a *catalog.Asset) {
	var extra struct {
		Owner struct {
			Name   string   `json:"name"`
			Emails []string `json:"emails"`
		} `json:"owner"`
	}
	if len(a.Extra) == 0 || json.Unmarshal(a.Extra, &extra) != nil || len(extra.Owner.Emails) == 0 {
		return
	}
	name := extra.Owner.Name
	if name == "" {
		name = extra.Owner.Emails[0]
	}
	out[name] = extra.Owner.Emails
}
