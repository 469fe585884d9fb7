/**
 * What all servers and clients of an application share: event loops, timer, background
 * threads, memory, listeners. Made once, by the public doors.
 */
@NullMarked
package dev.socketserver.netty.resources;

import org.jspecify.annotations.NullMarked;
