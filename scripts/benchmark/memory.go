package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// peak is the most resident memory that a process that has ended, or one that it
// waited for, ever had (getrusage(2)).
func peak(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(usage.Maxrss) * kilobyte
}

// watchMemory returns the most that a process and its descendants had in memory at one
// time; pages that they share count for each of them. Linux only: elsewhere 0.
func watchMemory(pid int, done <-chan struct{}) int64 {
	var most int64
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return most
		case <-tick.C:
			most = max(most, resident(pid))
		}
	}
}

// resident sums the resident pages of a process tree, by /proc/PID/stat (proc(5)).
func resident(root int) int64 {
	const ppid, rss = 1, 21 // fields behind the name, which ends with a bracket
	parents, pages := map[int]int{}, map[int]int64{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		data, err := os.ReadFile(file)
		fields := strings.Fields(string(data[strings.LastIndexByte(string(data), ')')+1:]))
		if err != nil || len(fields) <= rss {
			continue // it has just ended
		}
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		parents[pid], _ = strconv.Atoi(fields[ppid])
		pages[pid], _ = strconv.ParseInt(fields[rss], 10, 64)
	}
	var sum int64
	for pid := range pages {
		for p := pid; p != 0; p = parents[p] {
			if p == root {
				sum += pages[pid] * int64(os.Getpagesize())
				break
			}
		}
	}
	return sum
}
