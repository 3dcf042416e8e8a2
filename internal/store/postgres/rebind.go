package postgres

import (
	"strconv"
	"strings"
)

// Rebind turns each ? outside of quotes into $1, $2, …
func (e *engine) Rebind(query string) string {
	if done, ok := e.rebound.Load(query); ok {
		return done.(string)
	}
	done := rebind(query)
	e.rebound.Store(query, done)
	return done
}

func rebind(query string) string {
	var b strings.Builder
	b.Grow(len(query) + 32)
	n, quoted := 0, false
	for _, c := range []byte(query) {
		switch {
		case c == '\'':
			quoted = !quoted
		case c == '?' && !quoted:
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
