/**
 * What a store of letters does, the same for all of them, and the one in memory. The
 * store decides by its own clock, in one step each, who may send a letter and what
 * becomes of it. Depends on {@code mailbox}.
 */
@NullMarked
package dev.socketserver.mailbox.store;

import org.jspecify.annotations.NullMarked;
