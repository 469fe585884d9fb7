package dev.socketserver.netty;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

import dev.socketserver.ConversationHandler;
import dev.socketserver.fixtures.Patience;

/**
 * What a handler of conversations saw, in order.
 */
final class SeenByHandler {

	private final BlockingQueue<Object> seen = new LinkedBlockingQueue<>();

	void add(Object what) {
		this.seen.add(what);
	}

	/** Waits for the next. */
	Object next() {
		return Patience.next(this.seen);
	}

	/** Returns what was seen and not taken yet. */
	List<Object> rest() {
		return List.copyOf(this.seen);
	}

	/** Returns a handler that also sees what it throws, and throws it on. */
	<I, O> ConversationHandler<I, O> watching(ConversationHandler<I, O> handler) {
		return (conversation) -> {
			try {
				handler.handle(conversation);
			}
			catch (Exception ex) {
				add(ex);
				throw ex;
			}
		};
	}

}
