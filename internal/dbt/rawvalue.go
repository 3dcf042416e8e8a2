package dbt

// Value is one complete, valid JSON value of an artifact, as a [Walker] reads it. A nil Value is an absent one.
type Value []byte

// Kind returns the first byte: one of { [ " t f n - 0…9, or 0 for an absent value.
func (v Value) Kind() byte { return value(v).kind() }

// IsAbsent reports whether v is missing or null.
func (v Value) IsAbsent() bool { return value(v).absent() }

// IsNumber reports whether v is a number.
func (v Value) IsNumber() bool { return value(v).isNumber() }

// Members yields name and value of each member of an object. Anything but an object has none.
func (v Value) Members(yield func(name []byte, val Value) bool) {
	value(v).members(func(name []byte, val value) bool { return yield(name, Value(val)) })
}

// Elements yields the elements of an array. Anything but an array has none.
func (v Value) Elements(yield func(Value) bool) {
	value(v).elements(func(e value) bool { return yield(Value(e)) })
}

// Get returns the last member called name, nil if there is none.
func (v Value) Get(name string) Value { return Value(value(v).get(name)) }

// Text returns the text of a JSON string, "" for anything else.
func (v Value) Text() string { return value(v).str() }

// Float returns a number; ok is false for anything else and for numbers beyond a float64.
func (v Value) Float() (f float64, ok bool) { return value(v).float() }

// AppendCompact appends v without the blanks between its tokens.
func (v Value) AppendCompact(dst []byte) []byte {
	for i := 0; i < len(v); {
		switch c := v[i]; {
		case c == '"':
			end := endOfString(v, i)
			dst = append(dst, v[i:end]...)
			i = end
		case c <= ' ':
			i++
		default:
			dst = append(dst, c)
			i++
		}
	}
	return dst
}
