/**
 * A responder of DNS: the example of {@code docs/examples.md} for one handler on two
 * protocols.
 */
@NullMarked
package dev.socketserver.examples.dns;

import org.jspecify.annotations.NullMarked;
