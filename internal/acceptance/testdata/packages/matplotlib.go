// Matplotlib renders without a display: fonts, style files and back ends by name.
// The figure is checked by what reads it again.
//
// Requires: matplotlib
package main

import (
	"bytes"
	"fmt"
	"image/png"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
import io
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
plt.style.use("ggplot")
figure, axes = plt.subplots(figsize=(2, 1), dpi=100)
axes.plot([0, 1, 4, 9], label="$x^2$")
axes.set_title("Größe")
axes.legend()
made = io.BytesIO()
figure.savefig(made, format="png")
vector = io.BytesIO()
figure.savefig(vector, format="svg")
print("svg", b"</svg>" in vector.getvalue())
figure.savefig(vector, format="pdf")
print("pdf", b"%%EOF" in vector.getvalue())
import sys
sys.modules["__main__"].figure = made.getvalue().hex()
`))
	made := py.ImportModule(c.Str("__main__")).GetAttrString(c.Str("figure"))
	var data []byte
	fmt.Sscanf(c.GoString(made.CStr()), "%x", &data)
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		panic(err)
	}
	colours := map[any]bool{}
	for x := 0; x < img.Bounds().Dx(); x++ {
		for y := 0; y < img.Bounds().Dy(); y++ {
			colours[img.At(x, y)] = true
		}
	}
	fmt.Println("png", img.Bounds().Size(), len(colours) > 20)
}

// Output:
// svg True
// pdf True
// png (200,100) true
