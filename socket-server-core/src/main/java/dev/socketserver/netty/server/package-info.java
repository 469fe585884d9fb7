/**
 * The port of a server's run, and how what a run needs is taken. What servers do is in
 * {@code engine.server}. Uses the rooms of {@code netty} that it puts together.
 */
@NullMarked
package dev.socketserver.netty.server;

import org.jspecify.annotations.NullMarked;
