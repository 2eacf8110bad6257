//go:build tools

// Package clients pins a program that nobody of Latchkey wrote: tests/run.sh builds it.
package clients

import _ "github.com/oauth2-proxy/oauth2-proxy/v7"
