package importing

import "testing"

// Credentials in macros are not kept; what only refers to one is.
func TestMasked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`copy into t credentials=(aws_key_id='AKIAABCDEFGHIJKLMNOP' aws_secret_key='abcdEFGH1234/+xyz')`: `copy into t credentials=(aws_key_id='********************' aws_secret_key='*****************')`,
		`password = "hunter2"`:                        `password = "*******"`,
		`password => 'hunter2'`:                       `password => '*******'`,
		`password='{{ env_var("PASSWORD") }}'`:        `password='{{ env_var("PASSWORD") }}'`,
		`password={{ var("p") }}`:                     `password={{ var("p") }}`,
		"-----BEGIN PRIVATE KEY-----\nAb\n-----END":   "-----BEGIN PRIVATE KEY-----\n**\n-----END",
		`select password from users where id = 'x'`:   `select password from users where id = 'x'`,
		`{% macro cents(x) %} {{ x }} {% endmacro %}`: `{% macro cents(x) %} {{ x }} {% endmacro %}`,
	} {
		if got := masked(text); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}
