package main

// kilobyte is the unit of ru_maxrss.
const kilobyte = 1024
