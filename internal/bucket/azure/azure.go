// Package azure reads containers of Azure Blob Storage.
package azure

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/blob"
	"github.com/Azure/azure-sdk-for-go/sdk/storage/azblob/container"

	"github.com/thalweg-data/thalweg/internal/bucket"
)

// pageBlobs is how many blobs a page has at most.
const pageBlobs = 1000

// Container is a container of a storage account.
type Container struct {
	client *container.Client
	name   string
	where  string
}

// New returns a container of the account that a connection string names; it makes no request. client makes the
// connections; it must neither follow redirects nor decompress replies.
func New(c Connection, name string, client *http.Client) (*Container, error) {
	address := c.endpoint.JoinPath(name)
	options := &container.ClientOptions{ClientOptions: policy.ClientOptions{
		Transport: client,
		Retry:     policy.RetryOptions{MaxRetries: -1}, // the caller repeats requests
		Telemetry: policy.TelemetryOptions{Disabled: true},
	}}
	made, err := c.client(address, options)
	if err != nil {
		return nil, fmt.Errorf("container %q: %w", name, err)
	}
	return &Container{made, name, c.endpoint.Redacted()}, nil
}

// client returns the client library's for a container's address.
func (c Connection) client(address *url.URL, o *container.ClientOptions) (*container.Client, error) {
	if c.sas != "" {
		address.RawQuery = c.sas
		return container.NewClientWithNoCredential(address.String(), o) //nolint:wrapcheck // wrapped by the caller
	}
	key, err := container.NewSharedKeyCredential(c.Account, c.key)
	if err != nil {
		return nil, err //nolint:wrapcheck // wrapped by the caller
	}
	made, err := container.NewClientWithSharedKeyCredential(address.String(), key, o)
	return made, err //nolint:wrapcheck // wrapped by the caller
}

// Page implements bucket.Bucket.
func (c *Container) Page(ctx context.Context, prefix, next string) (bucket.Page, error) {
	o := &container.ListBlobsFlatOptions{MaxResults: new(int32)}
	*o.MaxResults = pageBlobs
	if prefix != "" {
		o.Prefix = &prefix
	}
	if next != "" {
		o.Marker = &next
	}
	out, err := c.client.NewListBlobsFlatPager(o).NextPage(ctx)
	if err != nil {
		return bucket.Page{}, c.explain(err, "list")
	}
	var page bucket.Page
	if out.NextMarker != nil {
		page.Next = *out.NextMarker
	}
	if out.Segment == nil {
		return page, nil
	}
	for _, b := range out.Segment.BlobItems {
		if o, ok := object(b); ok {
			page.Objects = append(page.Objects, o)
		}
	}
	return page, nil
}

// object returns a listed blob, unless the reply lacks something.
func object(b *container.BlobItem) (bucket.Object, bool) {
	if b == nil || b.Name == nil || b.Properties == nil || b.Properties.ContentLength == nil || b.Properties.ETag == nil {
		return bucket.Object{}, false
	}
	o := bucket.Object{Key: *b.Name, Size: *b.Properties.ContentLength, ETag: string(*b.Properties.ETag)}
	if b.Properties.LastModified != nil {
		o.Modified = *b.Properties.LastModified
	}
	return o, true
}

// Open implements bucket.Bucket.
func (c *Container) Open(ctx context.Context, o bucket.Object) (io.ReadCloser, error) {
	etag := azcore.ETag(o.ETag)
	out, err := c.client.NewBlobClient(o.Key).DownloadStream(ctx, &blob.DownloadStreamOptions{
		AccessConditions: &blob.AccessConditions{ModifiedAccessConditions: &blob.ModifiedAccessConditions{IfMatch: &etag}},
	})
	if err != nil {
		return nil, c.explain(err, "read")
	}
	if out.Body == nil { // the client library returns no error if a condition is not met
		return nil, &bucket.Error{Reason: bucket.Replaced, Message: "the blob was replaced after it was listed: " + bucket.Quote(o.Key)}
	}
	return out.Body, nil
}
