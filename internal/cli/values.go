package cli

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

// validity is a duration in which days, weeks and years may be written too: 30d, 2w, 1y, 720h.
type validity time.Duration

// never is the validity of what does not expire.
const never validity = -1

// UnmarshalText implements encoding.TextUnmarshaler.
func (v *validity) UnmarshalText(text []byte) error {
	s := string(text)
	if s == "never" {
		*v = never
		return nil
	}
	for unit, hours := range map[string]int{"d": 24, "w": 7 * 24, "y": 365 * 24} {
		if digits, ok := strings.CutSuffix(s, unit); ok {
			n, err := strconv.Atoi(digits)
			if err != nil || n < 1 || n > 36_500 {
				return errWantValidity
			}
			*v = validity(time.Duration(n*hours) * time.Hour)
			return nil
		}
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 {
		return errWantValidity
	}
	*v = validity(d)
	return nil
}

var errWantValidity = errors.New("want a time such as 30d, 12w, 1y or 720h, or never")
