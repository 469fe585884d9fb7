/**
 * What sockets are like that servers inherit, and copies of their descriptors. Which
 * sockets there are is in {@code engine.inherit}; {@code listen} and {@code datagram}
 * make channels of them.
 */
@NullMarked
package dev.socketserver.netty.inherit;

import org.jspecify.annotations.NullMarked;
