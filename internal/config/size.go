package config

import (
	"errors"
	"math"
	"strconv"
	"strings"
)

// Size is a number of bytes.
type Size int64

// units from large to small, so that String uses the largest that fits.
var units = []struct {
	name  string
	bytes Size
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

// ParseSize parses "2GiB", "256 MiB", "4KiB" or a plain number of bytes; at least 1.
func ParseSize(text string) (Size, error) {
	digits, unit := text, Size(1)
	for _, u := range units {
		if before, ok := strings.CutSuffix(text, u.name); ok {
			digits, unit = strings.TrimSpace(before), u.bytes
			break
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1 || n > math.MaxInt64/int64(unit) {
		return 0, errors.New(`want a size such as "256MiB"`)
	}
	return Size(n) * unit, nil
}

// String formats the size in the largest unit that divides it: ParseSize(s.String()) is s.
func (s Size) String() string {
	for _, u := range units {
		if s%u.bytes == 0 && s != 0 {
			return strconv.FormatInt(int64(s/u.bytes), 10) + u.name
		}
	}
	return "0B"
}
