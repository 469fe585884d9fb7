package dev.socketserver.operator;

/** Marks threads that do I/O for many sessions, on which no code may wait. */
public interface IoThread {

}
