package snowflake

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/thalweg-data/thalweg/internal/warehouse"
)

// refused explains a reply that is an error. Snowflake names errors by codes of its own.
func (a *Account) refused(status int, r result) error {
	reason, message := a.meaning(status, r)
	var detail error
	if r.Message != "" || r.Code != "" {
		said := warehouse.Printable(r.Message)
		detail = fmt.Errorf("%s %s (status %d)", warehouse.Printable(r.Code), said, status)
		message += " (" + said + ")"
	}
	return &warehouse.Error{Reason: reason, Message: message, Err: detail}
}

func (a *Account) meaning(status int, r result) (warehouse.Reason, string) {
	switch r.Code {
	case "390144", "394304", "394300", "394302":
		return warehouse.WrongLogin, "Snowflake refused the token: check the account, the user, that RSA_PUBLIC_KEY of the user belongs to this private key, and the clock of this server"
	case "390100", "390101", "390102", "390110", "390111", "390112", "390114":
		return warehouse.WrongLogin, "Snowflake does not let this user in"
	case "390420", "390422", "390429":
		return warehouse.Denied, "a network policy of the account does not let this server in"
	case "390186", "390187", "390188", "390189", "390190":
		return warehouse.Denied, "the user does not have the role"
	case "000606":
		return warehouse.NoCompute, "there is no compute warehouse: name one in the field warehouse, and grant the role USAGE on it"
	case "000630", "000604":
		return warehouse.Timeout, "Snowflake took too long to list a schema"
	}
	switch {
	case r.SQLState == "42501", r.Code == "003001":
		return warehouse.Denied, "the role lacks a permission"
	case r.SQLState == "02000", r.SQLState == "42S02", r.Code == "002003", r.Code == "002043":
		return warehouse.Denied, "what is read does not exist, or the role may not see it"
	case r.SQLState == "57014":
		return warehouse.Timeout, "Snowflake took too long to list a schema"
	}
	switch status {
	case http.StatusUnauthorized:
		return warehouse.WrongLogin, "Snowflake refused the user or the private key"
	case http.StatusForbidden:
		return warehouse.Denied, "Snowflake does not let this server in"
	case http.StatusNotFound:
		return warehouse.WrongAccount, fmt.Sprintf("there is no account %.100q", a.options.Account)
	case http.StatusRequestTimeout:
		return warehouse.Timeout, "Snowflake took too long to list a schema"
	case http.StatusTooManyRequests:
		return warehouse.Busy, "Snowflake is busy; it is tried again at the next sync"
	}
	if status >= 500 {
		return warehouse.Unavailable, "Snowflake has a fault, or is busy"
	}
	return warehouse.NotAWarehouse, strings.TrimSpace("Snowflake refused the statement")
}
