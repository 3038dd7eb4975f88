package bootstrap

import (
	"strings"
	"unsafe"

	"github.com/llgo-pypack/llgo-pypack/internal/bootstrap/settings"
)

// hideVariables hides settings.HeededVariables in the C library's environment and
// returns what shows them again. Entries are replaced in place: children get the
// environment as it was, in its order.
func hideVariables() (show func()) {
	type hidden struct {
		place *uintptr
		value uintptr
	}
	var all []hidden
	first := *(*uintptr)(Pointer(libc("environ")))
	for place := first; place != 0; place += unsafe.Sizeof(place) {
		entry := (*uintptr)(Pointer(place))
		if *entry == 0 {
			break
		}
		if isHeeded(gostring(*entry)) {
			all = append(all, hidden{entry, *entry})
			*entry = uintptr(unsafe.Pointer(&hiddenEntry[0]))
		}
	}
	return func() {
		for _, h := range all {
			*h.place = h.value
		}
	}
}

// hiddenEntry stands for each of them meanwhile.
var hiddenEntry = [...]byte{'-', '=', 0}

func isHeeded(entry string) bool {
	for _, name := range settings.HeededVariables {
		if strings.HasPrefix(entry, name+"=") {
			return true
		}
	}
	return false
}
