package httpserver

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	jsonv1 "github.com/go-json-experiment/json/v1"
)

// jsonMedia is the media type of documents.
const jsonMedia = "application/json"

// WriteJSON sends a document.
func WriteJSON(w http.ResponseWriter, status int, document any) {
	w.Header().Set("Content-Type", jsonMedia)
	writeBody(w, status, document)
}

func writeBody(w http.ResponseWriter, status int, document any) {
	err := encoded(document, func(body []byte) error {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(status)
		_, _ = w.Write(body) // a client that has gone away is not an error
		return nil
	})
	if err != nil { // cannot happen: our own types always encode
		w.WriteHeader(http.StatusInternalServerError)
	}
}

// replyOptions are those of encoding/json, so that maps are sorted and nil slices are null. Replies are never HTML:
// they have nosniff and their own media type.
var replyOptions = json.JoinOptions(jsonv1.DefaultOptionsV1(), jsontext.EscapeForHTML(false))

// bodies are buffers for replies. One that a larger reply has grown is not kept.
var bodies = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const keptBody = 1 << 20 // bytes

// encoded passes a document as compact JSON that ends in a newline. The bytes are valid until use returns.
func encoded(document any, use func(body []byte) error) error {
	b := bodies.Get().(*bytes.Buffer)
	defer func() {
		if b.Cap() <= keptBody {
			b.Reset()
			bodies.Put(b)
		}
	}()
	if err := json.MarshalWrite(b, document, replyOptions); err != nil {
		return fmt.Errorf("reply: %w", err)
	}
	b.WriteByte('\n')
	return use(b.Bytes())
}

// Encode returns compact JSON that ends in a newline.
func Encode(document any) (body []byte, err error) {
	err = encoded(document, func(b []byte) error { body = bytes.Clone(b); return nil })
	return body, err
}
