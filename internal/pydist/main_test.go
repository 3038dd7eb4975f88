package pydist

import (
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/cachedir/cachetest"
)

func TestMain(m *testing.M) { cachetest.Main(m) }
