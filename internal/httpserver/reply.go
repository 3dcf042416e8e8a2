package httpserver

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// WriteJSON sends a document.
func WriteJSON(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Content-Type", "application/json")
	writeBody(w, status, document)
}

func writeBody(w http.ResponseWriter, status int, document any) {
	body, err := Encode(document)
	if err != nil { // cannot happen: our own types always encode
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // a client that has gone away is not an error
}

// Encode returns compact JSON that ends in a newline.
func Encode(document any) ([]byte, error) {
	var body bytes.Buffer
	e := json.NewEncoder(&body)
	e.SetEscapeHTML(false) // replies are never HTML: nosniff, and their own media type
	if err := e.Encode(document); err != nil {
		return nil, fmt.Errorf("reply: %w", err)
	}
	return body.Bytes(), nil
}
