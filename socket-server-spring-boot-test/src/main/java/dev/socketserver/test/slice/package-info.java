/**
 * What makes an application small for {@link dev.socketserver.test.SocketServerTest}.
 */
@NullMarked
package dev.socketserver.test.slice;

import org.jspecify.annotations.NullMarked;
