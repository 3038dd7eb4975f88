package main

// kilobyte is the unit of ru_maxrss, which is a byte here.
const kilobyte = 1
