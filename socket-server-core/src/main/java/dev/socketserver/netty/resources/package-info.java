/**
 * What all servers and clients of an application share of Netty: the event loops, and who
 * adds handlers to connections. Made once, by the entry points in {@code netty}.
 */
@NullMarked
package dev.socketserver.netty.resources;

import org.jspecify.annotations.NullMarked;
