package s3

import (
	"context"
	"errors"
	"io"
	"strconv"

	"github.com/thalweg-data/thalweg/internal/blob"
	"github.com/thalweg-data/thalweg/internal/blob/spool"
)

// Compress implements blob.Compressor.
func (s *Store) Compress(ctx context.Context, hash blob.Hash) (saved int64, err error) {
	plain, err := s.head(ctx, hash, s.key(hash))
	if errors.Is(err, blob.ErrNotFound) {
		_, err = s.Stat(ctx, hash) // it is compressed, or there is none
		return 0, err
	}
	if err != nil || plain.Size < blob.LeastPacked {
		return 0, err
	}
	size, err := s.compress(ctx, plain)
	if err != nil {
		return 0, err
	}
	return plain.Size - size, s.bucket.remove(ctx, "blob "+hash.String(), s.key(hash))
}

// compress stores a blob once more, compressed, and returns the size of that.
func (s *Store) compress(ctx context.Context, plain blob.Info) (size int64, err error) {
	noun, key := "blob "+plain.Hash.String(), s.key(plain.Hash)
	content, err := s.bucket.get(ctx, noun, key)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, content.Close()) }()
	packed, err := s.spool.New()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, spool.Discard(packed)) }()
	if err := blob.Pack(ctx, packed, blob.Verify(content, plain.Hash), plain.Size); err != nil {
		return 0, spool.Failed("compress "+noun, err)
	}
	if size, err = packed.Seek(0, io.SeekCurrent); err != nil {
		return 0, spool.Failed("compress "+noun, err)
	}
	return size, s.bucket.put(ctx, object{
		noun: noun, key: key + compressedSuffix, content: packed, size: size,
		metadata: map[string]string{sizeHeader: strconv.FormatInt(plain.Size, 10)},
	})
}
