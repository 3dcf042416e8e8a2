package access

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// ErrWrongPassword is the error of a sign-in: there is no person with that address and password. Which of the two is
// wrong remains open.
var ErrWrongPassword = errors.New("wrong e-mail address or password")

// SignIn signs a person in by e-mail address and password. An unknown address, or a person without a password, takes
// as long as a wrong password and has the same reply: ErrWrongPassword. More attempts of an address, or for an account,
// than the limit are a *LimitedError. An account goes on working from addresses that it was used from before, until
// so many attempts for it from such an address have failed.
func (a *Access) SignIn(ctx context.Context, v Visitor, email, password string) (Signed, error) {
	l, err := a.attempt(ctx, v, email, password)
	if err != nil {
		return Signed{}, err
	}
	return a.begin(ctx, v, catalog.DefaultWorkspace, l.User.ID, "password")
}

// attempt checks a password under the limits of attempts.
func (a *Access) attempt(ctx context.Context, v Visitor, email, password string) (store.Login, error) {
	account, from, now := hashOf("account:"+strings.ToLower(email)), networkOf(v.Address), a.now()
	address, pair := hashOf("address:"+from.String()), hashOf("account:"+strings.ToLower(email)+" address:"+from.String())
	if _, err := a.pairs.begin(pair, pair, now); err != nil {
		return store.Login{}, err
	}
	last, err := a.failed.begin(from, account, now)
	if err != nil {
		a.pairs.forgive(pair)
		return store.Login{}, err
	}
	if last {
		a.locked(v.Address)
	}
	if _, err := a.accounts.begin(account, address, now); err != nil {
		a.failed.forgive(from)
		a.pairs.forgive(pair)
		return store.Login{}, err
	}
	l, err := a.checkLogin(ctx, email, password)
	if err == nil || !errors.Is(err, ErrWrongPassword) {
		a.failed.forgive(from)
		a.accounts.forgive(account)
		a.pairs.forgive(pair)
	}
	switch {
	case err == nil:
		a.failed.succeeded(from, account)
		a.accounts.succeeded(account, address)
	case errors.Is(err, ErrWrongPassword):
		a.refused(v, l.User)
	}
	return l, err
}

// checkLogin returns the person with an e-mail address and a password.
func (a *Access) checkLogin(ctx context.Context, email, password string) (store.Login, error) {
	l, err := a.keys.LoginByEmail(ctx, catalog.DefaultWorkspace, email)
	if err != nil && !errors.Is(err, catalog.ErrNotFound) {
		return store.Login{}, err
	}
	same, err := a.verifyPassword(ctx, l.Hash, password)
	if err != nil {
		return l, err
	}
	if !same {
		return l, fmt.Errorf("sign-in: %w", ErrWrongPassword)
	}
	if outdated(l.Hash) {
		if hash, err := a.hash(ctx, password); err == nil {
			_ = a.keys.Rehash(ctx, catalog.DefaultWorkspace, l.User.ID, l.Hash, hash) // the next sign-in tries again
		}
	}
	return l, nil
}

// refused notes a sign-in that failed. The address that was typed is not kept: it may be a password.
func (a *Access) refused(v Visitor, u store.User) {
	e := store.AuditEntry{At: a.now(), Action: store.ActionSignInFailed, By: v.by(), Details: map[string]any{"method": "password"}}
	if u.ID != 0 {
		e.Subject = u.Label()
	}
	a.signIns.add(catalog.DefaultWorkspace, e)
}

// ChangePassword gives the principal's person another password. It needs a session and the present password. All other
// sessions end, and this one is replaced.
func (a *Access) ChangePassword(ctx context.Context, by Principal, v Visitor, before, after string) (Signed, error) {
	if by.Session == 0 {
		return Signed{}, fmt.Errorf("a password is changed by its person, in a session: %w", catalog.ErrForbidden)
	}
	u, err := a.keys.User(ctx, by.WS, by.UserID)
	if err != nil {
		return Signed{}, err
	}
	l, err := a.attempt(ctx, v, u.Email, before)
	if err != nil {
		return Signed{}, err
	}
	if err := checkPassword(after, u); err != nil {
		return Signed{}, err
	}
	hash, err := a.hash(ctx, after)
	if err != nil {
		return Signed{}, err
	}
	defer a.forgetAll()
	if err := a.keys.SetPassword(ctx, by.WS, by.UserID, l.Hash, hash, by.Session, by.By()); err != nil {
		return Signed{}, err
	}
	return a.begin(ctx, v, by.WS, by.UserID, "password")
}
