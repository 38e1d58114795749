package cli

import (
	"fmt"
	"os"
	"strings"
)

// secretsVariable names the file that holds secrets where nothing else sets
// environment variables for a service.
const secretsVariable = "REGCERT_SECRETS"

// withSecrets adds the variables of the file that REGCERT_SECRETS names, if it
// names one, to those of the environment.
func withSecrets(getenv func(string) string) (func(string) string, error) {
	file := getenv(secretsVariable)
	if file == "" {
		return getenv, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("%s: the passwords cannot be read: %w", secretsVariable, err)
	}
	secrets, err := readSecrets(string(text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return func(name string) string {
		if secret, ok := secrets[name]; ok {
			return secret
		}
		return getenv(name)
	}, nil
}

// readSecrets reads lines NAME='value'. It takes what systemd.exec(5) takes for
// EnvironmentFile=, as far as nobody can mistake it, and refuses the rest.
func readSecrets(text string) (map[string]string, error) {
	secrets := map[string]string{}
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, ";") {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" || strings.ContainsAny(name, " \t'\"") {
			return nil, fmt.Errorf("line %d is not NAME='password'", i+1)
		}
		secret, ok := unquoted(value)
		if !ok {
			return nil, fmt.Errorf("line %d: the value of %s is ambiguous: put it into '…', or into \"…\" if there is a ' in it", i+1, name)
		}
		secrets[name] = secret
	}
	return secrets, nil
}

// unquoted takes a value out of its quotes.
func unquoted(value string) (secret string, ok bool) {
	if len(value) >= 2 && (value[0] == '\'' || value[0] == '"') && value[len(value)-1] == value[0] {
		secret, special := value[1:len(value)-1], value[:1]
		if value[0] == '"' {
			special = "\"\\$`"
		}
		return secret, !strings.ContainsAny(secret, special)
	}
	return value, !strings.ContainsAny(value, `'"\`)
}

// secretsText is what a file of secrets has in it before anybody has written
// into it.
func secretsText(variables []string) string {
	var out strings.Builder
	out.WriteString("# The passwords that regcert's configuration names by environment variables, a line each:\n# NAME='password'\n")
	for _, name := range variables {
		fmt.Fprintf(&out, "#%s='…'\n", name)
	}
	return out.String()
}
