package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/catalog"
)

// auditBatch is how many entries are read at a time.
const auditBatch = 1000

// AuditChain is what a check of an audit log found. The hash of an entry covers the entry and the hash of the one
// before, so that none can be changed, put in or left out without a break there. Entries at the end can be left out:
// who notes a head can find out later whether it is still in the chain.
type AuditChain struct {
	Entries int64
	First   int64     // the first entry with a hash of its own; 0 if there is none
	Last    int64     // the last entry; 0 if there is none
	Head    AuditHash // of the last entry
	Broken  int64     // the first entry whose hash is not that of what is there; 0 if all are
}

// AuditHash is the hash of all entries up to one.
type AuditHash [sha256.Size]byte

// String returns it in hexadecimal.
func (h AuditHash) String() string { return hex.EncodeToString(h[:]) }

// ParseAuditHash parses what String returns.
func ParseAuditHash(text string) (h AuditHash, err error) {
	b, err := hex.DecodeString(text)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("%q is not a hash of the audit log, which has %d hexadecimal digits: %w", text, 2*len(h), catalog.ErrInvalid)
	}
	return AuditHash(b), nil
}

// auditRow is an entry as it is stored and hashed.
type auditRow struct {
	entry   AuditEntry
	at      int64
	details string
	hash    []byte
}

func scanAuditRow(row scanner) (r auditRow, err error) {
	e := &r.entry
	err = row.Scan(&e.ID, &r.at, &e.Action, &e.Subject, &e.By.Actor.Kind, &e.By.Actor.ID, &e.By.Actor.Name, &e.By.Key, &e.By.Address,
		&e.By.Request, &r.details, &r.hash)
	return r, err
}

// after returns the hash of an entry that follows one with the given hash.
func (r *auditRow) after(ws int64, before []byte) []byte {
	e := &r.entry
	b := bytes.Clone(before)
	for _, n := range []int64{ws, e.ID, r.at} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	for _, text := range []string{
		e.Action, e.Subject, string(e.By.Actor.Kind), e.By.Actor.ID, e.By.Actor.Name, e.By.Key, e.By.Address, e.By.Request, r.details,
	} {
		b = append(binary.BigEndian.AppendUint64(b, uint64(len(text))), text...)
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// eachAudit calls fn with the entries of a workspace behind one, in order.
func eachAudit(ctx context.Context, d db, ws, behind int64, fn func(*auditRow) error) error {
	for {
		rows, err := list(ctx, d, scanAuditRow, `SELECT `+auditColumns+`, hash FROM audit WHERE ws = ? AND id > ? ORDER BY id LIMIT ?`, ws, behind, auditBatch)
		if err != nil {
			return err
		}
		for i := range rows {
			if err := fn(&rows[i]); err != nil {
				return err
			}
		}
		if len(rows) < auditBatch {
			return nil
		}
		behind = rows[len(rows)-1].entry.ID
	}
}

// auditHead returns the hash of the last entry of a workspace. The caller holds the counter of entries, so that none is
// added meanwhile.
func (tx Tx) auditHead(ctx context.Context, ws int64) ([]byte, error) {
	last, err := list(ctx, tx.db, scalar[[]byte], `SELECT hash FROM audit WHERE ws = ? ORDER BY id DESC LIMIT 1`, ws)
	if err != nil || len(last) == 0 || len(last[0]) > 0 {
		return bytes.Join(last, nil), err
	}
	var head []byte // entries of before there was a chain
	err = eachAudit(ctx, tx.db, ws, 0, func(r *auditRow) error {
		head = r.after(ws, head)
		return nil
	})
	return head, err
}

// CheckAudit checks the audit log of a workspace from its first entry. With a head that was noted earlier it is
// catalog.ErrNotFound if no entry has that hash.
func (s *Store) CheckAudit(ctx context.Context, ws int64, noted AuditHash) (AuditChain, error) {
	var c AuditChain
	var head []byte
	met := noted == AuditHash{}
	err := eachAudit(ctx, s.reader(ws), ws, 0, func(r *auditRow) error {
		head = r.after(ws, head)
		c.Entries, c.Last = c.Entries+1, r.entry.ID
		if len(r.hash) > 0 && c.First == 0 {
			c.First = r.entry.ID
		}
		if c.First > 0 && c.Broken == 0 && !bytes.Equal(r.hash, head) {
			c.Broken = r.entry.ID
		}
		met = met || bytes.Equal(head, noted[:])
		return nil
	})
	if err != nil {
		return c, fmt.Errorf("audit log: %w", err)
	}
	copy(c.Head[:], head)
	if !met {
		return c, fmt.Errorf("audit log: no entry has the hash %s: %w", noted, catalog.ErrNotFound)
	}
	return c, nil
}
