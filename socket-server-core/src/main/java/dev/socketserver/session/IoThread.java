package dev.socketserver.session;

/** Marks threads that do I/O for many sessions, on which nobody may wait. */
public interface IoThread {

}
