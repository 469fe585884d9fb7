/**
 * A receiver of syslog: the example of {@code docs/examples.md} for UDP.
 */
@NullMarked
package dev.socketserver.examples.syslog;

import org.jspecify.annotations.NullMarked;
