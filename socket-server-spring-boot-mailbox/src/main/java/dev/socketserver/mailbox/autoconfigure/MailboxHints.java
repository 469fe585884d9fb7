package dev.socketserver.mailbox.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Says what a native image keeps for mailboxes: the scripts of both stores.
 */
final class MailboxHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.resources().registerPattern("dev/socketserver/mailbox/jdbc/schema-*.sql");
		hints.resources().registerPattern("dev/socketserver/mailbox/redis/*.lua");
	}

}
