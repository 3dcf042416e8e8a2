package mcp

import (
	"context"
	"strings"

	"github.com/thalweg-data/thalweg/internal/httpserver"
)

type codeInput struct {
	assetArg
	atArg
	Form string `json:"form,omitempty" jsonschema:"compiled (default) or raw"`
	paged
}

// codeRow is how many characters of code are one row of the answer.
const codeRow = 1000

func getCode(ctx context.Context, c *caller, in *codeInput, from *positions) (*answer, error) {
	if err := oneOf("form", in.Form, "compiled", "raw"); err != nil {
		return nil, err
	}
	f, err := c.asset(ctx, in.assetArg, in.At, from)
	if err != nil {
		return nil, err
	}
	raw, compiled, err := f.view.Code(ctx, &f.Asset)
	if err != nil {
		return nil, err
	}
	a, text, form := answerAbout(f), compiled, "compiled"
	if in.Form == "raw" || compiled == "" && in.Form == "" {
		text, form = raw, "raw"
	}
	if text == "" {
		return nil, httpserver.NewProblem(httpserver.CodeNotFound, "%s has no %s code.", assetName(&f.Asset), form)
	}
	a.set("form", form)
	a.set("source", "dbt")
	a.set("untrusted", true)
	rows := pieces(text, codeRow)
	return a, a.memory(from, "parts", len(rows), func(i int) any { return rows[i] })
}

// pieces cuts a text into parts of at most so many characters, at the ends of lines where it has any.
func pieces(text string, size int) []string {
	var out []string
	for text != "" {
		part := beginning(text, size)
		if end := strings.LastIndexByte(part, '\n'); end > 0 && len(part) < len(text) {
			part = part[:end+1]
		}
		out, text = append(out, part), text[len(part):]
	}
	return out
}

// oneOf checks an optional argument.
func oneOf(param, value string, values ...string) error {
	if value == "" {
		return nil
	}
	return httpserver.OneOf(param, value, values)
}
