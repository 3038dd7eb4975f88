package bootstrap_test

import (
	"testing"

	"github.com/llgo-pypack/llgo-pypack/internal/pythontest"
)

func TestMain(m *testing.M) { pythontest.Main(m) }
