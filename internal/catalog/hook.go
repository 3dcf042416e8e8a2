package catalog

import "regexp"

// Hook is when dbt runs an operation.
type Hook string

// The hooks of a run. An operation of another name, such as that of dbt run-operation, is of none.
const (
	OnRunStart Hook = "on-run-start"
	OnRunEnd   Hook = "on-run-end"
)

// hookName matches how dbt names the operation of a hook: shop-on-run-start-0; some previews wrote shop-on_run_start-0.
var hookName = regexp.MustCompile(`^operation\..*[-.]on[-_]run[-_](start|end)-[0-9]+$`)

// HookOf returns the hook of an operation by its unique_id; "" if it is of none. The name is the one thing that every
// version of dbt writes.
func HookOf(uniqueID string) Hook {
	m := hookName.FindStringSubmatch(uniqueID)
	switch {
	case m == nil:
		return ""
	case m[1] == "start":
		return OnRunStart
	}
	return OnRunEnd
}
