package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// AssetCard is the part of an asset that lists, selectors and graphs need. It is
// kept next to the asset's body in a form that is read without decoding JSON, so
// that a whole schema can be held in memory and read in some milliseconds. Long
// values (texts, config, meta, code) are never part of it: they are read by id.
type AssetCard struct {
	ID           catalog.AssetID
	Kind         catalog.Kind
	Name         string
	Project      catalog.ProjectID
	Relation     catalog.Relation
	RelationKey  string
	Present      bool
	Described    bool
	Materialized string
	Owners       []string
	Tags         []string
	UniqueID     string
	Package      string
	FQN          []string
	Path         string // original_file_path
	PatchPath    string
	SourceName   string
	Group        string
	Access       string
	// Version is that of a model, "" without one.
	Version       string
	LatestVersion string
	Others        []catalog.OtherNode
	CreatedAt     time.Time
	UpdatedAt     time.Time
}

// CardOf returns the card of an asset.
func CardOf(a *catalog.Asset) AssetCard {
	c := AssetCard{
		ID: a.ID, Kind: a.Kind, Name: a.Name, Project: a.Project, Relation: a.Relation, RelationKey: a.RelationKey, Present: a.Present,
		Described: strings.TrimSpace(a.Description.Value) != "", Materialized: a.Materialized, Owners: a.Owners, Tags: a.Tags,
		Others: a.Others, CreatedAt: a.CreatedAt, UpdatedAt: a.UpdatedAt,
	}
	if d := a.DBT; d != nil {
		c.UniqueID, c.Package, c.FQN, c.Path = d.UniqueID, d.PackageName, catalog.FQNOf(d, a.Name), d.OriginalFilePath
		c.PatchPath, c.SourceName, c.Group, c.Access = d.PatchPath, d.SourceName, d.Group, d.Access
		c.Version, c.LatestVersion = d.Version, d.LatestVersion
	}
	return c
}

// cardFormat leads an encoded card and is increased with every change to it. Cards of an older format are made from
// the bodies of the assets.
const cardFormat = 2

// longCard is the length from which a card is not kept, as long lists of labels make it: it is in an index, and each
// version of the asset would have it again. An empty one is of no format, so it is made from the body.
const longCard = 8 << 10 // bytes

// Bits of a card.
const (
	cardPresent = 1 << iota
	cardDescribed
	cardQuotedDatabase
	cardQuotedSchema
	cardQuotedIdentifier
)

// encode returns the stored form, empty where that is long: format, bits, project, then the texts with
// their lengths. Id and times are columns of their own.
func (c *AssetCard) encode() []byte {
	b := make([]byte, 0, 256)
	var bits byte
	for i, set := range []bool{c.Present, c.Described, c.Relation.QuotedDatabase, c.Relation.QuotedSchema, c.Relation.QuotedIdentifier} {
		if set {
			bits |= 1 << i
		}
	}
	b = append(b, cardFormat, bits)
	b = binary.AppendVarint(b, int64(c.Project))
	for _, s := range c.texts() {
		b = appendText(b, *s)
	}
	for _, list := range [][]string{c.Owners, c.Tags, c.FQN} {
		b = appendTexts(b, list)
	}
	b = binary.AppendUvarint(b, uint64(len(c.Others)))
	for i := range c.Others {
		n := &c.Others[i]
		b = binary.AppendVarint(b, int64(n.Project))
		for _, s := range nodeTexts(n) {
			b = appendText(b, *s)
		}
		b = appendTexts(b, n.FQN)
	}
	if len(b) >= longCard {
		return []byte{}
	}
	return b
}

// nodeTexts are the texts of another node of the asset in the order of its encoding.
func nodeTexts(n *catalog.OtherNode) []*string {
	return []*string{
		&n.UniqueID, (*string)(&n.Kind), &n.Name, &n.Package, &n.Path, &n.PatchPath, &n.SourceName, &n.Group, &n.Access,
		&n.Version, &n.LatestVersion,
	}
}

// texts are the card's texts in the order of its encoding.
func (c *AssetCard) texts() []*string {
	return []*string{
		(*string)(&c.Kind), &c.Name, &c.Relation.Platform, &c.Relation.Database, &c.Relation.Schema, &c.Relation.Identifier, &c.Relation.Text,
		&c.RelationKey, &c.Materialized, &c.UniqueID, &c.Package, &c.Path, &c.SourceName, &c.Group, &c.Access,
		&c.PatchPath, &c.Version, &c.LatestVersion,
	}
}

func appendTexts(b []byte, list []string) []byte {
	b = binary.AppendUvarint(b, uint64(len(list)))
	for _, s := range list {
		b = appendText(b, s)
	}
	return b
}

func appendText(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

// decode reads what encode returned. The texts share one copy of b. It reports
// whether b is a card of this format.
func (c *AssetCard) decode(b []byte) bool {
	if len(b) < 2 || b[0] != cardFormat {
		return false
	}
	bits := b[1]
	c.Present, c.Described = bits&cardPresent != 0, bits&cardDescribed != 0
	r := &c.Relation
	r.QuotedDatabase, r.QuotedSchema, r.QuotedIdentifier = bits&cardQuotedDatabase != 0, bits&cardQuotedSchema != 0, bits&cardQuotedIdentifier != 0
	project, n := binary.Varint(b[2:])
	if n <= 0 {
		return false
	}
	c.Project = catalog.ProjectID(project)
	in := cardReader{rest: string(b[2+n:])}
	for _, s := range c.texts() {
		*s = in.text()
	}
	c.Owners, c.Tags, c.FQN = in.list(), in.list(), in.list()
	c.Others = in.nodes()
	return !in.broken && in.rest == ""
}

// cardReader reads texts; broken is set at the first invalid byte.
type cardReader struct {
	rest   string
	broken bool
}

func (r *cardReader) length() int {
	var n uint64
	for i := 0; i < len(r.rest) && i < binary.MaxVarintLen64; i++ {
		b := r.rest[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			if r.rest = r.rest[i+1:]; n <= uint64(len(r.rest)) {
				return int(n)
			}
			break
		}
	}
	r.broken, r.rest = true, ""
	return 0
}

func (r *cardReader) text() string {
	n := r.length()
	s := r.rest[:n]
	r.rest = r.rest[n:]
	return s
}

func (r *cardReader) list() []string {
	n := r.length()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = r.text()
	}
	return list
}

func (r *cardReader) nodes() []catalog.OtherNode {
	n := r.length()
	if n == 0 {
		return nil
	}
	nodes := make([]catalog.OtherNode, n)
	for i := range nodes {
		nodes[i].Project = catalog.ProjectID(r.number())
		for _, s := range nodeTexts(&nodes[i]) {
			*s = r.text()
		}
		nodes[i].FQN = r.list()
	}
	return nodes
}

func (r *cardReader) number() int64 {
	v, n := binary.Varint([]byte(r.rest[:min(len(r.rest), binary.MaxVarintLen64)]))
	if n <= 0 {
		r.broken, r.rest = true, ""
		return 0
	}
	r.rest = r.rest[n:]
	return v
}

const cardColumns = `id, created_at, updated_at, card`

func scanCard(row scanner) (*AssetCard, error) {
	var created, updated int64
	var card sql.RawBytes // decode copies what it keeps
	c := &AssetCard{}
	if err := row.Scan((*int64)(&c.ID), &created, &updated, &card); err != nil {
		return nil, err
	}
	c.CreatedAt, c.UpdatedAt = timeOf(created), timeOf(updated)
	if len(card) > 0 && card[0] >= cardFormat && !c.decode(card) {
		return nil, fmt.Errorf("card of asset %d: %w", c.ID, catalog.ErrInvalid)
	}
	return c, nil
}

// AssetCards returns the cards of the assets (nil = all, removed ones too) at a
// version, by id. Unlike most reads it takes the version in the making as well:
// the next state is derived before the flip.
func (s *Store) AssetCards(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, ids []catalog.AssetID) ([]*AssetCard, error) {
	d := s.reader(ws)
	var cards []*AssetCard
	var err error
	if ids == nil {
		cards, err = list(ctx, d, scanCard, `SELECT `+cardColumns+` FROM assets
			WHERE ws = ? AND schema_id = ? AND valid_to > ? AND +valid_from <= ?`, ws, int64(schema), at, at)
		slices.SortFunc(cards, func(a, b *AssetCard) int { return cmp.Compare(a.ID, b.ID) })
	} else {
		err = inBatches(int64s(ids), func(ids []int64) error {
			marks, args := in([]any{ws, int64(schema), at, at}, ids)
			some, err := list(ctx, d, scanCard, `SELECT `+cardColumns+` FROM assets
				WHERE ws = ? AND +schema_id = ? AND valid_from <= ? AND +valid_to > ? AND id IN `+marks+` ORDER BY id`, args...)
			cards = append(cards, some...)
			return err
		})
	}
	if err == nil {
		err = d.oldCards(ctx, ws, schema, at, cards)
	}
	if err != nil {
		return nil, fmt.Errorf("cards of %s: %w", schema, err)
	}
	return cards, nil
}

// oldCards fills in the cards of rows that an older program wrote, from their
// bodies.
func (d db) oldCards(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, cards []*AssetCard) error {
	var ids []catalog.AssetID
	index := map[catalog.AssetID]int{}
	for i := range cards {
		if cards[i].Kind == "" {
			ids = append(ids, cards[i].ID)
			index[cards[i].ID] = i
		}
	}
	if len(ids) == 0 {
		return nil
	}
	return inBatches(ids, func(ids []catalog.AssetID) error {
		assets, err := d.assetsOf(ctx, ws, schema, at, ids)
		if err == nil {
			err = d.otherNodes(ctx, ws, schema, at, assets)
		}
		for i := range assets {
			*cards[index[assets[i].ID]] = CardOf(&assets[i])
		}
		return err
	})
}

// otherNodes fills in the nodes that are not the leading ones, which an older
// program did not store.
func (d db) otherNodes(ctx context.Context, ws int64, schema catalog.SchemaID, at int64, assets []catalog.Asset) error {
	index := map[catalog.AssetID]*catalog.Asset{}
	var ids []catalog.AssetID
	for i := range assets {
		if a := &assets[i]; len(a.Nodes) > 1 && len(a.Others) == 0 {
			index[a.ID] = a
			ids = append(ids, a.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	facets, err := d.facetsOf(ctx, ws, schema, at, ids)
	for i := range facets {
		f := &facets[i]
		if a := index[f.Asset]; f.Source == catalog.FromManifest && f.Withdrawn.IsZero() && f.Body.DBT != nil && a.DBT != nil && a.DBT.UniqueID != f.UniqueID {
			a.Others = append(a.Others, catalog.OtherNodeOf(f))
		}
	}
	return err
}
