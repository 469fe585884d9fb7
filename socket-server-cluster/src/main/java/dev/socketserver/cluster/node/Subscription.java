package dev.socketserver.cluster.node;

import java.util.function.Consumer;

import dev.socketserver.cluster.directory.ClusterBus;
import dev.socketserver.cluster.message.Fields;
import dev.socketserver.cluster.message.Message;
import dev.socketserver.cluster.message.NodeRequests;
import dev.socketserver.engine.log.SafeLogger;

/**
 * Keeps a subscription on which this node receives what it is sent. Subscriptions may die
 * unnoticed: so the node sends messages to itself, and subscribes anew without an echo.
 * Tasks of the clock only, but for {@link #echo}.
 *
 * <pre>
 *   PENDING ──echo──▶ ACTIVE ──check──▶ PINGING ──the message has left──▶ PINGED
 *    ▲                  ▲                 │                                │
 *    │                  └─────echo────────┴──────────────echo──────────────┤
 *    └──────────────────────────────check, without an echo─────────────────┘
 *
 *   ACTIVE, PINGING, PINGED ──lost──▶ PENDING
 *   any ──close──▶ CLOSED
 * </pre>
 */
final class Subscription {

	private static final SafeLogger logger = SafeLogger.of(Subscription.class);

	private static final long RETRY_NANOS = 500_000_000;

	private final ThisNode node;

	private final ClusterBus bus;

	private final NodeRequests requests;

	private Consumer<byte[]> receiver = (message) -> {
	};

	private Runnable activated = () -> {
	};

	/** Counts the subscriptions; those before the last do not matter any more. */
	private long number;

	private State state = State.PENDING;

	Subscription(ThisNode node, ClusterBus bus, NodeRequests requests) {
		this.node = node;
		this.bus = bus;
		this.requests = requests;
	}

	void receiver(Consumer<byte[]> receiver) {
		this.receiver = receiver;
	}

	/** Has a task run at the first echo on a new subscription. */
	void whenActive(Runnable activated) {
		this.activated = activated;
	}

	/** Makes a new subscription. */
	void listen() {
		this.state = this.state.anew();
		if (this.state == State.CLOSED) {
			return;
		}
		long current = ++this.number;
		Runnable lost = () -> this.node.clock().execute(() -> lost(current));
		this.node.clock().whenDone(this.bus.listen(this.node.id(), this.receiver, lost), (done, failure) -> {
			if (current != this.number) {
				return;
			}
			if (failure != null) {
				retry(current, RETRY_NANOS);
			}
			else {
				ping();
				retry(current, this.node.leaseNanos() / 3);
			}
		});
	}

	private void lost(long which) {
		if (which == this.number && isActive()) {
			logger.info("Node '{}' of the cluster has lost its subscription, and makes another", this.node.id().name());
			listen();
		}
	}

	/** Listens once more, unless this subscription has an echo until then. */
	private void retry(long current, long delay) {
		this.node.clock().schedule(() -> {
			if (current == this.number && this.state == State.PENDING) {
				listen();
			}
		}, delay);
	}

	/**
	 * Checks whether the last message to itself was received, and sends another. Where it
	 * was not even sent, nothing is known to be wrong with the subscription.
	 */
	void check() {
		if (!isActive()) {
			return;
		}
		if (this.state == State.PINGED) {
			logger.warn("Node '{}' of the cluster does not hear what it is sent: it subscribes anew",
					this.node.id().name());
			listen();
			return;
		}
		ping();
	}

	private void ping() {
		this.state = this.state.asked();
		long current = this.number;
		this.node.clock()
			.whenDone(
					this.requests.post(this.node.id(), Message.Kind.PING, new Fields().with(Fields.COUNT, current), 0),
					(received, failure) -> {
						if (failure != null) {
							return;
						}
						if (!received) {
							lost(current);
						}
						else if (current == this.number) {
							this.state = this.state.sent();
						}
					});
	}

	/**
	 * A message of this node to itself was received. Any thread.
	 * @throws IllegalArgumentException if it lacks what it needs
	 */
	void echo(Message ping) {
		long pinged = ping.fields().number(Fields.COUNT);
		this.node.clock().execute(() -> {
			if (pinged == this.number) {
				State before = this.state;
				this.state = before.echo();
				if (before == State.PENDING) {
					this.activated.run();
				}
			}
		});
	}

	boolean isActive() {
		return this.state.isActive();
	}

	void close() {
		this.state = this.state.closed();
		this.number++;
	}

	/** Whether a subscription is known to live. */
	enum State {

		/** Nothing was received on it yet. */
		PENDING,

		/** All messages of this node to itself were received. */
		ACTIVE,

		/** A message to itself was made, and may not have left. */
		PINGING,

		/** That message has left, and was not received yet. */
		PINGED,

		/** There will be no other subscription. */
		CLOSED;

		/** Whether something was received on it. */
		boolean isActive() {
			return this == ACTIVE || this == PINGING || this == PINGED;
		}

		/** A message to itself is made. */
		State asked() {
			return isActive() ? PINGING : this;
		}

		/** That message has left. */
		State sent() {
			return (this == PINGING) ? PINGED : this;
		}

		/** A message to itself was received. */
		State echo() {
			return (this == CLOSED) ? CLOSED : ACTIVE;
		}

		/** Another subscription is made. */
		State anew() {
			return (this == CLOSED) ? CLOSED : PENDING;
		}

		/** There is to be no other. */
		State closed() {
			return CLOSED;
		}

	}

}
