package apitest

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/thalweg-data/thalweg/internal/access"
	"github.com/thalweg-data/thalweg/internal/catalog"
	"github.com/thalweg-data/thalweg/internal/store"
	"github.com/thalweg-data/thalweg/internal/syncing"
	"github.com/thalweg-data/thalweg/internal/webhook"
)

//go:generate go test . -run TestExamplesAreReal -count=1 -update

const repliesPath = "../httpserver/replies.json"

// sampled is an operation of the document and the call that it gives as its example.
type sampled struct {
	id, call string
	bare     bool // its replies are not JSON
}

// The examples of the document are what the server of the demo's project replies to the calls that it gives.
func TestExamplesAreReal(t *testing.T) {
	t.Parallel()
	got := map[string]map[string]json.RawMessage{}
	servers := map[string]*exampleServer{}
	for _, op := range samples(t) {
		state := stateOf[op.id]
		if servers[state] == nil {
			servers[state] = newExampleServer(t, state)
		}
		r := servers[state].call(t, op.call)
		if r.Status/100 != 2 {
			t.Errorf("%s: %s: %d %s", op.id, op.call, r.Status, r.Body)
			continue
		}
		if len(r.Body) > 0 && !op.bare {
			got[op.id] = map[string]json.RawMessage{strconv.Itoa(r.Status): shortened(t, r.Body)}
		}
	}
	written, err := json.MarshalIndent(got, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	written = append(written, '\n')
	if *update {
		if err := os.WriteFile(repliesPath, written, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := os.ReadFile(repliesPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(kept, written) {
		t.Errorf("internal/httpserver/replies.json is not what is replied: run make gen")
	}
}

// samples lists the operations: those that read first, then those that change something.
func samples(t testing.TB) []sampled {
	t.Helper()
	var reads, writes []sampled
	document := Start(t, Options{NoWorker: true}).Get(t, "/api/v1/openapi.json", "").JSON(t)
	paths := document["paths"].(map[string]any)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		operations := paths[path].(map[string]any)
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			op := sampled{id: At(operations[method], "operationId").(string), call: At(operations[method], "x-codeSamples.0.source").(string)}
			op.bare = op.id == "get-import-artifact" || op.id == "get-openapi" || op.id == "export-schema" || op.id == "get-import-events" || op.id == "get-sync-events"
			if method == "get" {
				reads = append(reads, op)
			} else {
				writes = append(writes, op)
			}
		}
	}
	// What deletes comes last, and a revert before it is undone.
	slices.SortStableFunc(writes, func(a, b sampled) int { return strings.Compare(order(a.id), order(b.id)) })
	return append(reads, writes...)
}

func order(id string) string {
	for n, prefix := range []string{"edit", "update", "create", "revert", "undo", "cancel", "dismiss", "confirm", "revoke", "remove", "delete"} {
		if strings.HasPrefix(id, prefix) {
			return string(rune('a' + n))
		}
	}
	return ""
}

// stateOf names the states of the server that some operations need.
var stateOf = map[string]string{
	"list-removals": "removals", "confirm-removals": "removals", "dismiss-removals": "removals, dismissed", "cancel-import": "pending",
	"create-webhook": "webhook", "update-webhook": "webhook", "delete-webhook": "webhook", "get-webhook": "webhook", "list-webhooks": "webhook",
	"test-webhook": "webhook", "list-deliveries": "webhook", "get-delivery": "webhook", "redeliver": "webhook, delivered",
	"list-integrations": "integration", "get-integration": "integration", "update-integration": "integration", "test-integration": "integration",
	"start-sync": "integration", "list-syncs": "integration", "get-sync": "integration", "get-sync-events": "integration, canceled", "get-sync-log": "integration", "cancel-sync": "integration, to cancel",
	"retry-sync": "integration", "delete-integration": "integration, idle", "delete-integration-integration": "integration, idle again",
	"upload-integration-manifest": "integration", "upload-integration-run-result": "integration", "upload-integration-run-results": "integration",
	"upload-integration-artifacts": "integration", "trigger-integration": "integration", "list-integration-integrations": "integration",
	"get-integration-integration": "integration", "list-integration-failing-tests": "integration", "update-integration-integration": "integration",
	"sign-in": "session", "delete-session": "session", "list-sessions": "session", "delete-sessions": "session", "delete-one-session": "session, to end",
	"get-me": "session", "update-me": "session", "get-auth": "session", "set-up": "setup", "create-setup-link": "setup, again",
	"list-invitations": "session, invited", "create-invitation": "session, invited", "revoke-invitation": "session, invited", "accept-invitation": "session, invited again",
	"create-schema": "no schema", "revert-import": "one import", "undo-import-revert": "one import",
}

type exampleServer struct {
	*Server
	key    string
	cookie string // "": requests have the key
	now    func() time.Time
}

// newExampleServer starts a server with the demo's schema, two keys, a person and, but for some states, both of its imports. Its
// clock does not advance and its random numbers are always the same, and so are its replies.
func newExampleServer(t testing.TB, state string) *exampleServer {
	t.Helper()
	now := func() time.Time { return time.Date(2026, time.November, 9, 7, 0, 0, 0, time.UTC) }
	s := &exampleServer{now: now, Server: Start(t, Options{NoWorker: state == "pending" || strings.HasPrefix(state, "webhook") || strings.HasPrefix(state, "integration"), Now: now, Random: rand.NewChaCha8([32]byte{})})}
	s.key = s.Key(t, access.AdminWorkspace)
	s.KeyFor(t, 1, access.NewKey{Name: "ci", Scopes: []access.Scope{access.WriteImports}})
	if _, err := s.Access.CreateUser(t.Context(), access.System(1), store.User{Name: "Bo", Email: "bo@example.com", Role: "editor"}); err != nil {
		t.Fatal(err)
	}
	if strings.HasPrefix(state, "setup") || strings.HasPrefix(state, "session") {
		s.addAccount(t, strings.HasPrefix(state, "session"))
		return s
	}
	if state == "no schema" {
		return s
	}
	schema := s.Schema(t, "Analytics Warehouse")
	switch state {
	case "webhook", "webhook, delivered":
		s.addWebhook(t, state == "webhook, delivered")
	case "integration", "integration, idle", "integration, idle again", "integration, to cancel", "integration, canceled":
		s.addIntegration(t, !strings.Contains(state, "idle"), strings.Contains(state, "canceled"))
	case "pending":
		s.Upload(t, s.key, Form(Text("schema_id", schema), File("manifest", "manifest.json", beforeManifest)))
	case "":
		importShop(t, s.Server, s.key, schema, false)
		importShop(t, s.Server, s.key, schema, true)
	default:
		importShop(t, s.Server, s.key, schema, false)
		if strings.HasPrefix(state, "removals") {
			s.Import(t, s.key, schema, File("manifest", "manifest.json", withoutModels(t, afterManifest)))
		}
	}
	return s
}

// addAccount makes the link of the setup that the examples name and, if used, the administrator by it.
func (s *exampleServer) addAccount(t testing.TB, used bool) {
	t.Helper()
	const token = "SETUP_TOKEN"
	if _, err := s.Store.PutLink(t.Context(), store.Link{WS: 1, Kind: store.LinkSetup, SecretHash: sha256.Sum256([]byte(token)), ExpiresAt: s.now().Add(time.Hour)}, store.By{}); err != nil {
		t.Fatal(err)
	}
	if !used {
		return
	}
	s.cookie = s.SetUp(t, token)
	invitation := store.Link{WS: 1, Kind: store.LinkInvitation, User: store.User{ID: 1}, SecretHash: sha256.Sum256([]byte("INVITATION_TOKEN")), ExpiresAt: s.now().Add(time.Hour)}
	by := store.By{Actor: catalog.Actor{Kind: catalog.ActorUser, ID: "USR-2", Name: "Ana"}}
	if _, err := s.Store.PutLink(t.Context(), invitation, by); err != nil {
		t.Fatal(err)
	}
}

// addWebhook makes a webhook that has sent, or has to send, its test.
func (s *exampleServer) addWebhook(t testing.TB, delivered bool) {
	t.Helper()
	name, address := "alerts", "https://example.com/hooks/thalweg"
	by := store.By{Actor: catalog.Actor{Kind: catalog.ActorKey, ID: "KEY-1", Name: "test"}}
	w, _, err := s.Webhooks.Add(t.Context(), 1, webhook.Change{Name: &name, URL: &address}, by)
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Webhooks.Try(t.Context(), 1, w.ID, by)
	if err != nil {
		t.Fatal(err)
	}
	if delivered {
		d.State, d.Attempts, d.Status, d.NextAt = store.DeliveryDelivered, 1, 204, time.Time{}
		if err := s.Store.SaveAttempt(t.Context(), 1, d); err != nil {
			t.Fatal(err)
		}
	}
}

// addIntegration makes an integration, with a sync that has not begun if synced, or has ended.
func (s *exampleServer) addIntegration(t testing.TB, synced, canceled bool) {
	t.Helper()
	name, by := "dbt Core", store.By{Actor: catalog.Actor{Kind: catalog.ActorKey, ID: "KEY-1", Name: "test"}}
	const uuid = "f7d68db5-9dbc-4880-b6cd-ec363c1f7d6b"
	if _, err := s.Store.CreateDraft(t.Context(), 1, store.Draft{UUID: uuid, ExternalID: "thalweg-6c7b2a0f4d8e4f5c9a1b3d5e7f9a0b1c"}); err != nil {
		t.Fatal(err)
	}
	i, err := s.Integrations.Add(t.Context(), 1, syncing.New{Kind: syncing.KindDBTCore, Draft: uuid, Change: syncing.Change{Name: &name}}, by)
	if err != nil {
		t.Fatal(err)
	}
	if !synced {
		return
	}
	y, err := s.Store.StartSync(t.Context(), 1, i.UUID, store.NewSync{UUID: "0b0e9c52-7b0c-4a0e-9a33-1f6a2f6a7a11", Reason: store.SyncRequest, Actor: by.Actor})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Store.AppendSyncLog(t.Context(), 1, y.ID, store.LogLine{Level: "info", Text: "IMP-7 imports what was uploaded, 2 files."}); err != nil {
		t.Fatal(err)
	}
	if !canceled {
		return
	}
	if err := s.Store.CancelSync(t.Context(), 1, y.ID); err != nil {
		t.Fatal(err)
	}
}

// withoutModels leaves the models of the marts out of a manifest.
func withoutModels(t testing.TB, manifest []byte) []byte {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(unpacked(t, manifest), &m); err != nil {
		t.Fatal(err)
	}
	maps.DeleteFunc(m["nodes"].(map[string]any), func(id string, _ any) bool { return strings.HasPrefix(id, "model.") })
	out, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// unpacked returns an artifact of the shop as dbt wrote it.
func unpacked(t testing.TB, artifact []byte) []byte {
	t.Helper()
	in, err := gzip.NewReader(bytes.NewReader(artifact))
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

var (
	callMethod = regexp.MustCompile(`^curl(?: -X ([A-Z]+))? 'http://127\.0\.0\.1:8080([^']*)'`)
	callBody   = regexp.MustCompile(` -d '([^']*)'`)
	callPart   = regexp.MustCompile(` -F '([^'=]+)=([^']*)'`)
)

// call sends what an example's command would.
func (s *exampleServer) call(t *testing.T, command string, header ...string) Reply {
	t.Helper()
	m := callMethod.FindStringSubmatch(command)
	if m == nil {
		t.Fatalf("not a call: %s", command)
	}
	method, key := m[1], ""
	if method == "" {
		method = "GET"
	}
	if strings.Contains(command, "YOUR_API_KEY") {
		key = s.key
		if s.cookie != "" {
			key, header = "", append([]string{"Cookie", s.cookie}, header...)
		}
	}
	if body := callBody.FindStringSubmatch(command); body != nil {
		return s.Send(t, method, m[2], key, body[1], header...)
	}
	var parts []Part
	for _, part := range callPart.FindAllStringSubmatch(command, -1) {
		if name, isFile := strings.CutPrefix(part[2], "@target/"); isFile {
			parts = append(parts, File(part[1], name, map[string][]byte{"manifest.json": afterManifest, "run_results.json": afterResults}[name]))
		} else {
			parts = append(parts, Text(part[1], part[2]))
		}
	}
	if parts != nil {
		return s.Do(t, method, m[2], key, bytes.NewReader(Form(parts...)), "Content-Type", ContentType)
	}
	return s.Do(t, method, m[2], key, nil, header...)
}

const (
	mostElements = 2
	longestText  = 240
)

var (
	keySecret     = regexp.MustCompile(`twg_[0-9A-Za-z]+_[0-9A-Za-z]+`)
	webhookSecret = regexp.MustCompile(`whsec_[0-9A-Za-z+/=]+`)
)

// shortened cuts the lists and texts of a reply, and hides the secrets of keys and webhooks.
func shortened(t *testing.T, body []byte) json.RawMessage {
	t.Helper()
	var out bytes.Buffer
	in := jsontext.NewDecoder(bytes.NewReader(webhookSecret.ReplaceAll(keySecret.ReplaceAll(body, []byte("twg_…")), []byte("whsec_…"))))
	if err := shorten(jsontext.NewEncoder(&out), in); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return bytes.TrimSpace(out.Bytes())
}

// shorten copies one value.
func shorten(out *jsontext.Encoder, in *jsontext.Decoder) error {
	token, err := in.ReadToken()
	if err != nil {
		return err
	}
	if text := []rune(token.String()); token.Kind() == '"' && len(text) > longestText {
		token = jsontext.String(string(text[:longestText]) + "…")
	}
	if err := out.WriteToken(token); err != nil {
		return err
	}
	switch token.Kind() {
	case '[':
		for n := 0; in.PeekKind() != ']'; n++ {
			if n < mostElements {
				err = shorten(out, in)
			} else {
				err = in.SkipValue()
			}
			if err != nil {
				return err
			}
		}
	case '{':
		for in.PeekKind() != '}' {
			if err := shorten(out, in); err != nil {
				return err
			}
		}
	default:
		return nil
	}
	if token, err = in.ReadToken(); err != nil {
		return err
	}
	return out.WriteToken(token)
}

// The artifact of the examples is the one that the demo imports first.
func TestExampleArtifact(t *testing.T) {
	t.Parallel()
	hash := sha256.Sum256(beforeManifest)
	for _, op := range samples(t) {
		if op.id == "get-import-artifact" && !strings.Contains(op.call, hex.EncodeToString(hash[:])) {
			t.Errorf("%s, want %x", op.call, hash)
		}
	}
}
