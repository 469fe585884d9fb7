package dev.socketserver.cluster.node;

import java.util.function.Consumer;

import dev.socketserver.cluster.directory.ClusterBus;
import dev.socketserver.cluster.directory.NodeId;
import dev.socketserver.cluster.message.ClusterClock;
import dev.socketserver.cluster.message.Fields;
import dev.socketserver.cluster.message.Message;
import dev.socketserver.cluster.message.Requests;
import dev.socketserver.cluster.spi.ClusterSettings;
import dev.socketserver.engine.log.SafeLogger;

/**
 * Sees to it that this node hears what it is sent. It sends messages to itself, since
 * subscriptions may die without anybody noticing, and makes a new one when no echo comes.
 * Tasks of the clock only, but for {@link #echo}.
 *
 * <pre>
 *   DEAF ──echo──▶ HEARS ──check──▶ ASKED ──the message has left──▶ SENT
 *    ▲               ▲                 │                              │
 *    │               └─────echo────────┴─────────────echo─────────────┤
 *    └──────────────────────────────check, without an echo────────────┘
 *
 *   HEARS, ASKED, SENT ──lost──▶ DEAF
 *   any ──close──▶ CLOSED
 * </pre>
 */
final class Subscription {

	private static final SafeLogger logger = SafeLogger.of(Subscription.class);

	private static final long RETRY_NANOS = 500_000_000;

	private final NodeId self;

	private final ClusterSettings settings;

	private final ClusterClock clock;

	private final ClusterBus bus;

	private final Requests requests;

	private Consumer<byte[]> receiver = (message) -> {
	};

	private Runnable heard = () -> {
	};

	/** Counts the subscriptions; those before the last do not matter any more. */
	private long number;

	private State state = State.DEAF;

	Subscription(NodeId self, ClusterSettings settings, ClusterClock clock, ClusterBus bus, Requests requests) {
		this.self = self;
		this.settings = settings;
		this.clock = clock;
		this.bus = bus;
		this.requests = requests;
	}

	void receiver(Consumer<byte[]> receiver) {
		this.receiver = receiver;
	}

	/** Has a task run when an echo has come on a new subscription. */
	void whenHeard(Runnable heard) {
		this.heard = heard;
	}

	/** Makes a new subscription. */
	void listen() {
		this.state = this.state.anew();
		if (this.state == State.CLOSED) {
			return;
		}
		long current = ++this.number;
		Runnable lost = () -> this.clock.execute(() -> lost(current));
		this.clock.whenDone(this.bus.listen(this.self, this.receiver, lost), (done, failure) -> {
			if (current != this.number) {
				return;
			}
			if (failure != null) {
				again(current, RETRY_NANOS);
			}
			else {
				ping();
				again(current, this.settings.lease().toNanos() / 3);
			}
		});
	}

	private void lost(long which) {
		if (which == this.number && hears()) {
			logger.info("Node '{}' of the cluster has lost its subscription, and makes another", this.self.name());
			listen();
		}
	}

	/** Listens once more, unless this subscription is heard until then. */
	private void again(long current, long delay) {
		this.clock.schedule(() -> {
			if (current == this.number && this.state == State.DEAF) {
				listen();
			}
		}, delay);
	}

	/**
	 * Checks whether the last message to itself has come, and sends another. Where it was
	 * not even sent, nothing is wrong with the subscription as far as anybody knows.
	 */
	void check() {
		if (!hears()) {
			return;
		}
		if (this.state == State.SENT) {
			logger.warn("Node '{}' of the cluster does not hear what it is sent: it subscribes anew", this.self.name());
			listen();
			return;
		}
		ping();
	}

	private void ping() {
		this.state = this.state.asked();
		long current = this.number;
		this.clock.whenDone(
				this.requests.post(this.self, Message.Kind.PING, new Fields().with(Fields.COUNT, current), 0),
				(heard, failure) -> {
					if (failure != null) {
						return;
					}
					if (!heard) {
						lost(current);
					}
					else if (current == this.number) {
						this.state = this.state.sent();
					}
				});
	}

	/** A message of this node to itself has come. Any thread. */
	void echo(Message ping) {
		this.clock.execute(() -> {
			if (ping.fields().number(Fields.COUNT) == this.number) {
				State before = this.state;
				this.state = before.echo();
				if (before == State.DEAF) {
					this.heard.run();
				}
			}
		});
	}

	boolean hears() {
		return this.state.hears();
	}

	void close() {
		this.state = this.state.closed();
		this.number++;
	}

	/** Whether a subscription is known to live. */
	enum State {

		/** Nothing has come on it yet. */
		DEAF,

		/** All messages of this node to itself have come. */
		HEARS,

		/** A message to itself was made, and may not have left. */
		ASKED,

		/** That message has left, and has not come yet. */
		SENT,

		/** There will be no other subscription. */
		CLOSED;

		/** Whether something was received on it. */
		boolean hears() {
			return this == HEARS || this == ASKED || this == SENT;
		}

		/** A message to itself is made. */
		State asked() {
			return hears() ? ASKED : this;
		}

		/** That message has left. */
		State sent() {
			return (this == ASKED) ? SENT : this;
		}

		/** A message to itself has come. */
		State echo() {
			return (this == CLOSED) ? CLOSED : HEARS;
		}

		/** Another subscription is made. */
		State anew() {
			return (this == CLOSED) ? CLOSED : DEAF;
		}

		/** There is to be no other. */
		State closed() {
			return CLOSED;
		}

	}

}
