/**
 * The connection as a session sees it, the bytes that it is given, and the buffers that
 * the sessions of one event loop share. {@code netty} implements it; tests have one
 * without a socket. Depends on no other room. For the engine, not for applications.
 */
@NullMarked
package dev.socketserver.engine.connection;

import org.jspecify.annotations.NullMarked;
