package catalog

import (
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"maps"
	"math"
	"slices"
	"sync"
)

// digest writes values in an unambiguous form that is only ever hashed: each
// field in turn, lengths before texts and lists. It is an order faster than
// JSON, and a test sets every field of the types to see that none is left out.
type digest struct {
	b   []byte    // what is not in sum yet
	sum hash.Hash // nil until b was full
}

// digests keeps the memory of digests for the next ones.
var digests = sync.Pool{New: func() any { return new(digest) }}

// fullDigest is how much of a digest is held before it is hashed.
const fullDigest = 64 << 10

// hashed hashes what a function writes.
func hashed(write func(*digest)) Hash {
	d := digests.Get().(*digest)
	write(d)
	h := HashOf(d.b)
	if d.sum != nil {
		d.flush()
		h = Hash(d.sum.Sum(nil)[:16])
	}
	d.b, d.sum = d.b[:0], nil
	digests.Put(d)
	return h
}

// flush hashes what is held.
func (d *digest) flush() {
	if d.sum == nil {
		d.sum = sha256.New()
	}
	_, _ = d.sum.Write(d.b) // never fails
	d.b = d.b[:0]
}

// HashBody hashes a normalized body. It covers every field.
func HashBody(b Body) Hash { return hashed(func(d *digest) { d.body(&b) }) }

// OnlyUsesAreNew reports whether a facet differs from the one before only in that it
// names the macros and docs blocks that its node uses. Older programs stored none:
// after an upgrade this alone is not a change of nearly every node.
func OnlyUsesAreNew(before, now Facet) bool {
	is, was := now.Body.DBT, before.Body.DBT
	if is == nil || was == nil || len(was.Macros)+len(was.DocBlocks) > 0 {
		return false
	}
	without := *is
	without.Macros, without.DocBlocks = nil, nil
	now.Body.DBT = &without
	return before.Hash == HashBody(now.Body)
}

func (d *digest) number(n int64) { d.b = binary.AppendVarint(d.b, n) }

func (d *digest) text(s string) {
	d.number(int64(len(s)))
	write(d, s)
}

func (d *digest) raw(b []byte) {
	d.number(int64(len(b)))
	write(d, b)
}

func write[T string | []byte](d *digest, s T) {
	for len(d.b)+len(s) > fullDigest {
		n := max(fullDigest-len(d.b), 0)
		d.b = append(d.b, s[:n]...)
		s = s[n:]
		d.flush()
	}
	d.b = append(d.b, s...)
}

func (d *digest) flag(b bool) {
	if b {
		d.b = append(d.b, 1)
		return
	}
	d.b = append(d.b, 0)
}

func (d *digest) texts(list []string) {
	d.number(int64(len(list)))
	for _, s := range list {
		d.text(s)
	}
}

// has writes whether a pointer is set.
func (d *digest) has(present bool) bool {
	d.flag(present)
	return present
}

func (d *digest) body(b *Body) {
	d.text(string(b.Kind))
	d.text(b.Name)
	d.relation(&b.Relation)
	d.text(b.Materialized)
	d.text(b.Description)
	d.kept(b.Kept)
	d.texts(b.Owners)
	d.texts(b.Tags)
	d.raw(b.Meta)
	d.raw(b.Config)
	d.number(int64(len(b.Columns)))
	for i := range b.Columns {
		d.bodyColumn(&b.Columns[i])
	}
	d.stamp(b.Listed)
	d.dbt(b.DBT)
	d.code(b.Code)
	d.compiled(b.Compiled)
	d.raw(b.Extra)
	d.stats(b.Stats)
	d.number(int64(len(b.Edits)))
	for i := range b.Edits {
		d.edit(&b.Edits[i])
	}
}

func (d *digest) relation(r *Relation) {
	d.text(r.Platform)
	d.text(r.Database)
	d.text(r.Schema)
	d.text(r.Identifier)
	d.text(r.Text)
	d.flag(r.QuotedDatabase)
	d.flag(r.QuotedSchema)
	d.flag(r.QuotedIdentifier)
}

func (d *digest) kept(k *Kept) {
	if d.has(k != nil) {
		d.text(k.Value)
		d.cause(k.Cause)
		d.cause(k.Since)
		d.stamp(k.Last)
	}
}

func (d *digest) bodyColumn(c *BodyColumn) {
	d.text(c.Name)
	d.number(int64(c.Ordinal))
	d.text(c.NativeType)
	d.nullable(c.Nullable)
	d.text(c.Description)
	d.kept(c.Kept)
	d.texts(c.Tags)
	d.raw(c.Meta)
	d.flag(c.Quote)
	d.constraints(c.Constraints)
	d.withdrawal(c.Absent)
	d.stamp(c.Last)
	if c.BaseType != "" {
		d.number(taggedBase)
		d.text(c.BaseType)
	}
}

// The first number of a cause, a withdrawal or an actor that is not written in
// the form from before there were other kinds: an import was its number alone, a
// person their name, whose length is not negative. Hashes of that time remain
// valid.
const (
	taggedCause      = -1
	taggedWithdrawal = -2
	taggedActor      = -1
	taggedStamp      = -3
	taggedCompiled   = -4
	taggedBase       = -5
)

// stamp writes nothing for a zero stamp: hashes from before there were any remain
// valid.
func (d *digest) stamp(s Stamp) {
	if !s.IsZero() {
		d.number(taggedStamp)
		d.number(s.At.UnixMicro())
		d.b = append(d.b, s.Tie[:]...)
	}
}

func (d *digest) compiled(list []Compiled) {
	for i := range list {
		c := &list[i]
		d.number(taggedCompiled)
		d.text(c.Checksum)
		d.b = append(d.b, c.Code[:]...)
		d.cause(c.By)
		d.stamp(c.At)
	}
}

func (d *digest) cause(c Cause) {
	if c.Kind == CauseImport && c.ID > 0 || c.IsZero() {
		d.number(c.ID)
		return
	}
	d.number(taggedCause)
	d.text(string(c.Kind))
	d.number(c.ID)
}

func (d *digest) withdrawal(w Withdrawal) {
	if !w.At.IsZero() {
		d.number(taggedWithdrawal)
		d.number(w.At.UnixMicro())
	}
	d.cause(w.Cause)
}

func (d *digest) actor(a Actor) {
	if a.Kind != ActorKey || a.ID != "" {
		d.number(taggedActor)
		d.text(string(a.Kind))
		d.text(a.ID)
	}
	d.text(a.Name)
}

func (d *digest) nullable(b *bool) {
	if d.has(b != nil) {
		d.flag(*b)
	}
}

func (d *digest) constraints(list []Constraint) {
	d.number(int64(len(list)))
	for i := range list {
		c := &list[i]
		d.text(c.Type)
		d.text(c.Name)
		d.text(c.Expression)
		d.texts(c.Columns)
		d.text(c.To)
		d.texts(c.ToColumns)
	}
}

func (d *digest) dbt(n *DBT) {
	if !d.has(n != nil) {
		return
	}
	for _, s := range [...]string{
		n.UniqueID, n.ResourceType, n.PackageName, n.Path, n.OriginalFilePath, n.PatchPath, n.Alias, n.SourceName,
		n.Loader, n.Access, n.Group, n.Version, n.LatestVersion, n.DeprecationDate, n.Language, n.LoadedAtField,
	} {
		d.text(s)
	}
	d.texts(n.FQN)
	d.flag(n.Contract)
	d.flag(n.Hidden)
	d.constraints(n.Constraints)
	d.raw(n.Freshness)
	if n.Deferred != "" || n.External {
		// Rare, and younger than the hashes of everything else. What follows begins with
		// a flag, so that the mark cannot be mistaken.
		d.b = append(d.b, 2)
		d.text(n.Deferred)
		d.flag(n.External)
	}
	if len(n.Macros) > 0 || len(n.DocBlocks) > 0 { // younger, too
		d.b = append(d.b, 3)
		d.texts(n.Macros)
		d.number(int64(len(n.DocBlocks)))
		for _, use := range n.DocBlocks {
			d.text(use.Doc)
			d.text(use.Column)
		}
	}
}

func (d *digest) code(c *Code) {
	if d.has(c != nil) {
		if c.Language == "" {
			d.text(c.Checksum)
		} else { // hashes from before there were other languages stay the same
			d.text(c.Checksum + "\x00" + c.Language)
		}
		d.b = append(d.b, c.Raw[:]...)
		d.b = append(d.b, c.Compiled[:]...)
		d.cause(c.CompiledBy)
		d.stamp(c.CompiledAt)
	}
}

func (d *digest) stats(stats map[string]Stat) {
	d.number(int64(len(stats)))
	for _, name := range slices.Sorted(maps.Keys(stats)) {
		s := stats[name]
		d.text(name)
		d.text(s.Label)
		if d.has(s.Value != nil) {
			d.b = binary.BigEndian.AppendUint64(d.b, math.Float64bits(*s.Value))
		}
		d.text(s.Text)
	}
}

func (d *digest) edit(e *Edit) {
	d.text(e.Field)
	d.text(e.Column)
	d.text(e.Text)
	d.texts(e.Add)
	d.texts(e.Remove)
	d.actor(e.By)
	d.number(e.At.UnixMicro())
}

// asset leaves out what AssetHash names.
func (d *digest) asset(a *Asset) {
	d.text(string(a.Kind))
	d.text(a.Name)
	d.number(int64(a.Project))
	d.relation(&a.Relation)
	d.text(a.RelationKey)
	d.effective(&a.Description)
	d.texts(a.Owners)
	d.texts(a.Tags)
	d.text(a.Materialized)
	d.raw(a.Meta)
	d.raw(a.Config)
	d.dbt(a.DBT)
	if c := a.Code; c != nil {
		stable := *c
		stable.CompiledBy, stable.CompiledAt = Cause{}, Stamp{}
		d.code(&stable)
	} else {
		d.code(nil)
	}
	d.raw(a.Extra)
	d.stats(a.Stats)
	d.flag(a.Present)
	d.number(int64(len(a.Nodes)))
	for _, n := range a.Nodes {
		d.number(int64(n.Project))
		d.text(n.UniqueID)
	}
}

// effective writes a text without what brought it. Of people only the name counts: the
// same text by the same name is not a change.
func (d *digest) effective(t *Text) {
	d.text(t.Value)
	d.text(string(t.Origin))
	d.text(t.By.Name)
	d.cause(t.Since)
	if d.has(t.Own != nil) {
		d.text(*t.Own)
	}
	d.number(int64(len(t.Hidden)))
	for i := range t.Hidden {
		s := &t.Hidden[i]
		d.text(string(s.Origin))
		d.text(s.By.Name)
		d.text(s.Value)
	}
}

func (d *digest) column(c *Column) {
	d.text(c.Name)
	d.number(int64(c.Ordinal))
	d.text(c.Type.Native)
	d.text(c.Type.Canonical)
	d.number(int64(c.Type.Length))
	d.number(int64(c.Type.Precision))
	d.number(int64(c.Type.Scale))
	d.nullable(c.Nullable)
	d.effective(&c.Description)
	d.texts(c.Tags)
	d.raw(c.Meta)
	d.constraints(c.Constraints)
	d.flag(c.Present)
	d.flag(c.DocumentedOnly)
	d.text(string(c.Origin))
}
