package gen

import (
	"encoding/hex"
	"time"
)

// began is when the first run of every project began; each later run is a day later.
var began = time.Date(2026, time.March, 2, 6, 0, 0, 0, time.UTC)

// at returns the time a number of milliseconds into the run.
func (p *Plan) at(milliseconds int) time.Time {
	run := time.Duration(p.project.Churn.Run) * 24 * time.Hour
	return began.Add(run + time.Duration(milliseconds)*time.Millisecond)
}

// timeLayout is what dbt writes: UTC with microseconds.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// invocationID returns a UUID of the fourth kind for one command of the run.
func (p *Plan) invocationID(command string) string {
	r := newRandom(p.project.Seed, "invocation "+command, p.project.Churn.Run)
	var id [16]byte
	for i := range id {
		id[i] = byte(r.below(256))
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	text := hex.EncodeToString(id[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}
