package runcheck

import (
	"context"
	"os"
	"os/exec"
	"syscall"
)

// confine gives a command a process group of its own, which is killed as a whole, and a
// network namespace without a network. Whoever is not root needs a user namespace for
// that, in which all is as it was.
func (r *room) confine(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	if !r.sandbox {
		return
	}
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWNET
	if uid, gid := os.Geteuid(), os.Getegid(); uid != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
	}
}

// canCutOff tries whether the kernel makes such a namespace: containers and hardened
// systems often do not.
func canCutOff(ctx context.Context) (ok bool, note string) {
	harmless, err := exec.LookPath("true")
	if err != nil {
		return false, "programs were run with a network: " + err.Error()
	}
	cmd := exec.CommandContext(ctx, harmless)
	(&room{sandbox: true}).confine(cmd)
	if err := cmd.Run(); err != nil {
		return false, "programs were run with a network, for the kernel makes no network namespace: " + err.Error()
	}
	return true, ""
}
