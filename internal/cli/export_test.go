package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A JSON Lines export that breaks off at any byte is continued to the same file as one in one piece.
func TestExportIsContinued(t *testing.T) {
	t.Parallel()
	batches := [][]string{{"a1", "a2"}, {"a3"}, {}, {"a4", "a5"}}
	replyAfter := func(cursor string) string {
		var b strings.Builder
		b.WriteString(`{"record":"export","version":3}` + "\n")
		for i, batch := range batches {
			at := "c" + string(rune('0'+i))
			if cursor >= at {
				continue
			}
			for _, id := range batch {
				b.WriteString(`{"record":"asset","id":"` + id + `"}` + "\n")
			}
			b.WriteString(`{"record":"cursor","cursor":"` + at + `"}` + "\n")
		}
		return b.String() + `{"record":"test","id":"t1"}` + "\n" + `{"record":"end","counts":{}}` + "\n"
	}
	file := func() (*os.File, func() string) {
		f, err := os.Create(filepath.Join(t.TempDir(), "export.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		return f, func() string {
			defer func() { _ = f.Close() }()
			b, err := os.ReadFile(f.Name())
			if err != nil {
				t.Fatal(err)
			}
			return string(b)
		}
	}
	whole, read := file()
	if err := receiverOf("jsonl", whole).take(strings.NewReader(replyAfter(""))); err != nil {
		t.Fatal(err)
	}
	want := read()
	var end struct{ Counts map[string]int }
	lines := strings.Split(strings.TrimSpace(want), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &end); err != nil || end.Counts["asset"] != 5 || end.Counts["test"] != 1 || strings.Contains(want, "cursor") {
		t.Fatalf("in one piece: %s %v", want, err)
	}
	for cut := range len(replyAfter("")) {
		f, read := file()
		to := receiverOf("jsonl", f)
		for again := cut; ; again -= 40 {
			reply := replyAfter(to.cursor())
			if again > 0 && again < len(reply) {
				reply = reply[:again]
			}
			err := to.take(strings.NewReader(reply))
			if err == nil {
				break
			}
			if err := to.rewind(); err != nil {
				t.Fatal(err)
			}
		}
		if got := read(); got != want {
			t.Fatalf("broken off after %d bytes:\n%s\nwant\n%s", cut, got, want)
		}
	}
}

func TestExport(t *testing.T) {
	data := shortDir(t)
	ok(t, "schemas", "create", "--name", "Analytics Warehouse", "--data", data)
	ok(t, "import", "--wait", "--data", data, "--manifest", artifacts+"manifest.json.gz", "--catalog", artifacts+"catalog.json.gz")
	printed := ok(t, "export", "--data", data)
	if !strings.HasPrefix(printed, `{"record":"export","schema_id":"SCH-101"`) || strings.Count(printed, `{"record":"asset"`) < 36 || !strings.Contains(printed, `{"record":"end"`) {
		t.Errorf("export printed %.300s", printed)
	}
	for format, magic := range map[string]string{"jsonl": `{"record":"export"`, "parquet": "PAR1"} {
		path := filepath.Join(t.TempDir(), "out")
		if out := ok(t, "export", "--data", data, "--format", format, "--records", "asset,edge", "-o", path); out != "" {
			t.Errorf("export -o printed %q", out)
		}
		b, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(b, []byte(magic)) {
			t.Errorf("%s: %.40q %v", format, b, err)
		}
		if _, err := os.Stat(path + ".part"); err == nil {
			t.Error("the part is left")
		}
	}
	path := filepath.Join(t.TempDir(), "out")
	if code, _, errs := run(t, "export", "--data", data, "--at", "99", "-o", path); code != Failed || !strings.Contains(errs, "is at version 1") {
		t.Errorf("of a version to come: %d %s", code, errs)
	}
	if left, _ := filepath.Glob(path + "*"); left != nil {
		t.Errorf("a refused export left %v", left)
	}
}
