module example.com/dataframe

go 1.20

require github.com/goplus/lib v0.3.1
