/**
 * The connection of a test client: reads and writes bytes of a socket with a limit on the
 * time, and takes frames out of what has arrived by the server's own framing. Knows
 * neither Spring nor the client. Internal.
 */
@NullMarked
package dev.socketserver.test.connection;

import org.jspecify.annotations.NullMarked;
