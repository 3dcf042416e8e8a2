package bigquery

import (
	"fmt"
	"net/http"

	"github.com/go-json-experiment/json"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// refused explains a reply that is an error.
func (p *Project) refused(reply warehouse.Reply) error {
	var body struct {
		Error struct {
			Message string `json:"message"`
			Errors  []struct {
				Reason string `json:"reason"`
			} `json:"errors"`
		} `json:"error"`
	}
	_ = json.Unmarshal(reply.Body, &body) // what is not JSON is explained by its status
	why := ""
	if len(body.Error.Errors) > 0 {
		why = body.Error.Errors[0].Reason
	}
	reason, message := p.meaning(reply.Status, why)
	said := warehouse.Printable(body.Error.Message)
	if said != "" {
		message += " (" + said + ")"
	}
	return &warehouse.Error{Reason: reason, Message: message, Err: fmt.Errorf("%s %s (status %d)", warehouse.Printable(why), said, reply.Status)}
}

func (p *Project) meaning(status int, why string) (warehouse.Reason, string) {
	switch why {
	case "quotaExceeded", "rateLimitExceeded", "jobRateLimitExceeded", "backendError":
		return warehouse.Busy, "BigQuery is busy, or a quota of the project is used up; it is tried again at the next sync"
	case "accessNotConfigured":
		return warehouse.Denied, "the BigQuery API of the project is not enabled"
	case "billingNotEnabled":
		return warehouse.NoCompute, "the project has no billing account, so it cannot execute queries"
	case "bytesBilledLimitExceeded":
		return warehouse.TooLarge, "the information schema is larger than what is read"
	}
	switch {
	case status == http.StatusUnauthorized:
		return warehouse.WrongLogin, "Google refused the key of the service account: it was deleted or disabled, or the clock of this server is wrong"
	case status == http.StatusForbidden:
		return warehouse.Denied, "the service account lacks a permission"
	case status == http.StatusNotFound:
		return warehouse.NoDatabase, fmt.Sprintf("the project %.100q or the dataset does not exist", p.options.Project)
	case status == http.StatusTooManyRequests:
		return warehouse.Busy, "BigQuery is busy; it is tried again at the next sync"
	case status >= 500:
		return warehouse.Unavailable, "BigQuery has a fault, or is busy"
	}
	return warehouse.NotAWarehouse, "BigQuery refused the request"
}
