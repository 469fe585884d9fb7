package dev.socketserver.engine.client;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Messages that wait to be handed over, the oldest first: to any connection, or to one.
 * Guarded by the lock of the {@link ClientOutbox}.
 */
final class WaitingMessages {

	private final ArrayDeque<ClientMessage> all = new ArrayDeque<>();

	private long bytes;

	void add(ClientMessage message) {
		this.all.add(message);
		this.bytes += message.bytes();
		message.waits(true);
	}

	void addFirst(ClientMessage message) {
		this.all.addFirst(message);
		this.bytes += message.bytes();
		message.waits(true);
	}

	/** Returns the oldest, if any waits. */
	@Nullable ClientMessage peek() {
		return this.all.peek();
	}

	/** Takes the oldest, if any waits. */
	@Nullable ClientMessage poll() {
		ClientMessage oldest = this.all.poll();
		return (oldest != null) ? taken(oldest) : null;
	}

	/** Takes the oldest that is a request, or that is none, if any such waits. */
	@Nullable ClientMessage poll(boolean request) {
		for (Iterator<ClientMessage> each = this.all.iterator(); each.hasNext();) {
			ClientMessage next = each.next();
			if ((next.ask() != null) == request) {
				each.remove();
				return taken(next);
			}
		}
		return null;
	}

	/** Returns whether it waited here. */
	boolean remove(ClientMessage message) {
		boolean waited = this.all.remove(message);
		if (waited) {
			taken(message);
		}
		return waited;
	}

	private ClientMessage taken(ClientMessage message) {
		this.bytes -= message.bytes();
		message.waits(false);
		return message;
	}

	int size() {
		return this.all.size();
	}

	long bytes() {
		return this.bytes;
	}

	boolean hasRequests() {
		return this.all.stream().anyMatch((message) -> message.ask() != null);
	}

	int requests() {
		return (int) this.all.stream().filter((message) -> message.ask() != null).count();
	}

	/** Takes all, in order. */
	void drain(Consumer<ClientMessage> taker) {
		for (ClientMessage next = poll(); next != null; next = poll()) {
			taker.accept(next);
		}
	}

}
