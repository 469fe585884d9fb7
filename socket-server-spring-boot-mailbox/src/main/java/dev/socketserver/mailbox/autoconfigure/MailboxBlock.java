package dev.socketserver.mailbox.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.autoconfigure.block.BlockServer;
import dev.socketserver.autoconfigure.block.KnownModules;
import dev.socketserver.autoconfigure.block.ServerBlock;
import dev.socketserver.autoconfigure.properties.SameNames;
import dev.socketserver.mailbox.properties.MailboxProperties;
import dev.socketserver.mailbox.properties.MailboxProperties.Acknowledge;
import dev.socketserver.mailbox.properties.MailboxProperties.SendOn;
import dev.socketserver.mailbox.properties.MailboxStoreProperties;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;

/**
 * Checks the mailbox of a server, and has it deliver letters.
 */
final class MailboxBlock implements ServerBlock<MailboxProperties> {

	private static final String IDENTITY = "mailbox.identity";

	private static final List<String> KEYS = SameNames.keys("mailbox", MailboxProperties.class).toList();

	private static final ConfigurationPropertyName STORE = ConfigurationPropertyName.of("socket.mailbox");

	@Override
	public String prefix() {
		return "mailbox";
	}

	@Override
	public Class<MailboxProperties> type() {
		return MailboxProperties.class;
	}

	@Override
	public void check(BeanFactory beans, Environment environment) {
		if (beans.getBeanProvider(MailboxServers.class).getIfAvailable() != null) {
			return;
		}
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					String value = STORE.isAncestorOf(name) ? environment.getProperty(name.toString()) : null;
					if (value != null && !value.isEmpty()) {
						throw Objects.requireNonNull(KnownModules.ifAbsent(name.subName(1).toString(), value));
					}
				}
			}
		}
	}

	@Override
	public void accept(BlockServer server, MailboxProperties properties, @Nullable ServerSpec spec) {
		String key = KEYS.stream().filter(server::isSet).findFirst().orElse(null);
		if (key == null) {
			return;
		}
		MailboxServers servers = server.beans().getBeanProvider(MailboxServers.class).getIfAvailable();
		if (servers == null) {
			throw KnownModules.absent(server, key);
		}
		positive(server, "mailbox.active", properties.active());
		positive(server, "mailbox.timeout", properties.timeout());
		positive(server, "mailbox.retry", properties.retry());
		if (properties.attempts() != null && properties.attempts() < 1) {
			throw server.invalid("mailbox.attempts", "it must be at least 1", null);
		}
		String identity = properties.identity();
		if (identity == null) {
			server.pointless("mailbox.identity is not set", KEYS.toArray(String[]::new));
			return;
		}
		if (identity.indexOf(':') >= 0) {
			throw server.invalid(IDENTITY, "it must be a word without a colon", null);
		}
		if (properties.sendOn() != SendOn.MESSAGE) {
			server.pointless("mailbox.send-on is not message", "mailbox.active");
		}
		boolean asks = spec == null || (spec.handler() instanceof ServerHandler.Messages && !spec.session().unframed());
		if (!asks) {
			throw server.invalid(IDENTITY,
					"letters need a handler of messages, with frames, and " + server.owner() + " has another",
					"Give the server a function or a bean with @OnMessage, or remove the property");
		}
		if (spec != null && spec.listeners().stream().anyMatch((each) -> each.session().datagrams())
				&& properties.acknowledge() != Acknowledge.WRITTEN && !knowsReplies(spec.session())) {
			throw server.invalid(IDENTITY,
					"whatever a peer of UDP sends next, such as a login, would acknowledge a letter that was lost",
					"Set correlator, or requests to one-at-a-time and requests-late to a time such as 10s");
		}
		servers.checkStore();
	}

	@Override
	public void inForce(String server, MailboxProperties properties, BeanFactory beans) {
		MailboxServers servers = beans.getBeanProvider(MailboxServers.class).getIfAvailable();
		if (servers == null) {
			return;
		}
		if (properties.identity() != null) {
			servers.add(server, properties);
		}
		else {
			servers.remove(server);
		}
	}

	@Override
	public void gone(String server, BeanFactory beans) {
		MailboxServers servers = beans.getBeanProvider(MailboxServers.class).getIfAvailable();
		if (servers != null) {
			servers.remove(server);
		}
	}

	/**
	 * Whether a reply is distinguished from other messages, at least from those that come
	 * late.
	 */
	private static boolean knowsReplies(SessionSpec session) {
		return session.correlator() != null || !session.requests().late().isZero();
	}

	private static void positive(BlockServer server, String key, @Nullable Duration duration) {
		String problem = (duration != null) ? MailboxStoreProperties.problem(duration) : null;
		if (problem != null) {
			throw server.invalid(key, problem, null);
		}
	}

}
