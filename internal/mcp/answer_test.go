package mcp

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// sample renders an answer and checks that it is JSON of at most so many tokens.
func sample(t *testing.T, a *answer, most int) (out map[string]any, next positions) {
	t.Helper()
	text, err := a.render(most, func(p positions) (string, error) {
		next = p
		return "cursor", nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := tokens(text); n > most {
		t.Errorf("%d tokens, want at most %d", n, most)
	}
	if err := json.Unmarshal([]byte(text), &out); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return out, next
}

func longList(t *testing.T, a *answer, from *positions, name string, n int) {
	t.Helper()
	if err := a.memory(from, name, n, func(i int) any { return fmt.Sprintf("%s number %d", name, i) }); err != nil {
		t.Fatal(err)
	}
}

// A long list leaves room for a short one, and pages go through both.
func TestListsShareTheRoom(t *testing.T) {
	var from *positions
	got := map[string]int{}
	for page := 1; ; page++ {
		a := &answer{version: 7}
		longList(t, a, from, "long", 500)
		longList(t, a, from, "short", 20)
		out, next := sample(t, a, 1000)
		for _, list := range []string{"long", "short"} {
			rows, _ := out[list].([]any)
			for i, row := range rows {
				if want := fmt.Sprintf("%s number %d", list, got[list]+i); row != want {
					t.Fatalf("page %d: %v, want %s", page, row, want)
				}
			}
			got[list] += len(rows)
		}
		if page == 1 && got["short"] != 20 {
			t.Errorf("the first page has %d of the short list", got["short"])
		}
		if want := fmt.Sprintf("1 to %d of 500", got["long"]); page == 1 && out["shown"].(map[string]any)["long"] != strings.TrimPrefix(want, "1 to ") {
			t.Errorf("shown %v, want %s", out["shown"], want)
		}
		if out["next_cursor"] == nil {
			break
		}
		if next.Version != 7 || page > 60 {
			t.Fatalf("page %d: %+v", page, next)
		}
		from = &next
	}
	if got["long"] != 500 || got["short"] != 20 {
		t.Errorf("all pages have %v", got)
	}
}

// A row that is larger than the room is shown alone, so that the next page comes after it.
func TestOneRowIsAlwaysShown(t *testing.T) {
	a := &answer{}
	if err := a.memory(nil, "rows", 2, func(int) any { return strings.Repeat("word ", 2000) }); err != nil {
		t.Fatal(err)
	}
	text, err := a.render(1000, func(p positions) (string, error) { return p.Lists["rows"].At, nil })
	if err != nil || !strings.Contains(text, `"shown":{"rows":"1 of 2"},"next_cursor":"1"`) {
		t.Errorf("%v: %.200s", err, text)
	}
}

// What nobody sees is left out, and what pages would read is not escaped.
func TestTextOfAnswers(t *testing.T) {
	a := &answer{}
	a.set("text", foreignText("a <b> & c\u200b\u202e\U000E0041 d\ufe0f", "dbt:shop", 100))
	a.set("long", foreignText(strings.Repeat("é", 50), "dbt:shop", 10))
	text, err := a.render(1000, nil)
	want := `{"text":{"text":"a <b> & c d","source":"dbt:shop","untrusted":true},"long":{"text":"éééééééééé","source":"dbt:shop","untrusted":true,"cut":true}}`
	if err != nil || text != want {
		t.Errorf("%v\n%s, want\n%s", err, text, want)
	}
}

func TestTokens(t *testing.T) {
	for text, want := range map[string]int{
		"": 0, "orders": 2, "fct_orders": 4, "a b c": 3, "2026-01-10": 6, "日本": 4, `{"id":"TBL-12"}`: 11,
	} {
		if got := tokens(text); got != want {
			t.Errorf("%q has %d tokens, want %d", text, got, want)
		}
	}
}

func TestPieces(t *testing.T) {
	code := strings.Repeat("select 1\n", 30) + strings.Repeat("x", 250)
	rows := pieces(code, 100)
	if strings.Join(rows, "") != code {
		t.Error("pieces are not the code")
	}
	for i, row := range rows {
		if len(row) > 100 || i < 2 && !strings.HasSuffix(row, "\n") {
			t.Errorf("piece %d: %q", i, row)
		}
	}
}
