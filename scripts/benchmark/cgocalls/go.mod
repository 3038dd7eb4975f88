module example.com/cgocalls

go 1.21
