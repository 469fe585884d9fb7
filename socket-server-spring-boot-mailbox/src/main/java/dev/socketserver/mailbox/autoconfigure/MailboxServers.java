package dev.socketserver.mailbox.autoconfigure;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;

import dev.socketserver.CloseStatus;
import dev.socketserver.SocketServerListener;
import dev.socketserver.SocketSession;
import dev.socketserver.mailbox.delivery.Deliveries;
import dev.socketserver.mailbox.delivery.ServerMailbox;
import dev.socketserver.mailbox.properties.MailboxProperties;
import dev.socketserver.mailbox.properties.MailboxProperties.Acknowledge;
import dev.socketserver.mailbox.properties.MailboxProperties.SendOn;
import dev.socketserver.mailbox.store.LetterStore;
import org.jspecify.annotations.Nullable;

/**
 * Has servers deliver letters as their properties say, with the defaults. Without such a
 * server it does nothing, and no store is needed.
 */
final class MailboxServers implements SocketServerListener {

	private static final Duration ACTIVE = Duration.ofSeconds(10);

	private static final Duration TIMEOUT = Duration.ofSeconds(30);

	private static final int ATTEMPTS = 5;

	private static final Duration RETRY = Duration.ofSeconds(10);

	private final Supplier<Deliveries> source;

	private final Supplier<LetterStore> store;

	/** Absent while no server delivers letters. */
	private volatile @Nullable Deliveries deliveries;

	/**
	 * Creates the object.
	 * @param source gives what delivers them, when there is a server that does
	 * @param store gives the store, when there is to be such a server
	 */
	MailboxServers(Supplier<Deliveries> source, Supplier<LetterStore> store) {
		this.source = source;
		this.store = store;
	}

	/**
	 * Makes the store, before anything changes that needs it.
	 * @throws RuntimeException if it cannot be used
	 */
	void checkStore() {
		LetterStore unused = this.store.get();
	}

	/**
	 * Has a server deliver letters, before it starts and when its settings have changed.
	 * @param server the name of the server
	 * @param properties what the properties say, with an identity and without values that
	 * cannot work
	 */
	void add(String server, MailboxProperties properties) {
		Deliveries made = this.source.get();
		this.deliveries = made;
		made.add(new ServerMailbox(server, Objects.requireNonNull(properties.identity()),
				Objects.requireNonNullElse(properties.acknowledge(), Acknowledge.REPLY),
				Objects.requireNonNullElse(properties.sendOn(), SendOn.BOUND),
				Objects.requireNonNullElse(properties.active(), ACTIVE),
				Objects.requireNonNullElse(properties.timeout(), TIMEOUT),
				Objects.requireNonNullElse(properties.attempts(), ATTEMPTS),
				Objects.requireNonNullElse(properties.retry(), RETRY)));
	}

	/**
	 * Has a server deliver no letters any more.
	 * @param server the name of the server
	 */
	void remove(String server) {
		Deliveries made = this.deliveries;
		if (made != null) {
			made.remove(server);
		}
	}

	@Override
	public void bound(SocketSession session, String type, String id) {
		Deliveries made = this.deliveries;
		if (made != null) {
			made.bound(session, type, id);
		}
	}

	@Override
	public void closed(SocketSession session, CloseStatus status) {
		Deliveries made = this.deliveries;
		if (made != null) {
			made.closed(session);
		}
	}

}
