package readmodel

import "testing"

func TestOutcomeIsTheWorst(t *testing.T) {
	for _, c := range []struct {
		run       string
		tests     TestCounts
		freshness string
		want      Outcome
	}{
		{want: ""},
		{run: "success", want: OutcomePass},
		{run: "skipped", want: ""},
		{run: "success", tests: TestCounts{Pass: 2, Warn: 1}, want: OutcomeWarn},
		{run: "success", tests: TestCounts{Fail: 1, Warn: 1}, want: OutcomeFail},
		{run: "error", tests: TestCounts{Fail: 1}, want: OutcomeError},
		{tests: TestCounts{Error: 1, Fail: 1}, want: OutcomeError},
		{freshness: "pass", want: OutcomePass},
		{freshness: "warn", want: OutcomeWarn},
		{freshness: "error", tests: TestCounts{Warn: 1}, want: OutcomeStale},
		{freshness: "error", tests: TestCounts{Fail: 1}, want: OutcomeFail},
		{freshness: "runtime error", want: OutcomeError},
	} {
		if got := worstOf(c.run, c.tests, c.freshness, c.freshness != ""); got != c.want {
			t.Errorf("%+v: %q", c, got)
		}
	}
}
