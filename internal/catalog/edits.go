package catalog

import "slices"

// JoinEdits returns the newest edit of each property: newer ones replace those of
// edits, and come behind them. fresh are the newer ones that have an effect.
func JoinEdits(edits, newer []Edit) (all, fresh []Edit) {
	all = slices.Clone(edits)
	for _, e := range newer {
		at := slices.IndexFunc(all, e.sameProperty)
		if at < 0 && e.IsWithdrawal() || at >= 0 && e.sameValue(&all[at]) {
			continue
		}
		if at >= 0 {
			all = slices.Delete(all, at, at+1)
			fresh = slices.DeleteFunc(fresh, e.sameProperty)
		}
		all, fresh = append(all, e), append(fresh, e)
	}
	return all, fresh
}

// IsWithdrawal reports whether the edit sets nothing: it withdraws what people set.
func (e *Edit) IsWithdrawal() bool { return isBlank(e.Text) && len(e.Add)+len(e.Remove) == 0 }

func (e *Edit) sameProperty(other Edit) bool {
	return e.Field == other.Field && e.Column == other.Column
}

// sameValue reports whether two edits of a property set the same.
func (e *Edit) sameValue(other *Edit) bool {
	return e.IsWithdrawal() && other.IsWithdrawal() ||
		e.Text == other.Text && sameSet(e.Add, other.Add) && sameSet(e.Remove, other.Remove)
}

// sameSet reports whether two lists have the same labels.
func sameSet(a, b []string) bool {
	return slices.Equal(sortedSet(slices.Clone(a)), sortedSet(slices.Clone(b)))
}
