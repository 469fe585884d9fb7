/**
 * Captures of what taps hold, which Netty's handler for pcap writes.
 */
@NullMarked
package dev.socketserver.netty.tap;

import org.jspecify.annotations.NullMarked;
