package s3

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/spool"
)

// compressedSuffix is the ending of a key whose object holds a blob as one zstd frame. A blob may have a plain object
// as well, because the same bytes were uploaded again or compressing was interrupted; the plain one is read then. The
// plain object is deleted only once the other one is stored, so a reader that asks for the plain one first finds one.
const compressedSuffix = ".zst"

// sizeHeader is the metadata of a compressed object that has the size of its blob.
const sizeHeader = "size"

// Store is a blob.Store in a bucket. Make one with Bucket.Workspace.
type Store struct {
	bucket *Bucket
	prefix string // of the keys of blobs
	spool  *spool.Folder
	copies copies
}

var (
	_ blob.Store      = (*Store)(nil)
	_ blob.Ranged     = (*Store)(nil)
	_ blob.Compressor = (*Store)(nil)
	_ blob.Prober     = (*Store)(nil)
)

// Workspace returns the store of one workspace, making its spool folder.
func (b *Bucket) Workspace(workspace int64) (*Store, error) {
	folder, err := spool.Open(b.spool, b.now)
	if err != nil {
		return nil, err
	}
	return &Store{bucket: b, prefix: b.prefix + path.Join("ws", strconv.FormatInt(workspace, 10), "sha256") + "/", spool: folder}, nil
}

func (s *Store) key(hash blob.Hash) string {
	name := hash.String()
	return s.prefix + name[:2] + "/" + name
}

// hashOf returns the hash that a key names; false if it is not a key of a blob.
func (s *Store) hashOf(key string) (hash blob.Hash, compressed, ok bool) {
	name, compressed := strings.CutSuffix(path.Base(key), compressedSuffix)
	hash, err := blob.ParseHash(name)
	return hash, compressed, err == nil && strings.TrimSuffix(key, compressedSuffix) == s.key(hash)
}

// Probe implements blob.Prober.
func (s *Store) Probe(ctx context.Context) error { return s.bucket.Probe(ctx) }

// Open implements blob.Store. A connection that breaks is made again where it broke, to the same object.
func (s *Store) Open(ctx context.Context, hash blob.Hash) (io.ReadCloser, error) {
	content, err := s.open(ctx, hash)
	if err != nil {
		return nil, err
	}
	return blob.Verify(content, hash), nil
}

// open returns the content of a blob, which is not checked.
func (s *Store) open(ctx context.Context, hash blob.Hash) (io.ReadCloser, error) {
	noun := "blob " + hash.String()
	content, err := s.bucket.get(ctx, noun, s.key(hash))
	if !errors.Is(err, blob.ErrNotFound) {
		return content, err
	}
	packed, err := s.bucket.get(ctx, noun, s.key(hash)+compressedSuffix)
	if err != nil {
		return nil, err
	}
	return blob.Unpack(packed)
}

// Stat implements blob.Store.
func (s *Store) Stat(ctx context.Context, hash blob.Hash) (blob.Info, error) {
	info, err := s.head(ctx, hash, s.key(hash))
	if errors.Is(err, blob.ErrNotFound) {
		info, err = s.head(ctx, hash, s.key(hash)+compressedSuffix)
	}
	return info, err
}

func (s *Store) head(ctx context.Context, hash blob.Hash, key string) (blob.Info, error) {
	noun := "blob " + hash.String()
	out, err := s.bucket.client.HeadObject(ctx, &sdk.HeadObjectInput{Bucket: aws.String(s.bucket.name), Key: aws.String(key)})
	if err != nil {
		return blob.Info{}, s.bucket.failed(noun, err)
	}
	info := blob.Info{Hash: hash, Size: aws.ToInt64(out.ContentLength), Modified: s.byOurClock(out)}
	if strings.HasSuffix(key, compressedSuffix) {
		if info.Size, err = strconv.ParseInt(out.Metadata[sizeHeader], 10, 64); err != nil {
			return blob.Info{}, fmt.Errorf("%s in %s has no size: %w", noun, s.bucket, blob.ErrDamaged)
		}
	}
	return info, nil
}

// byOurClock returns when an object was stored. The bucket has a clock of its own, so its age is what counts; it is
// known to the second, and taken as the younger.
func (s *Store) byOurClock(out *sdk.HeadObjectOutput) time.Time {
	stored := aws.ToTime(out.LastModified)
	if at, ok := serverTime(out.ResultMetadata); ok {
		return s.bucket.now().Add(-at.Sub(stored)).Add(time.Second)
	}
	return stored
}

// Delete implements blob.Store.
func (s *Store) Delete(ctx context.Context, hash blob.Hash) error {
	noun := "blob " + hash.String()
	if err := s.bucket.remove(ctx, noun, s.key(hash)); err != nil {
		return err
	}
	return s.bucket.remove(ctx, noun, s.key(hash)+compressedSuffix)
}

// List implements blob.Store. Objects whose keys are not of a blob are ignored.
func (s *Store) List(ctx context.Context, visit func(blob.Info) error) error {
	pages := sdk.NewListObjectsV2Paginator(s.bucket.client, &sdk.ListObjectsV2Input{Bucket: aws.String(s.bucket.name), Prefix: aws.String(s.prefix)})
	var last blob.Hash // of two objects of a blob the plain one comes first
	visited := false
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return s.bucket.failed("list of blobs", err)
		}
		for _, object := range page.Contents {
			hash, compressed, ok := s.hashOf(aws.ToString(object.Key))
			if !ok || visited && hash == last {
				continue
			}
			last, visited = hash, true
			info := blob.Info{Hash: hash, Size: aws.ToInt64(object.Size), Modified: aws.ToTime(object.LastModified)}
			if compressed { // the list has the size of the object only
				if info, err = s.head(ctx, hash, aws.ToString(object.Key)); errors.Is(err, blob.ErrNotFound) {
					continue // deleted meanwhile
				}
			}
			if err := cmp.Or(err, visit(info)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Sweep implements blob.Store. Apart from spool files it ends multipart uploads that are older: their parts are stored,
// and paid for, until somebody does.
func (s *Store) Sweep(ctx context.Context, olderThan time.Duration) (int, error) {
	files, err := s.spool.Sweep(ctx, olderThan)
	if err != nil {
		return files, err
	}
	uploads, err := s.abandon(ctx, s.bucket.now().Add(-olderThan))
	return files + uploads, err
}

// Free implements blob.Store: a bucket has no limit, the disk of the spool has.
func (s *Store) Free(ctx context.Context) (int64, error) { return s.spool.Free(ctx) }
