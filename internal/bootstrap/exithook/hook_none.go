//go:build !llgopy

package exithook

// inRuntime says whether the runtime calls run by itself.
const inRuntime = false
