/**
 * Commands for peers that are away: what an application posts and asks about. Knows
 * nothing of how letters are stored and delivered.
 */
@NullMarked
package dev.socketserver.mailbox;

import org.jspecify.annotations.NullMarked;
