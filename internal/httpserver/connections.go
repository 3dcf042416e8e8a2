package httpserver

import (
	"container/list"
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"time"
)

const (
	// reserved is how many connections beyond the limit are accepted for health checks.
	reserved = 32
	// reservedFor is how long such a connection may last.
	reservedFor = 5 * time.Second
)

// Connections limits the open connections of a server.
//
// Where the limit is reached, a new connection takes the place of the one that has waited longest for a request: it is
// idle, or its request does not arrive. If requests are being served on all of them, health checks are still answered,
// on a few connections more; other requests on those get 503.
//
// No address has more than a share of the connections: beyond it the same goes for its own ones. Those of a trusted
// proxy have a share for each client, while they serve a request of it.
type Connections struct {
	limit, share int
	proxies      proxies

	mu      sync.Mutex
	open    int                // without those of the reserve
	of      map[netip.Addr]int // the same by the address that they count for
	waiting *list.List         // connections on which no request is being served, the longest waiting first
	reserve *list.List         // connections beyond the limit, the oldest first
}

// NewConnections returns Connections with a limit of at least 1, half of which is the share of an address.
func NewConnections(limit int, trusted []netip.Prefix) *Connections {
	limit = max(limit, 1)
	return &Connections{
		limit: limit, share: (limit + 1) / 2, proxies: slices.Clone(trusted),
		of: map[netip.Addr]int{}, waiting: list.New(), reserve: list.New(),
	}
}

// Limit makes a server accept no more connections than the limit. It returns the listener to serve on.
func (c *Connections) Limit(server *http.Server, l net.Listener) net.Listener {
	server.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conn)
	}
	server.ConnState = func(conn net.Conn, state http.ConnState) {
		if limited, ok := conn.(*limitedConn); ok && state == http.StateIdle {
			limited.wait()
		}
	}
	return &limitedListener{Listener: l, in: c}
}

type limitedListener struct {
	net.Listener
	in *Connections
}

// Accept implements [net.Listener].
func (l *limitedListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.in.add(conn), nil
}

// limitedConn is a connection that counts.
type limitedConn struct {
	net.Conn
	in       *Connections
	reserved bool
	proxied  bool        // its peer is a trusted proxy
	timer    *time.Timer // closes a reserved one

	// Guarded by in.mu.
	place  *list.Element // in waiting or reserve; nil while a request is being served
	holder netip.Addr    // the address that it counts for, if any
	closed bool
}

type connKey struct{}

// connOf returns the connection of a request, nil if connections are not limited.
func connOf(ctx context.Context) *limitedConn {
	conn, _ := ctx.Value(connKey{}).(*limitedConn)
	return conn
}

// add counts a connection and closes the one that has to make room for it.
func (c *Connections) add(conn net.Conn) *limitedConn {
	peer := parseAddr(conn.RemoteAddr().String())
	added := &limitedConn{Conn: conn, in: c, proxied: c.proxies.trust(peer)}
	if added.proxied {
		peer = netip.Addr{}
	}
	c.mu.Lock()
	surplus, found := c.makeRoom(peer)
	if added.reserved = !found; added.reserved && c.reserve.Len() == reserved {
		surplus = c.reserve.Front().Value.(*limitedConn)
	}
	c.remove(surplus)
	added.place = c.listOf(added).PushBack(added)
	if added.reserved {
		added.timer = time.AfterFunc(reservedFor, func() { _ = added.Close() }) // nobody is left to be told
	} else {
		c.open++
		c.count(added, peer)
	}
	c.mu.Unlock()
	if surplus != nil {
		_ = surplus.Conn.Close() // as above
	}
	return added
}

// makeRoom returns the connection that has to go for one more of an address, if any, and whether there is room then.
// The lock is held.
func (c *Connections) makeRoom(peer netip.Addr) (surplus *limitedConn, found bool) {
	if !c.full(peer) && c.open < c.limit {
		return nil, true
	}
	for e := c.waiting.Front(); e != nil; e = e.Next() {
		conn := e.Value.(*limitedConn)
		if !c.full(peer) || conn.holder == peer {
			return conn, true
		}
	}
	return nil, false
}

// full reports whether an address has its share. The lock is held.
func (c *Connections) full(address netip.Addr) bool {
	return address.IsValid() && c.of[address] >= c.share
}

// count makes a connection count for an address, or for none. The lock is held.
func (c *Connections) count(conn *limitedConn, address netip.Addr) {
	if old := conn.holder; old.IsValid() {
		if c.of[old]--; c.of[old] == 0 {
			delete(c.of, old)
		}
	}
	if conn.holder = address; address.IsValid() {
		c.of[address]++
	}
}

// remove takes a connection out of the count, if it is there. The lock is held.
func (c *Connections) remove(conn *limitedConn) {
	if conn == nil || conn.closed {
		return
	}
	conn.closed = true
	if conn.place != nil {
		c.listOf(conn).Remove(conn.place)
	}
	if conn.reserved {
		conn.timer.Stop()
	} else {
		c.open--
		c.count(conn, netip.Addr{})
	}
}

// listOf returns the list that a connection is in while it waits.
func (c *Connections) listOf(conn *limitedConn) *list.List {
	if conn.reserved {
		return c.reserve
	}
	return c.waiting
}

// beyondLimit reports whether a connection is there for health checks only.
func (n *limitedConn) beyondLimit() bool { return n != nil && n.reserved }

// serve notes that a request of a client is being served, until the connection waits for the next one. It reports
// whether the client may have it.
func (n *limitedConn) serve(client netip.Addr) bool {
	if n == nil || n.reserved {
		return true
	}
	n.in.mu.Lock()
	defer n.in.mu.Unlock()
	if n.closed {
		return true
	}
	if n.place != nil {
		n.in.waiting.Remove(n.place)
		n.place = nil
	}
	if !n.proxied {
		return true
	}
	if n.in.full(client) {
		return false
	}
	n.in.count(n, client)
	return true
}

// wait notes that the connection waits for a request.
func (n *limitedConn) wait() {
	n.in.mu.Lock()
	defer n.in.mu.Unlock()
	if !n.reserved && !n.closed && n.place == nil {
		n.place = n.in.waiting.PushBack(n)
		if n.proxied {
			n.in.count(n, netip.Addr{})
		}
	}
}

// Close implements [net.Conn].
func (n *limitedConn) Close() error {
	n.in.mu.Lock()
	n.in.remove(n)
	n.in.mu.Unlock()
	return n.Conn.Close()
}

// CloseWrite lets net/http end a reply without a reset of the connection.
func (n *limitedConn) CloseWrite() error {
	if c, ok := n.Conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}
