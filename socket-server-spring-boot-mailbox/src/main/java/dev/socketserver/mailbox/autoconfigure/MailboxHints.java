package dev.socketserver.mailbox.autoconfigure;

import dev.socketserver.mailbox.properties.MailboxProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.boot.context.properties.bind.BindableRuntimeHintsRegistrar;

/**
 * Says what a native image keeps for mailboxes: their keys, and the scripts of both
 * stores.
 */
final class MailboxHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		BindableRuntimeHintsRegistrar.forTypes(MailboxProperties.class).registerHints(hints, classLoader);
		hints.reflection().registerType(MailboxProperties.class, MemberCategory.INVOKE_PUBLIC_METHODS);
		hints.resources().registerPattern("dev/socketserver/mailbox/jdbc/schema-*.sql");
		hints.resources().registerPattern("dev/socketserver/mailbox/redis/*.lua");
	}

}
