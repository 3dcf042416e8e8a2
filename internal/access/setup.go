package access

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// How long one-time links can be used.
const (
	SetupTime      = 24 * time.Hour
	InvitationTime = 7 * 24 * time.Hour
)

// Link is a one-time link with its address, which is not stored and never shown again. The secret is behind a # so that
// browsers do not send it to servers, whose logs have addresses.
type Link struct {
	store.Link
	URL string
}

// SetupNeeded reports whether nobody can sign in yet.
func (a *Access) SetupNeeded(ctx context.Context) (bool, error) {
	done, err := a.keys.SomebodySignsIn(ctx, catalog.DefaultWorkspace)
	return !done, err
}

// SetupLink makes a link with which the first person, an administrator, can be made; catalog.ErrConflict once somebody
// can sign in.
func (a *Access) SetupLink(ctx context.Context, by Principal) (Link, error) {
	return a.link(ctx, by, store.Link{WS: by.WS, Kind: store.LinkSetup, ExpiresAt: a.now().Add(SetupTime)}, "/setup")
}

// Invite makes a link with which a person can set a password, be it the first or another one. Earlier ones of the
// person can no longer be used.
func (a *Access) Invite(ctx context.Context, by Principal, user int64) (Link, error) {
	return a.link(ctx, by, store.Link{WS: by.WS, Kind: store.LinkInvitation, User: store.User{ID: user}, ExpiresAt: a.now().Add(InvitationTime)}, "/invitation")
}

func (a *Access) link(ctx context.Context, by Principal, l store.Link, path string) (Link, error) {
	secret, err := a.newSecret()
	if err != nil {
		return Link{}, err
	}
	l.SecretHash = hashOf(secret)
	if l, err = a.keys.PutLink(ctx, l, by.By()); err != nil {
		return Link{}, err
	}
	return Link{l, a.base + path + "#" + secret}, nil
}

// RevokeInvitation makes an invitation unusable.
func (a *Access) RevokeInvitation(ctx context.Context, by Principal, id int64) error {
	return a.keys.RevokeInvitation(ctx, by.WS, id, by.By())
}

// SetUp makes the first person, an administrator, by a link of the setup, and signs the person in. Once somebody can
// sign in it is catalog.ErrNotFound: setup is over. A link that is not valid is ErrUnknown.
func (a *Access) SetUp(ctx context.Context, v Visitor, secret string, u store.User, password string) (Signed, error) {
	needed, err := a.SetupNeeded(ctx)
	if err != nil {
		return Signed{}, err
	}
	if !needed {
		return Signed{}, fmt.Errorf("setup: %w", catalog.ErrNotFound)
	}
	l, err := a.usable(ctx, v, store.LinkSetup, secret)
	if err != nil {
		return Signed{}, err
	}
	u.Role = string(Admin)
	if err := checkUser(&u.Name, &u.Email, &u.Role); err != nil {
		return Signed{}, err
	}
	return a.signWith(ctx, v, l.WS, "setup", u, password, func(hash string, n store.Session) (store.Session, error) {
		n, err := a.keys.SetUp(ctx, l.SecretHash, u, hash, n, v.by())
		if errors.Is(err, catalog.ErrConflict) {
			err = fmt.Errorf("setup: %w", catalog.ErrNotFound)
		}
		return n, err
	})
}

// AcceptInvitation gives a person a password by an invitation, and signs the person in. A link that is not valid is
// ErrUnknown.
func (a *Access) AcceptInvitation(ctx context.Context, v Visitor, secret, password string) (Signed, error) {
	l, err := a.usable(ctx, v, store.LinkInvitation, secret)
	if err != nil {
		return Signed{}, err
	}
	return a.signWith(ctx, v, l.WS, "invitation", l.User, password, func(hash string, n store.Session) (store.Session, error) {
		n, err := a.keys.AcceptInvitation(ctx, l, hash, n, v.by())
		if errors.Is(err, catalog.ErrNotFound) { // it was used meanwhile
			err = fmt.Errorf("invitation: %w", ErrUnknown)
		}
		return n, err
	})
}

// signWith hashes a password, has a function store it with a session, and returns the session with its cookies.
func (a *Access) signWith(ctx context.Context, v Visitor, ws int64, method string, u store.User, password string, save func(hash string, n store.Session) (store.Session, error)) (Signed, error) {
	if err := checkPassword(password, u); err != nil {
		return Signed{}, err
	}
	hash, err := a.hash(ctx, password)
	if err != nil {
		return Signed{}, err
	}
	n, secret, err := a.newSession(ws, v, method)
	if err != nil {
		return Signed{}, err
	}
	defer a.forgetAll()
	if n, err = save(hash, n); err != nil {
		return Signed{}, err
	}
	return Signed{Session: n, Cookies: a.cookies(secret, v.https)}, nil
}

// usable returns the link with a secret, under the limit of attempts of an address.
func (a *Access) usable(ctx context.Context, v Visitor, kind, secret string) (store.Link, error) {
	from := networkOf(v.Address)
	last, err := a.failed.begin(from, hashOf(secret), a.now())
	if err != nil {
		return store.Link{}, err
	}
	l, err := a.keys.LinkByHash(ctx, kind, hashOf(secret))
	if errors.Is(err, catalog.ErrNotFound) {
		if last {
			a.locked(v.Address)
		}
		return store.Link{}, fmt.Errorf("%s link: %w", kind, ErrUnknown)
	}
	a.failed.forgive(from)
	return l, err
}
