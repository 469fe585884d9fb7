/**
 * What operators see of the mailbox, and do with it: endpoint, health and meters. Depends
 * on {@code mailbox}, {@code store} and {@code delivery}.
 */
@NullMarked
package dev.socketserver.mailbox.actuate;

import org.jspecify.annotations.NullMarked;
