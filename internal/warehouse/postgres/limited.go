package postgres

import (
	"net"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// limited is a connection that fails when the server has sent too much.
type limited struct {
	net.Conn
	left int64
}

func (l *limited) Read(b []byte) (int, error) {
	if l.left <= 0 {
		return 0, &warehouse.Error{Reason: warehouse.TooLarge, Message: "the server sent more than what is read of a warehouse; leave schemas out"}
	}
	if int64(len(b)) > l.left {
		b = b[:l.left]
	}
	n, err := l.Conn.Read(b)
	l.left -= int64(n)
	return n, err
}
