package revision

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
)

// history is which nodes the complete reports of a project had, in the order of
// their times. It decides what a report means that arrives after newer ones: what
// is withdrawn and what is pending is a function of the reports, not of the order
// in which they arrived. Reports with the same nodes one after the other are one
// period, and each period is stored by its difference from the one after it, so the
// history is as large as what was added and removed.
type history struct {
	Periods []period `json:"periods"`
	before  []byte
}

// period are reports one after the other that had the same nodes.
type period struct {
	First catalog.Stamp `json:"first"`
	Last  catalog.Stamp `json:"last"` // zero in the newest period: that of the newest report
	Cause catalog.Cause `json:"cause"`
	// Gone are the nodes that the next period does not have, Come those that it has
	// and this one does not; both empty in the newest period.
	Gone []string `json:"gone,omitempty"`
	Come []string `json:"come,omitempty"`
	// Confirmed: a person confirmed what the guard withheld of this report.
	Confirmed bool `json:"confirmed,omitempty"`
}

const historyMemoName = "revision/history/1"

// maxPeriods bounds the history; what is older counts as the oldest period.
const maxPeriods = 1000

func (r *Reviser) readHistory(ctx context.Context, ws int64, schema catalog.SchemaID, project catalog.ProjectID) (*history, error) {
	b, err := r.Store.Fingerprint(ctx, ws, schema, project, historyMemoName)
	if err != nil {
		return nil, fmt.Errorf("history of %s: %w", project, err)
	}
	h := &history{before: b}
	if b != nil {
		if err := json.Unmarshal(b, h); err != nil {
			return nil, fmt.Errorf("history of %s: %w", project, err)
		}
	}
	return h, nil
}

// memo is the history as it is stored; false if it did not change.
func (h *history) memo(project catalog.ProjectID) (store.Memo, bool, error) {
	if n := len(h.Periods); n > maxPeriods {
		h.Periods = h.Periods[n-maxPeriods:]
	}
	b, err := json.Marshal(h)
	if err != nil {
		return store.Memo{}, false, fmt.Errorf("history of %s: %w", project, err)
	}
	return store.Memo{Project: project, Name: historyMemoName, Value: b}, !bytes.Equal(b, h.before), nil
}

// append adds the newest report. gone and come are the nodes that it lacks and adds
// compared with the one before, which was made at newest.
func (h *history) append(newest catalog.Stamp, o *Observation, gone, come []string) {
	if len(h.Periods) == 0 && !newest.IsZero() {
		h.Periods = []period{{First: newest}} // from before histories were kept
	}
	if n := len(h.Periods); n > 0 {
		if len(gone)+len(come) == 0 {
			return
		}
		p := &h.Periods[n-1]
		p.Last, p.Gone, p.Come = newest, gone, come
	}
	h.Periods = append(h.Periods, period{First: o.stamp(), Cause: o.Cause})
}

// confirm notes that what the newest report lacks is gone.
func (h *history) confirm(newest catalog.Stamp) {
	if len(h.Periods) == 0 {
		h.Periods = []period{{First: newest}}
	}
	h.Periods[len(h.Periods)-1].Confirmed = true
}

// insert adds a report with some nodes that was made before the newest one. newest
// are the nodes of the newest report, made at last.
func (h *history) insert(o *Observation, nodes, newest map[string]bool, last catalog.Stamp) {
	if len(h.Periods) == 0 {
		h.Periods = []period{{First: last}}
	}
	at := o.stamp()
	sets := h.sets(newest)
	i := 0 // the first period that does not begin before the report
	for i < len(h.Periods) && h.Periods[i].First.Compare(at) < 0 {
		i++
	}
	added := period{First: at, Last: at, Cause: o.Cause}
	switch {
	case i < len(h.Periods) && h.Periods[i].First.Compare(at) == 0:
		return // this very report
	case i > 0 && maps.Equal(sets[i-1], nodes):
		if p := &h.Periods[i-1]; i < len(h.Periods) && p.Last.Compare(at) < 0 {
			p.Last = at
		}
		return
	case i < len(h.Periods) && maps.Equal(sets[i], nodes):
		h.Periods[i].First, h.Periods[i].Cause = at, o.Cause
		return
	}
	periods, states := slices.Clone(h.Periods), slices.Clone(sets)
	if i > 0 {
		end := periods[i-1].Last
		if i == len(periods) {
			end = last
		}
		if at.Compare(end) < 0 {
			// Within a period: what is left of it begins after the report.
			rest := periods[i-1]
			rest.First = end
			periods, states = slices.Insert(periods, i, rest), slices.Insert(states, i, sets[i-1])
			periods[i-1].Last, periods[i-1].Confirmed = at, false
		}
	}
	h.Periods = slices.Insert(periods, i, added)
	h.rebuild(slices.Insert(states, i, nodes))
}

// sets are the nodes of each period.
func (h *history) sets(newest map[string]bool) []map[string]bool {
	out := make([]map[string]bool, len(h.Periods))
	now := newest
	for i := len(h.Periods) - 1; i >= 0; i-- {
		if p := &h.Periods[i]; len(p.Gone)+len(p.Come) > 0 {
			before := maps.Clone(now)
			for _, id := range p.Come {
				delete(before, id)
			}
			for _, id := range p.Gone {
				before[id] = true
			}
			now = before
		}
		out[i] = now
	}
	return out
}

// rebuild computes the differences between the periods.
func (h *history) rebuild(sets []map[string]bool) {
	for i := range h.Periods {
		p := &h.Periods[i]
		p.Gone, p.Come = nil, nil
		if i == len(h.Periods)-1 {
			p.Last = catalog.Stamp{}
			continue
		}
		p.Gone, p.Come = missingFrom(sets[i], sets[i+1]), missingFrom(sets[i+1], sets[i])
	}
}

// missingFrom are the nodes of a that b does not have, sorted.
func missingFrom(a, b map[string]bool) []string {
	var out []string
	for id := range a {
		if !b[id] {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out
}

// verdict is what the reports of a project together mean for the nodes that the
// newest one does not have.
type verdict struct {
	pending map[string]bool
	gone    map[string]catalog.Withdrawal
}

// verdict goes through the reports in the order of their times, as if they had
// arrived so. relation is the relation of a node, kept are nodes that stay.
func (h *history) verdict(newest, kept map[string]bool, relation func(id string) string) verdict {
	v := verdict{pending: map[string]bool{}, gone: map[string]catalog.Withdrawal{}}
	sets := h.sets(newest)
	for i := 1; i < len(h.Periods); i++ {
		p, was, now := &h.Periods[i], sets[i-1], sets[i]
		var missing, present []string
		for id := range now {
			if was[id] || v.pending[id] {
				present = append(present, id)
			}
			delete(v.pending, id)
			delete(v.gone, id)
		}
		for id := range v.pending {
			missing = append(missing, id)
		}
		for id := range was {
			if !now[id] && !kept[id] {
				missing = append(missing, id)
			}
		}
		var withheld map[string]bool
		if !p.Confirmed {
			withheld = pendingOfPast(missing, present, now, relation)
		}
		for _, id := range missing {
			delete(v.pending, id)
			if withheld[id] {
				v.pending[id] = true
			} else {
				v.gone[id] = catalog.Withdrawal{Cause: p.Cause, At: p.First.At}
			}
		}
	}
	return v
}

// pendingOfPast asks the guard about a past report: it compares the relations of
// nodes, since their assets are not known.
func pendingOfPast(missing, present []string, now map[string]bool, relation func(id string) string) map[string]bool {
	kept := countTables(present)
	taken := sync.OnceValue(func() map[string]bool {
		relations := make(map[string]bool, len(now))
		for id := range now {
			relations[relation(id)] = true
		}
		return relations
	})
	return pendingOf(missing, len(now),
		func(missing []string) bool { return catalog.SuspectRemovals(kept, countTables(missing), len(now)) },
		func(id string) bool { r := relation(id); return r != "" && taken()[r] })
}

func countTables(ids []string) (n int) {
	for _, id := range ids {
		if catalog.KindOfNode(id, "").IsTable() {
			n++
		}
	}
	return n
}
