/**
 * Letters in Redis, with scripts, each of which decides one thing in one step. Depends on
 * {@code mailbox} and {@code store}.
 */
@NullMarked
package dev.socketserver.mailbox.redis;

import org.jspecify.annotations.NullMarked;
