package dev.socketserver.operator;

/**
 * Marks threads that do I/O for many sessions, or decide for them in a cluster, on which
 * no code may wait.
 */
public interface IoThread {

}
