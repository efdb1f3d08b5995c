// Package durable keeps files whole when a process is killed, the power goes, or the disk
// is full.
//
// [WriteFile] makes a file appear all at once or not at all. A [Log] is a file of lines that
// only grows; what a crash tore off its end is left out by [Read] and cut off by [Open]. A
// [Lock] belongs to one process at a time and ends with it.
package durable
