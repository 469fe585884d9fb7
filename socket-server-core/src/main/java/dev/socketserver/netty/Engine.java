package dev.socketserver.netty;

import java.util.concurrent.Executor;

import dev.socketserver.SocketServerListener;

/**
 * What all servers of an application share.
 *
 * @param loops the event loops
 * @param background runs what must run neither on a loop nor on a lane
 * @param keepAlive keeps the JVM alive while a server asks for it
 * @param listener is told everything
 */
record Engine(EventLoops loops, Executor background, KeepAlive keepAlive, SocketServerListener listener) {

}
