package access

import (
	"context"
	"fmt"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// mostSignIns bounds the sign-ins that wait to be written. What is beyond it is counted.
const mostSignIns = 1000

// signIns are the sign-ins that are not in the audit log yet.
type signIns struct {
	mu      sync.Mutex
	waiting map[int64][]store.AuditEntry // by workspace
	n       int
	lost    int
}

func (s *signIns) add(ws int64, e store.AuditEntry) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n >= mostSignIns {
		s.lost++
		return
	}
	if s.waiting == nil {
		s.waiting = map[int64][]store.AuditEntry{}
	}
	s.n++
	s.waiting[ws] = append(s.waiting[ws], e)
}

func (s *signIns) take() (waiting map[int64][]store.AuditEntry, lost int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting, lost = s.waiting, s.lost
	s.waiting, s.n, s.lost = nil, 0, 0
	return waiting, lost
}

// signedIn notes the first request with a key from an address.
func (a *Access) signedIn(p Principal, remote string) {
	by := p.By()
	by.Address = addressOf(remote)
	a.signIns.add(p.WS, store.AuditEntry{At: a.now(), Action: store.ActionSignIn, Subject: p.KeyLabel(), By: by})
}

// locked notes that an address may make no further attempts for a time.
func (a *Access) locked(remote string) {
	a.signIns.add(catalog.DefaultWorkspace, store.AuditEntry{
		At: a.now(), Action: store.ActionSignInRefused, By: store.By{Address: addressOf(remote)},
		Details: map[string]any{"attempts": a.failed.limit.Attempts, "seconds": int(a.failed.limit.Within.Seconds())},
	})
}

// flushSignIns writes the sign-ins. If that fails they are kept for the next call.
func (a *Access) flushSignIns(ctx context.Context) error {
	waiting, lost := a.signIns.take()
	if lost > 0 {
		waiting[catalog.DefaultWorkspace] = append(waiting[catalog.DefaultWorkspace], store.AuditEntry{
			At: a.now(), Action: store.ActionSignInRefused, Details: map[string]any{"not_listed": lost},
		})
	}
	for ws, entries := range waiting {
		if err := a.keys.AppendAudit(ctx, ws, entries...); err != nil {
			for ws, entries := range waiting {
				for _, e := range entries {
					a.signIns.add(ws, e)
				}
			}
			return fmt.Errorf("sign-ins: %w", err)
		}
		delete(waiting, ws)
	}
	return nil
}

// addressOf returns an address without its port; "" for what is not one.
func addressOf(remote string) string {
	addr, ok := remoteAddr(remote)
	if !ok {
		return ""
	}
	return addr.String()
}
