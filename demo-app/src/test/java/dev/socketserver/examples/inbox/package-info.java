/**
 * A reader of the table {@code socket_inbox}: the example of
 * {@code docs/acknowledge-stored.md}.
 */
@NullMarked
package dev.socketserver.examples.inbox;

import org.jspecify.annotations.NullMarked;
