//go:build !llgopy

package origin

func take() string { return "" }
