/**
 * Delivers letters: which session gets the next one, what its reply means, and when to
 * try again. Depends on {@code mailbox}, {@code properties} and {@code store}.
 */
@NullMarked
package dev.socketserver.mailbox.delivery;

import org.jspecify.annotations.NullMarked;
