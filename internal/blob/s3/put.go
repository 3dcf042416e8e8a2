package s3

import (
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/thalweg-data/thalweg/internal/blob"
)

const (
	// partSize is the size of the parts in which a large object is sent. A part that fails is sent again alone.
	partSize = 16 << 20
	// partsAtOnce are sent at a time.
	partsAtOnce = 4
)

// object is what put stores.
type object struct {
	noun, key string
	content   io.ReaderAt
	size      int64
	metadata  map[string]string
}

// put stores an object, which replaces one of the same key, in one request or by parts.
func (b *Bucket) put(ctx context.Context, o object) error {
	if o.size > 2*partSize {
		return b.putParts(ctx, o)
	}
	_, err := b.client.PutObject(ctx, &sdk.PutObjectInput{
		Bucket: aws.String(b.name), Key: aws.String(o.key), Metadata: o.metadata,
		Body: io.NewSectionReader(o.content, 0, o.size), ContentLength: aws.Int64(o.size),
	})
	return b.stored(o, err)
}

func (b *Bucket) stored(o object, err error) error {
	if err != nil {
		return b.away(o.noun, err)
	}
	b.health.note(b.now(), nil)
	return nil
}

func (b *Bucket) putParts(ctx context.Context, o object) error {
	begun, err := b.client.CreateMultipartUpload(ctx, &sdk.CreateMultipartUploadInput{Bucket: aws.String(b.name), Key: aws.String(o.key), Metadata: o.metadata})
	if err != nil {
		return b.stored(o, err)
	}
	parts, err := b.sendParts(ctx, o, begun.UploadId)
	if err == nil {
		_, err = b.client.CompleteMultipartUpload(ctx, &sdk.CompleteMultipartUploadInput{
			Bucket: aws.String(b.name), Key: aws.String(o.key), UploadId: begun.UploadId,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
		})
	}
	if err != nil {
		err = errors.Join(err, b.abort(ctx, o.key, begun.UploadId))
	}
	return b.stored(o, err)
}

func (b *Bucket) sendParts(ctx context.Context, o object, upload *string) ([]types.CompletedPart, error) {
	parts := make([]types.CompletedPart, (o.size+partSize-1)/partSize)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(partsAtOnce)
	for i := range parts {
		group.Go(func() error {
			at := int64(i) * partSize
			size := min(partSize, o.size-at)
			number := aws.Int32(int32(i + 1))
			sent, err := b.client.UploadPart(ctx, &sdk.UploadPartInput{
				Bucket: aws.String(b.name), Key: aws.String(o.key), UploadId: upload, PartNumber: number,
				Body: io.NewSectionReader(o.content, at, size), ContentLength: aws.Int64(size),
			})
			if err == nil {
				parts[i] = types.CompletedPart{PartNumber: number, ETag: sent.ETag}
			}
			return err
		})
	}
	return parts, group.Wait()
}

// abort gives up an upload by parts, also where ctx has ended. What it fails to remove is swept later.
func (b *Bucket) abort(ctx context.Context, key string, upload *string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stalled)
	defer cancel()
	_, err := b.client.AbortMultipartUpload(ctx, &sdk.AbortMultipartUploadInput{Bucket: aws.String(b.name), Key: aws.String(key), UploadId: upload})
	return err
}

// abandon gives up the uploads by parts of blobs that began before a time, and returns how many there were.
func (s *Store) abandon(ctx context.Context, before time.Time) (int, error) {
	b, n := s.bucket, 0
	pages := sdk.NewListMultipartUploadsPaginator(b.client, &sdk.ListMultipartUploadsInput{Bucket: aws.String(b.name), Prefix: aws.String(s.prefix)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err = b.failed("list of uploads", err); errors.Is(err, blob.ErrNotFound) {
			return n, nil // how some stores answer that there are none
		}
		if err != nil {
			return n, err
		}
		for _, upload := range page.Uploads {
			if !strings.HasPrefix(aws.ToString(upload.Key), s.prefix) || !aws.ToTime(upload.Initiated).Before(before) {
				continue
			}
			if err := b.abort(ctx, aws.ToString(upload.Key), upload.UploadId); err != nil {
				return n, b.away("unfinished upload", err)
			}
			n++
		}
	}
	return n, nil
}
