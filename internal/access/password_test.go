package access

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/thalweg-data/thalweg/internal/store"
)

func TestPasswords(t *testing.T) {
	a, _, _ := newAccess(t)
	const password = "correct horse battery staple"
	hash, err := a.hash(t.Context(), password)
	if err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || outdated(hash) {
		t.Fatalf("%s, %v", hash, err)
	}
	other, err := a.hash(t.Context(), password)
	if err != nil || other == hash {
		t.Errorf("the same salt twice, %v", err)
	}
	for text, want := range map[string]bool{password: true, password + " ": false, "": false, strings.ToUpper(password): false} {
		if got, err := a.verifyPassword(t.Context(), hash, text); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	weak := parameters{8, 1, 1}
	old := encodeHash(weak, []byte("saltsalt"), argon2.IDKey([]byte(password), []byte("saltsalt"), 1, 8, 1, 32))
	if ok, err := a.verifyPassword(t.Context(), old, password); !ok || err != nil || !outdated(old) {
		t.Errorf("a hash with other parameters: %v, %v", ok, err)
	}
	for _, broken := range []string{"", "x", hash[:20], "$argon2id$v=19$m=1,t=0,p=1$c2FsdA$c3Vt", "$argon2id$v=19$m=1,t=1,p=1$c2FsdA$", "$argon2i" + hash[9:]} {
		if ok, err := a.verifyPassword(t.Context(), broken, password); ok || err != nil {
			t.Errorf("%q: %v, %v", broken, ok, err)
		}
	}
}

func TestPasswordsThatAreRefused(t *testing.T) {
	u := store.User{Name: "Ana Example", Email: "ana.e@example.com"}
	for password, part := range map[string]string{
		"elevenchars":                      "fewer than 12",
		"élèvencharä":                      "fewer than 12",
		strings.Repeat("long enough ", 30): "longer than 256",
		"aaaaaaaaaaaaaaaa":                 "easy to guess",
		"ana.e@example.com":                "easy to guess",
		"thalwegpassword1":                 "easy to guess",
		"Ana Example 1234567":              "easy to guess",
		"ana.e@example.com2024!":           "easy to guess",
		"exampleana987654":                 "easy to guess",
		"P@ssw0rd12345":                    "common",
		"Summer2024!!!":                    "common",
		"letmeinletmein":                   "common",
		"1q2w3e4r5t6y":                     "common",
		"123456789987654321":               "common",
		"Liverpool 2023!":                  "common",
		"qwertyuiop[]":                     "easy to guess",
		"1234567890123":                    "easy to guess",
		"abcdefghijklmnop":                 "easy to guess",
		"zxcvbnm,./zxcvbnm":                "easy to guess",
		"\xff\xfe twelve chars":            "not UTF-8",
	} {
		if err := checkPassword(password, u); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: %v, want %q", password, err, part)
		}
	}
	for _, password := range []string{"correct horse battery staple", "пароль из слов", "12 characters", "829471036582", "tall ships in fog"} {
		if err := checkPassword(password, u); err != nil {
			t.Errorf("%q: %v", password, err)
		}
	}
}

// User enumeration by timing: a sign-in hashes the password, and waits for that, whether somebody has the address or
// not. While others use all the room for hashes, none of them is answered.
func TestEverySignInHashes(t *testing.T) {
	a, _, c := newAccess(t)
	c.at = time.Now() // as that of the store
	l, err := a.SetupLink(t.Context(), System(1))
	if err != nil {
		t.Fatal(err)
	}
	_, secret, _ := strings.Cut(l.URL, "#")
	const password = "correct horse battery staple"
	if _, err := a.SetUp(t.Context(), Visitor{}, secret, store.User{Name: "Ana", Email: "ana@example.com"}, password); err != nil {
		t.Fatal(err)
	}
	if _, err := a.CreateUser(t.Context(), System(1), store.User{Name: "Bo", Email: "bo@example.com", Role: "viewer"}); err != nil {
		t.Fatal(err)
	}
	for _, email := range []string{"ana@example.com", "bo@example.com", "nobody@example.com"} {
		if _, err := a.SignIn(t.Context(), Visitor{}, email, "wrong"); !errors.Is(err, ErrWrongPassword) {
			t.Errorf("%s: %v", email, err)
		}
	}
	for range hashedAtOnce {
		a.hashing <- struct{}{}
	}
	for _, email := range []string{"ana@example.com", "bo@example.com", "nobody@example.com"} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		if _, err := a.SignIn(ctx, Visitor{}, email, "wrong"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%s is answered without a hash: %v", email, err)
		}
		cancel()
	}
}
