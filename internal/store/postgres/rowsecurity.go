package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/stdlib"
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

// Scope sets the workspace of a reading connection, unless it is set already.
// A connection on which it was never set sees an error, not rows.
func (e *engine) Scope(ctx context.Context, pool *sql.DB, ws int64) (*sql.Conn, error) {
	if e.role == "" {
		return nil, nil
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if err := conn.Raw(func(driver any) error { return setWorkspace(ctx, driver, ws) }); err != nil {
		return nil, errors.Join(fmt.Errorf("workspace %d: %w", ws, err), conn.Close())
	}
	return conn, nil
}

func setWorkspace(ctx context.Context, driver any, ws int64) error {
	c, ok := driver.(*stdlib.Conn)
	if !ok {
		return fmt.Errorf("connection of type %T", driver)
	}
	known := c.Conn().PgConn().CustomData()
	if known[workspaceSetting] == ws {
		return nil
	}
	if _, err := c.Conn().Exec(ctx, fmt.Sprintf("SET %s = '%d'", workspaceSetting, ws)); err != nil {
		return err
	}
	known[workspaceSetting] = ws
	return nil
}
