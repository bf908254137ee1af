package main

import (
	"bytes"
	"os"
	"strconv"
	"syscall"
	"time"
)

// ownCPU is what this process has used.
func ownCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// peak is how many MB of memory it has used at most, once it has ended.
func (p *process) peak() float64 {
	usage, ok := p.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return float64(usage.Maxrss) / 1024 // Linux counts in KiB
}

// ticks are those of all CPUs of a machine since it was started.
type ticks struct{ busy, all float64 }

// machineCPU is nothing where the machine does not say it as Linux does.
func machineCPU() (t ticks) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return t
	}
	line, _, _ := bytes.Cut(text, []byte("\n")) // cpu user nice system idle iowait …
	for i, field := range bytes.Fields(line)[1:] {
		n, err := strconv.ParseFloat(string(field), 64)
		if err != nil || i > 7 { // guests are in user already
			break
		}
		if t.all += n; i != 3 && i != 4 {
			t.busy += n
		}
	}
	return t
}

// busySince is the part of the CPU that was used, by whomever.
func (t ticks) busySince(before ticks) float64 {
	if t.all == before.all {
		return 0
	}
	return (t.busy - before.busy) / (t.all - before.all)
}
