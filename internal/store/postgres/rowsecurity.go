package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/thalweg-data/thalweg/internal/store"
)

// Row-level security is a second line of defence for workspaces: where a role
// USER_reader exists and USER is a member of it, all reading connections take
// that role, and the policies of the tables show it the rows of one workspace
// alone, whatever a query asks for. Writing connections are the tables' owner,
// whom the policies do not bind: PostgreSQL refuses COPY under row-level
// security, and imports depend on COPY.

// workspaceSetting is what the policies read.
const workspaceSetting = "thalweg.workspace"

// readerRole finds the role of the reading connections; "" if there is none.
func readerRole(ctx context.Context, db *sql.DB) (string, error) {
	var role string
	err := db.QueryRowContext(ctx, `SELECT rolname FROM pg_roles
		WHERE rolname = current_user || '_reader' AND pg_has_role(oid, 'MEMBER')`).Scan(&role)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return role, err
}

func readerParams(role string) map[string]string {
	params := map[string]string{"default_transaction_read_only": "on"}
	if role != "" {
		params["role"] = role
	}
	return params
}

// Scope sets the workspace of a reading connection, unless it is set already, and has it checked for what is needed.
// A connection on which the workspace was never set sees an error, not rows.
func (e *engine) Scope(ctx context.Context, pool *sql.DB, ws int64, fresh store.Fresh) (*sql.Conn, error) {
	if e.role == "" && fresh.Version == 0 {
		return nil, nil
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	err = conn.Raw(func(driver any) error {
		c, ok := driver.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("connection of type %T", driver)
		}
		if err := e.setWorkspace(ctx, c.Conn(), ws); err != nil {
			return err
		}
		return mustHave(ctx, c.Conn(), fresh)
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("workspace %d: %w", ws, err), conn.Close())
	}
	return conn, nil
}

func (e *engine) setWorkspace(ctx context.Context, conn *pgx.Conn, ws int64) error {
	known := conn.PgConn().CustomData()
	if e.role == "" || known[workspaceSetting] == ws {
		return nil
	}
	if _, err := conn.Exec(ctx, fmt.Sprintf("SET %s = '%d'", workspaceSetting, ws)); err != nil {
		return err
	}
	known[workspaceSetting] = ws
	return nil
}
