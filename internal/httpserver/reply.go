package httpserver

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
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

// replyOptions are those of encoding/json, so that maps are sorted and nil slices are null. Replies are never HTML:
// they have nosniff and their own media type.
var replyOptions = json.JoinOptions(jsonv1.DefaultOptionsV1(), jsontext.EscapeForHTML(false))

// Encode returns compact JSON that ends in a newline.
func Encode(document any) ([]byte, error) {
	var body bytes.Buffer
	if err := json.MarshalWrite(&body, document, replyOptions); err != nil {
		return nil, fmt.Errorf("reply: %w", err)
	}
	body.WriteByte('\n')
	return body.Bytes(), nil
}
