package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/thalweg-data/thalweg/internal/app"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// AuditCmd holds the commands on the audit log.
type AuditCmd struct {
	Verify AuditVerifyCmd `cmd:"" help:"Check that nobody changed the audit log."`
}

// AuditVerifyCmd checks the chain of hashes.
type AuditVerifyCmd struct {
	settings
	Head string `help:"Hash that an earlier check printed: fails if no entry has it, as when entries at the end were deleted." placeholder:"HASH"`
}

// Help gives an example.
func (AuditVerifyCmd) Help() string {
	return "Each entry has the hash of itself and all entries before it. The last hash is printed: keep it elsewhere, and give it to the next check. The folder may be in use, or be a backup.\n\nExample:\n  thalweg audit verify --data /var/lib/thalweg"
}

var errAuditChanged = errors.New("the audit log was changed")

// Run checks.
func (c *AuditVerifyCmd) Run(ctx context.Context, out *output) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	var noted store.AuditHash
	if c.Head != "" {
		if noted, err = store.ParseAuditHash(c.Head); err != nil {
			return err
		}
	}
	chain, err := app.CheckAudit(ctx, cfg, catalog.DefaultWorkspace, noted)
	if err != nil {
		return err
	}
	if chain.Broken != 0 {
		return fmt.Errorf("%w: AUD-%d does not follow from the entries before it", errAuditChanged, chain.Broken)
	}
	if chain.Entries == 0 {
		return out.line("the audit log is empty")
	}
	return out.line("%d entries are as they were written; head: %s (AUD-%d)", chain.Entries, chain.Head, chain.Last)
}
