/**
 * Taps as operators see them: {@link dev.socketserver.netty.tap.NettyTaps}, and the
 * captures that Netty's handler for pcap writes of what they hold.
 */
@NullMarked
package dev.socketserver.netty.tap;

import org.jspecify.annotations.NullMarked;
