package facts

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
)

// readerName is argv[0] of the processes in which debug/elf and debug/macho run. These
// packages say that they are not made for hostile input: a file of a megabyte can make
// them allocate a terabyte. So this program starts itself once more, under this name,
// and that process has a limit and can be killed. Any program that imports this package
// can be started so, tests too, which is why it happens in an init function.
const readerName = "llgo-py-read-binaries"

func init() {
	if len(os.Args) == 2 && os.Args[0] == readerName {
		os.Exit(serveReader(os.Args[1], os.Stdin, os.Stdout))
	}
}

// goReading is what Go's readers found in a file.
type goReading struct {
	Reader     Reader      `json:"reader"`
	Error      string      `json:"error"`
	Images     []Image     `json:"images"`
	Signatures []Signature `json:"signatures"`
	Cut        string      `json:"cut"` // which part of the file is missing
}

// serveReader answers paths, one a JSON string a line, with readings, one a line. The
// limit is in MiB.
func serveReader(limit string, in io.Reader, out io.Writer) int {
	mib, err := strconv.Atoi(limit)
	if err != nil {
		return 2
	}
	limitMemory(mib)
	debug.SetMemoryLimit(int64(mib) << 19) // collect harder from half of it on
	paths, answers := json.NewDecoder(in), bufio.NewWriter(out)
	encoder := json.NewEncoder(answers)
	for {
		var path string
		if paths.Decode(&path) != nil {
			return 0
		}
		if encoder.Encode(readGo(path)) != nil || answers.Flush() != nil {
			return 1
		}
	}
}

// readGo reads a file. Whatever goes wrong is part of the reading.
func readGo(path string) (reading goReading) {
	reading.Reader = DebugELF
	defer func() {
		if v := recover(); v != nil {
			reading.Error, reading.Images, reading.Signatures = fmt.Sprintf("panic: %v", v), nil, nil
		}
	}()
	f, err := os.Open(path)
	if err != nil {
		reading.Error = err.Error()
		return reading
	}
	defer f.Close()
	head := make([]byte, headSize)
	n, _ := io.ReadFull(f, head)
	info, err := f.Stat()
	if err == nil {
		if sniff(head[:n]) == formatMachO {
			reading.Reader = DebugMachO
			reading.Images, reading.Signatures, err = goMachO(f, info.Size())
			reading.Cut = machoCut(f, info.Size())
		} else {
			reading.Images, err = goELF(f)
			reading.Cut = elfCut(f, info.Size())
		}
	}
	if err != nil {
		reading.Error, reading.Images = err.Error(), nil
	}
	return reading
}
