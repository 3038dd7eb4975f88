package main

// The figures of a program that are compared: the minima of starts, in ms, times of
// builds, in seconds, and a size. They are 0 of what was not measured, and of nil.
func (p *Program) warm() float64 {
	if p == nil {
		return 0
	}
	return p.Warm.min()
}

func (p *Program) first() float64 {
	if p == nil {
		return 0
	}
	return p.First.min()
}

func (p *Program) cold() float64 {
	if p == nil {
		return 0
	}
	return p.Cold.seconds()
}

func (p *Program) again() float64 {
	if p == nil {
		return 0
	}
	return p.Again.seconds()
}

func (p *Program) size() float64 {
	if p == nil {
		return 0
	}
	return float64(p.Size)
}

func (s *Samples) min() float64 {
	if s == nil {
		return 0
	}
	return s.Min
}

func (b *Build) seconds() float64 {
	if b == nil {
		return 0
	}
	return b.Wall
}
