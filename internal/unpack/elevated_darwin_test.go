package unpack

func childElevation() int { return 0 }
