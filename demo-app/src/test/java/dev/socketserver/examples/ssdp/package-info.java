/**
 * A responder of SSDP: the example of {@code docs/udp.md} for multicast groups.
 */
@NullMarked
package dev.socketserver.examples.ssdp;

import org.jspecify.annotations.NullMarked;
