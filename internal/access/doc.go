// Package access answers who may do what: it makes and checks API keys, knows
// the scopes, and holds the one table that gives every route its scope.
//
// A key is `twg_<8-character id>_<32 characters><6 characters checksum>`. Only
// the sha256 of the key is stored. A key with a wrong checksum is refused
// without a look into the store, and a key that is unknown takes the same path
// as one that is known, so that timing reveals nothing.
package access
