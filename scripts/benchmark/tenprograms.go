package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// ten is how many programs share, or do not.
const ten = 10

// sharedApp is the app that they are made from.
const sharedApp = "matrix"

// programs builds ten programs with numpy that differ in their own code, installs them
// beside each other, and weighs that, store and all, beside their directories, and
// beside what PyInstaller makes of ten, if peers are asked for.
func (c *copying) programs(ctx context.Context, o options) error {
	data := filepath.Join(c.work, "data of ten")
	var directories []string
	for i := range ten {
		out, err := c.variant(ctx, i)
		if err != nil {
			return err
		}
		directories = append(directories, filepath.Dir(out))
		if err := c.with(ctx, data, "install", filepath.Dir(out), filepath.Join(data, "bin")); err != nil {
			return err
		}
	}
	for _, what := range []struct {
		name  string
		paths []string
	}{{"installed by llgo py install, and the store", []string{data}}, {"as directories of llgo build --py-onedir", directories}} {
		bytes, _, err := weigh(what.paths...)
		if err != nil {
			return err
		}
		c.Disk = append(c.Disk, disk{what.name, bytes})
	}
	return c.tenOfPeers(ctx, o)
}

// variant builds a program that only its own code tells from the others, and returns
// where it is. The last build's results are kept, as they are on a developer's machine.
func (c *copying) variant(ctx context.Context, i int) (string, error) {
	p := c.front.makes(onedir, "go")
	name := fmt.Sprintf("%s%d", sharedApp, i)
	dir := filepath.Join(c.work, "ten", name)
	src := filepath.Join(dir, "src")
	if err := os.CopyFS(src, os.DirFS(source(sharedApp))); err != nil {
		return "", err
	}
	if err := addLine(filepath.Join(src, "main.go"), fmt.Sprintf("func init() { println(%q) }", name)); err != nil {
		return "", err
	}
	_, err := p.buildOnce(ctx, name, dir)
	return filepath.Join(dir, p.output(name)), err
}

// tenOfPeers weighs ten directories of each peer.
func (c *copying) tenOfPeers(ctx context.Context, o options) error {
	peers, err := openPeers(ctx, o)
	if err != nil {
		return err
	}
	for _, p := range peers {
		if p.versus != onedir || p.missing(sharedApp) != "" {
			continue
		}
		var all []string
		for i := range ten {
			dir := filepath.Join(c.work, "ten", fmt.Sprint(p.name, i))
			if err := os.MkdirAll(dir, 0o700); err != nil {
				return err
			}
			if err := p.fresh(ctx, sharedApp, dir); err != nil {
				return err
			}
			if err := addLine(script(sharedApp, dir), fmt.Sprintf("number = %d", i)); err != nil {
				return err
			}
			if _, err := p.buildOnce(ctx, sharedApp, dir); err != nil {
				return err
			}
			all = append(all, filepath.Dir(filepath.Join(dir, p.output(sharedApp))))
		}
		bytes, _, err := weigh(all...)
		if err != nil {
			return err
		}
		c.Disk = append(c.Disk, disk{p.name, bytes})
	}
	return nil
}
