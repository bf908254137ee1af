package load

import (
	"github.com/apache/arrow-go/v18/parquet/compress"
	"github.com/klauspost/compress/s2"
)

// quickSnappy is Parquet's snappy with the quicker of two searches for matches: the one that the
// Parquet library uses makes files a tenth smaller, for an eighth of the time of a whole derivation.
type quickSnappy struct{ snappyCodec }

type snappyCodec interface {
	compress.ErrorCodec
	compress.StreamingCodec
}

func (quickSnappy) Encode(dst, src []byte) []byte { return s2.EncodeSnappy(dst, src) }

func (quickSnappy) EncodeLevel(dst, src []byte, _ int) []byte { return s2.EncodeSnappy(dst, src) }

// The library has one codec of a name for the whole process, and no choice for a file.
func init() {
	standard, err := compress.GetCodec(compress.Codecs.Snappy)
	if whole, ok := standard.(snappyCodec); ok && err == nil {
		compress.RegisterCodec(compress.Codecs.Snappy, quickSnappy{whole})
	}
}
