NAME = "a file"
