// Package bucket reads objects of buckets that users name: S3 and what speaks its protocol, such as Google Cloud
// Storage, and Azure Blob Storage. It only lists and reads.
//
// A Bucket makes single requests; Objects and Fetch repeat them, bound them and check what they return. An object is
// read in the generation that was listed: if it was replaced since, the read fails, so that files that belong together
// are never mixed from two generations.
package bucket

import (
	"context"
	"io"
	"time"
)

// Object is an object of a listing.
type Object struct {
	Key      string
	Size     int64     // bytes
	ETag     string    // opaque; two contents of a key have different ones
	Modified time.Time // when the content was written, by the clock of the store
}

// Page is a part of a listing.
type Page struct {
	Objects []Object
	Next    string // continues the listing; "" = this is the last page
}

// Bucket is a bucket or container. Its methods may be called from many goroutines. Errors that the store's reply
// explains are *Error.
type Bucket interface {
	// Page lists objects whose keys begin with prefix, in order of keys, from where the page with that Next ended.
	Page(ctx context.Context, prefix, next string) (Page, error)

	// Open returns the stored bytes of a listed object. An Error with the reason Replaced if the object has other
	// content now.
	Open(ctx context.Context, o Object) (io.ReadCloser, error)
}
