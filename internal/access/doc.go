// Package access decides who may do what: it makes and checks API keys and
// defines the scopes. Which scope a route needs is part of the route, see
// httpserver.Operation.
//
// A key is `twg_<8-character id>_<32 characters><6 characters checksum>`. Only
// the sha256 of the key is stored. A key with a wrong checksum is refused
// without asking the store, and an unknown key takes the same path as a known
// one, so that timing reveals nothing. An address that tries too many invalid
// keys is refused for a time. A key never makes one that may do more, and one
// that belongs to a person does no more than the person's role.
package access
