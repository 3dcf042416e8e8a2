package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/thalweg-data/thalweg/internal/blob"
)

// resumptions is how often a connection that breaks without having sent anything is made again.
const resumptions = 4

// get opens an object. Its error wraps blob.ErrNotFound if there is none.
func (b *Bucket) get(ctx context.Context, noun, key string) (io.ReadCloser, error) {
	r := &reader{ctx: ctx, bucket: b, noun: noun, key: key}
	if err := r.connect(); err != nil {
		return nil, err
	}
	return r, nil
}

// reader reads one object and survives connections that break. All connections are to the object that the first one
// found: an object that was replaced meanwhile is never read on.
type reader struct {
	ctx       context.Context //nolint:containedctx // it lives as long as the reader
	bucket    *Bucket
	noun, key string

	etag   string
	size   int64
	offset int64
	broken int // connections since bytes came last

	body io.ReadCloser
}

func (r *reader) connect() error {
	in := &sdk.GetObjectInput{Bucket: aws.String(r.bucket.name), Key: aws.String(r.key)}
	if r.etag != "" {
		in.IfMatch = aws.String(r.etag)
	}
	if r.offset > 0 {
		in.Range = aws.String(fmt.Sprintf("bytes=%d-", r.offset))
	}
	out, err := r.bucket.client.GetObject(r.ctx, in)
	if err != nil {
		return r.bucket.failed(r.noun, err)
	}
	r.bucket.health.note(r.bucket.now(), nil)
	etag := aws.ToString(out.ETag)
	if r.etag != "" && etag != r.etag { // by a store that knows no conditions
		return errors.Join(out.Body.Close(), fmt.Errorf("%s in %s was replaced while it was read: %w", r.noun, r.bucket, blob.ErrUnavailable))
	}
	if r.etag == "" {
		r.etag, r.size = etag, aws.ToInt64(out.ContentLength)
	}
	r.body = out.Body
	return nil
}

func (r *reader) Read(p []byte) (int, error) {
	for {
		if r.body == nil {
			if err := r.reconnect(); err != nil {
				return 0, err
			}
		}
		n, err := r.body.Read(p)
		r.offset += int64(n)
		if n > 0 {
			r.broken = 0
		}
		if err == io.EOF && r.offset < r.size {
			err = io.ErrUnexpectedEOF
		}
		if err == nil || err == io.EOF {
			return n, err
		}
		r.disconnect()
		if r.broken++; r.ctx.Err() != nil || r.broken > resumptions {
			return n, r.bucket.failed(r.noun, err)
		}
		if n > 0 {
			return n, nil
		}
	}
}

// reconnect waits the longer the more often it was in vain.
func (r *reader) reconnect() error {
	select {
	case <-r.ctx.Done():
		return r.bucket.failed(r.noun, r.ctx.Err())
	case <-time.After(time.Duration(r.broken*r.broken) * 50 * time.Millisecond):
	}
	return r.connect()
}

func (r *reader) disconnect() {
	if r.body != nil {
		_ = r.body.Close() // only read
		r.body = nil
	}
}

// Close ends the connection.
func (r *reader) Close() error {
	r.disconnect()
	return nil
}
