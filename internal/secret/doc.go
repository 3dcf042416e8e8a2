// Package secret encrypts the credentials of other systems: passwords, access keys, the secrets that sign webhooks.
//
// There are two kinds of keys. Master keys are outside the database, in a file or in the environment. A data key per
// workspace is in the database, encrypted by the newest master key; it encrypts the values. So a copy of the database
// or a backup has no readable secret, and another master key only costs the encryption of the data keys.
//
// A value is bound to where it is stored: one that was copied to another workspace, row or field does not decrypt.
package secret
