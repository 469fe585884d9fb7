/**
 * Auto-configuration of the mailbox: which store there is, and which servers deliver.
 * Depends on all other packages of the module.
 */
@NullMarked
package dev.socketserver.mailbox.autoconfigure;

import org.jspecify.annotations.NullMarked;
