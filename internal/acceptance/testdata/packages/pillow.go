// Pillow: one extension for each format, each with libraries that the wheel brings.
//
// Requires: pillow
package main

import (
	"bytes"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"

	"github.com/goplus/lib/c"
	"github.com/goplus/lib/py"
)

func main() {
	py.RunSimpleString(c.Str(`
import io
from PIL import Image, ImageDraw, ImageFont, features
picture = Image.new("RGB", (20, 10), "white")
ImageDraw.Draw(picture).text((1, 1), "A", fill="black", font=ImageFont.load_default())
def saved(form):
    out = io.BytesIO()
    picture.save(out, form)
    return out.getvalue()
png, jpeg = saved("PNG").hex(), saved("JPEG").hex()
for form in "WEBP", "TIFF", "GIF", "JPEG2000":
    again = Image.open(io.BytesIO(saved(form)))
    print(form, again.size, again.convert("L").getextrema()[0] < 255)
print(features.check("freetype2"), features.check("zlib"))
`))
	for _, name := range []string{"png", "jpeg"} {
		value := py.ImportModule(c.Str("__main__")).GetAttrString(c.Str(name))
		var data []byte
		fmt.Sscanf(c.GoString(value.CStr()), "%x", &data)
		picture, format, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			panic(err)
		}
		fmt.Println(format, picture.Bounds().Size())
	}
}

// Output:
// WEBP (20, 10) True
// TIFF (20, 10) True
// GIF (20, 10) True
// JPEG2000 (20, 10) True
// True True
// png (20,10)
// jpeg (20,10)
