package dbt

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

// The library that reads Parquet allocates what a file says, so a file is checked before: lengths and numbers are
// within what is there, pages unpack to what their heads say, and encodings are those that dbt writes.
const (
	mostFooter     = mib
	mostThrift     = 50_000 // elements of all lists of a footer
	mostThriftHead = 64 * kib
	mostPage       = 16 * mib // unpacked
	mostPageValues = 1_000_000
)

var errParquet = errors.New("not the form that dbt writes")

// footerOf returns the checked footer of a Parquet file.
func footerOf(r io.ReaderAt, size int64) (*format.FileMetaData, error) {
	var tail [8]byte
	if size < 12 {
		return nil, errParquet
	}
	if _, err := r.ReadAt(tail[:], size-8); err != nil {
		return nil, fmt.Errorf("footer: %w", err)
	}
	length := int64(binary.LittleEndian.Uint32(tail[:4]))
	if string(tail[4:]) != "PAR1" || length > min(mostFooter, size-12) {
		return nil, errParquet
	}
	footer := make([]byte, length)
	if _, err := r.ReadAt(footer, size-8-length); err != nil {
		return nil, fmt.Errorf("footer: %w", err)
	}
	w := thriftWalk{b: footer}
	if err := w.structure(0); err != nil || w.at != len(footer) {
		return nil, errors.Join(errParquet, err)
	}
	meta := &format.FileMetaData{}
	if err := thrift.Unmarshal(new(thrift.CompactProtocol), footer, meta); err != nil {
		return nil, fmt.Errorf("footer: %w", err)
	}
	return meta, nil
}

// checkChunk checks the pages of a column and takes what they unpack to from left.
func checkChunk(r io.ReaderAt, size int64, c *format.ColumnMetaData, left *int64) error {
	start := c.DataPageOffset
	if d := c.DictionaryPageOffset; d > 0 {
		start = min(start, d)
	}
	if c.TotalCompressedSize < 0 || c.TotalCompressedSize > size || start < 4 || start > size-c.TotalCompressedSize {
		return errParquet
	}
	for at, end := start, start+c.TotalCompressedSize; at < end; {
		head := make([]byte, min(mostThriftHead, end-at))
		if _, err := r.ReadAt(head, at); err != nil {
			return fmt.Errorf("page: %w", err)
		}
		w := thriftWalk{b: head}
		if err := w.structure(0); err != nil {
			return errors.Join(errParquet, err)
		}
		var page format.PageHeader
		if err := thrift.Unmarshal(new(thrift.CompactProtocol), head[:w.at], &page); err != nil {
			return fmt.Errorf("page: %w", err)
		}
		at += int64(w.at)
		packed, unpacked := int64(page.CompressedPageSize), int64(page.UncompressedPageSize)
		if *left -= unpacked; packed < 0 || packed > end-at || unpacked < 0 || unpacked > mostPage || *left < 0 || !readable(&page) {
			return errParquet
		}
		if err := checkPage(io.NewSectionReader(r, at, packed), c.Codec, packed, unpacked); err != nil {
			return err
		}
		at += packed
	}
	return nil
}

// readable reports whether a page is of a kind, a number of values and an encoding that are read.
func readable(page *format.PageHeader) bool {
	known := func(e format.Encoding) bool {
		return e == format.Plain || e == format.RLE || e == format.RLEDictionary
	}
	fits := func(n int32) bool { return n >= 0 && n <= mostPageValues }
	switch page.Type {
	case format.DataPage:
		h := page.DataPageHeader.V
		return page.DataPageHeader.Valid && fits(h.NumValues) && known(h.Encoding) && known(h.DefinitionLevelEncoding) && known(h.RepetitionLevelEncoding)
	case format.DictionaryPage:
		h := page.DictionaryPageHeader.V
		return page.DictionaryPageHeader.Valid && fits(h.NumValues) && known(h.Encoding)
	}
	return false
}

// checkPage unpacks a page as far as it may be long.
func checkPage(r io.Reader, codec format.CompressionCodec, packed, unpacked int64) error {
	switch codec {
	case format.Uncompressed:
		if packed != unpacked {
			return errParquet
		}
		return nil
	case format.Zstd:
		text, err := io.ReadAll(r)
		if err != nil {
			return fmt.Errorf("page: %w", err)
		}
		z, err := zstd.NewReader(bytes.NewReader(text), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8*mib), zstd.WithDecoderMaxMemory(2*mostPage))
		if err != nil {
			return fmt.Errorf("page: %w", err)
		}
		defer z.Close()
		n, err := io.Copy(io.Discard, io.LimitReader(z, unpacked+1))
		if err != nil || n != unpacked {
			return errors.Join(errParquet, err)
		}
		return nil
	}
	return fmt.Errorf("compressed by %s, which dbt does not use: %w", codec, errParquet)
}

// thriftWalk goes over a struct in Thrift's compact protocol without keeping anything.
type thriftWalk struct {
	b        []byte
	at       int
	elements int
}

const mostThriftDepth = 32

func (w *thriftWalk) structure(depth int) error {
	if depth > mostThriftDepth {
		return errParquet
	}
	for {
		head, err := w.byte()
		if err != nil || head == 0 {
			return err
		}
		if head>>4 == 0 {
			if _, err := w.varint(); err != nil {
				return err
			}
		}
		if kind := head & 0xf; kind > 2 { // 1 and 2 are true and false
			if err := w.value(kind, depth); err != nil {
				return err
			}
		}
	}
}

func (w *thriftWalk) value(kind byte, depth int) error {
	switch kind {
	case 1, 2, 3:
		return w.skip(1)
	case 4, 5, 6:
		_, err := w.varint()
		return err
	case 7:
		return w.skip(8)
	case 8:
		n, err := w.varint()
		if err != nil {
			return err
		}
		return w.skip(n)
	case 9, 10:
		return w.list(depth)
	case 12:
		return w.structure(depth + 1)
	}
	return errParquet // Parquet has no maps
}

func (w *thriftWalk) list(depth int) error {
	head, err := w.byte()
	if err != nil {
		return err
	}
	n := uint64(head >> 4)
	if n == 15 {
		if n, err = w.varint(); err != nil {
			return err
		}
	}
	if n > uint64(len(w.b)-w.at) || n > uint64(mostThrift-w.elements) {
		return errParquet
	}
	w.elements += int(n)
	for range n {
		if err := w.value(head&0xf, depth+1); err != nil {
			return err
		}
	}
	return nil
}

func (w *thriftWalk) byte() (byte, error) {
	if w.at >= len(w.b) {
		return 0, io.ErrUnexpectedEOF
	}
	w.at++
	return w.b[w.at-1], nil
}

func (w *thriftWalk) varint() (uint64, error) {
	v, n := binary.Uvarint(w.b[w.at:])
	if n <= 0 {
		return 0, io.ErrUnexpectedEOF
	}
	w.at += n
	return v, nil
}

func (w *thriftWalk) skip(n uint64) error {
	if n > uint64(len(w.b)-w.at) {
		return io.ErrUnexpectedEOF
	}
	w.at += int(n)
	return nil
}
