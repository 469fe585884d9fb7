/**
 * The listening socket of a server: its bind, whether it accepts, and how it recovers.
 * What is accepted goes to {@code accept}.
 */
@NullMarked
package dev.socketserver.netty.listen;

import org.jspecify.annotations.NullMarked;
