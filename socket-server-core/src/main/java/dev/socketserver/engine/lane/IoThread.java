package dev.socketserver.engine.lane;

/** A thread that does I/O, as the engine knows it. */
public interface IoThread extends dev.socketserver.operator.IoThread {

}
