package dev.socketserver.autoconfigure.spec;

import java.time.Duration;
import java.util.List;

import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.SessionSpec;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.autoconfigure.properties.MailboxProperties;
import dev.socketserver.autoconfigure.properties.MailboxProperties.Acknowledge;
import dev.socketserver.autoconfigure.properties.MailboxProperties.SendOn;
import dev.socketserver.spec.listen.Udp;
import org.jspecify.annotations.Nullable;

/**
 * Checks the mailbox of a server, and has it deliver letters. Not loaded unless a server
 * has one.
 */
final class MailboxSpecs {

	private static final String IDENTITY = "mailbox.identity";

	private static final List<String> KEYS = List.of(IDENTITY, "mailbox.acknowledge", "mailbox.send-on",
			"mailbox.active", "mailbox.timeout", "mailbox.attempts", "mailbox.retry");

	private static final Duration SHORTEST = Duration.ofMillis(1);

	private static final Duration LONGEST = Duration.ofDays(365);

	private MailboxSpecs() {
	}

	/**
	 * Has a server deliver letters, if its properties say so.
	 * @param entry the server
	 * @param properties what they say
	 * @param spec its specification; {@code null} if the application completes that
	 * @param mailboxes what delivers them; {@code null} if the application lacks it
	 * @throws InvalidSocketPropertyException if a value cannot work
	 */
	static void add(PropertyEntry entry, MailboxProperties properties, @Nullable ServerSpec spec,
			@Nullable ServerMailboxes mailboxes) {
		if (KEYS.stream().noneMatch(entry::isSet)) {
			return;
		}
		if (mailboxes == null) {
			throw missing(entry);
		}
		positive(entry, "mailbox.active", properties.active());
		positive(entry, "mailbox.timeout", properties.timeout());
		positive(entry, "mailbox.retry", properties.retry());
		if (properties.attempts() != null && properties.attempts() < 1) {
			throw entry.invalid("mailbox.attempts", "it must be at least 1", null);
		}
		String identity = properties.identity();
		if (identity == null) {
			entry.pointless("mailbox.identity is not set", KEYS.subList(1, KEYS.size()).toArray(String[]::new));
			return;
		}
		if (identity.indexOf(':') >= 0) {
			throw entry.invalid(IDENTITY, "it must be a word without a colon", null);
		}
		if (properties.sendOn() != SendOn.MESSAGE) {
			entry.pointless("mailbox.send-on is not message", "mailbox.active");
		}
		boolean asks = spec == null || (spec.handler() instanceof ServerHandler.Messages && !spec.session().unframed());
		if (!asks) {
			throw entry.invalid(IDENTITY,
					"letters need a handler of messages, with frames, and " + entry.owner() + " has another",
					"Give the server a function or a bean with @OnMessage, or remove the property");
		}
		if (spec != null && spec.listenOn() instanceof Udp && properties.acknowledge() != Acknowledge.WRITTEN
				&& !tellsReplies(spec.session())) {
			throw entry.invalid(IDENTITY,
					"whatever a peer of UDP sends next, such as a login, would acknowledge a letter that was lost",
					"Set correlator, or requests to one-at-a-time and requests-late to a time such as 10s");
		}
		mailboxes.add(entry.name(), properties);
	}

	/**
	 * Whether a reply is told from other messages, at least from those that come late.
	 */
	private static boolean tellsReplies(SessionSpec session) {
		return session.correlator() != null || !session.requests().late().isZero();
	}

	private static InvalidSocketPropertyException missing(PropertyEntry entry) {
		String key = KEYS.stream().filter(entry::isSet).findFirst().orElse(IDENTITY);
		return entry.invalid(key, AbsentMailbox.PROBLEM, AbsentMailbox.REMEDY);
	}

	private static void positive(PropertyEntry entry, String key, @Nullable Duration duration) {
		if (duration != null && duration.compareTo(SHORTEST) < 0) {
			throw entry.invalid(key, "it must be at least 1 ms", null);
		}
		if (duration != null && duration.compareTo(LONGEST) > 0) {
			throw entry.invalid(key, "it must not be longer than a year", null);
		}
	}

}
