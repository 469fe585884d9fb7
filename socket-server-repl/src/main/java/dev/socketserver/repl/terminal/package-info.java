/**
 * What a peer types and sees: telnet decoding, typed lines, the echo of passwords, output
 * to the peer or the log, and the standard streams, which are redirected while something
 * is evaluated. Uses {@code evaluate} for interrupts and the text of values.
 */
@NullMarked
package dev.socketserver.repl.terminal;

import org.jspecify.annotations.NullMarked;
