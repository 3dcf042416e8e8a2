package access

import (
	"context"
	"fmt"
	"net/mail"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// maxEmail is the longest e-mail address, as SMTP has it.
const maxEmail = 254

// CreateUser adds a person to the workspace of a principal. It returns catalog.ErrInvalid for an invalid name,
// address or role, and catalog.ErrConflict if the address is taken.
func (a *Access) CreateUser(ctx context.Context, by Principal, u store.User) (store.User, error) {
	if err := checkUser(&u.Name, &u.Email, &u.Role); err != nil {
		return store.User{}, err
	}
	return a.keys.CreateUser(ctx, by.WS, u, by.By())
}

// UpdateUser changes a person. A role applies to the person's keys at once, in other processes within five seconds.
func (a *Access) UpdateUser(ctx context.Context, by Principal, id int64, patch store.UserPatch) (store.User, error) {
	if err := checkUser(patch.Name, patch.Email, patch.Role); err != nil {
		return store.User{}, err
	}
	defer a.forgetAll()
	return a.keys.UpdateUser(ctx, by.WS, id, patch, by.By())
}

// RemoveUser removes a person and revokes its keys.
func (a *Access) RemoveUser(ctx context.Context, by Principal, id int64, check func(store.User) error) error {
	defer a.forgetAll()
	return a.keys.RemoveUser(ctx, by.WS, id, by.By(), check)
}

// checkUser checks the fields that are not nil.
func checkUser(name, email, role *string) error {
	if name != nil && (strings.TrimSpace(*name) == "" || len(*name) > 200) {
		return fmt.Errorf("name of a person, 1 to 200 bytes: %w", catalog.ErrInvalid)
	}
	if email != nil {
		if parsed, err := mail.ParseAddress(*email); err != nil || parsed.Address != *email || len(*email) > maxEmail {
			return fmt.Errorf("e-mail address, such as ana@example.com: %w", catalog.ErrInvalid)
		}
	}
	if role != nil {
		if _, err := ParseRole(*role); err != nil {
			return err
		}
	}
	return nil
}
