/**
 * The keys of mailboxes: those of each server, and those of the store. Depends on no
 * other package of the module.
 */
@NullMarked
package dev.socketserver.mailbox.properties;

import org.jspecify.annotations.NullMarked;
