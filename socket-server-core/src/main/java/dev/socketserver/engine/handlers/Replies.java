package dev.socketserver.engine.handlers;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

/**
 * What a handler has returned in place of a single reply: several replies, or ones that
 * come later. They are sent in their order, when there is room. Confined to the lane of
 * the session, except for what stages and publishers call.
 */
abstract class Replies {

	final ReplySender sender;

	private Replies(ReplySender sender) {
		this.sender = sender;
	}

	/**
	 * Checks what a handler returned.
	 * @param reply what it returned
	 * @param sender sends replies
	 * @return the replies, or {@code null} if it is a single one that is there
	 */
	static @Nullable Replies of(Object reply, ReplySender sender) {
		if (reply instanceof String || reply instanceof byte[]) {
			return null;
		}
		if (reply instanceof List<?> several) {
			return new Several(sender, several.iterator(), null);
		}
		if (reply instanceof Stream<?> several) {
			return new Several(sender, several.iterator(), several);
		}
		if (reply instanceof CompletionStage<?> later) {
			return new Later(sender, later);
		}
		if (reply instanceof Flow.Publisher<?> published) {
			return new Published(sender, published);
		}
		return null;
	}

	/**
	 * Sends what is there and has room.
	 * @return whether that was all; if not, it is called again when there may be more
	 * @throws Throwable what user code threw, or reported as its failure
	 */
	abstract boolean send() throws Throwable;

	/** Nothing more will be asked for: everything was sent, or nothing more can be. */
	void close() {
	}

	/**
	 * The elements of a list or stream, which may be made only when they are asked for.
	 */
	private static final class Several extends Replies {

		private final Iterator<?> elements;

		private final @Nullable Stream<?> source;

		Several(ReplySender sender, Iterator<?> elements, @Nullable Stream<?> source) {
			super(sender);
			this.elements = elements;
			this.source = source;
		}

		@Override
		boolean send() {
			while (this.elements.hasNext()) {
				if (!this.sender.hasRoom()) {
					return false;
				}
				if (!this.sender.send(this.elements.next())) {
					return true;
				}
			}
			return true;
		}

		@Override
		void close() {
			if (this.source != null) {
				this.source.close();
			}
		}

	}

	/**
	 * How far replies have come that are asked for, and may come on any thread.
	 *
	 * <pre>
	 *   NEW ──ask──▶ ASKING ◀──ask── AWAITED
	 *                  │ └──returns────▲ │
	 *                  │ complete        │ complete
	 *                  ▼                 ▼
	 *               COMPLETE ◀───────────┘
	 *
	 *   any ──close──▶ CLOSED
	 * </pre>
	 */
	enum Coming {

		/** Nobody was asked for them. */
		NEW,

		/** Somebody is asked, who may answer at once, on this very thread. */
		ASKING,

		/** They come later. */
		AWAITED,

		/** There are no more. */
		COMPLETE,

		/** Nobody wants them any more. */
		CLOSED;

		/** Somebody is asked for replies. */
		Coming asks() {
			return (this == NEW || this == AWAITED) ? ASKING : this;
		}

		/** Who was asked has returned. */
		Coming returns() {
			return (this == ASKING) ? AWAITED : this;
		}

		/** There are no more. */
		Coming completes() {
			return (this == ASKING || this == AWAITED) ? COMPLETE : this;
		}

		/** Nobody wants them any more. */
		Coming closes() {
			return CLOSED;
		}

	}

	/** Replies for which somebody is asked, who may answer on any thread. */
	private abstract static class Asked extends Replies {

		Coming coming = Coming.NEW;

		/** Why there are no more, if something has failed. */
		@Nullable Throwable failure;

		Asked(ReplySender sender) {
			super(sender);
		}

		/** Asks for replies, which may be given at once. */
		final void ask(Runnable question) {
			this.coming = this.coming.asks();
			try {
				question.run();
			}
			finally {
				this.coming = this.coming.returns();
			}
		}

		/** Whether this is called by who is being asked: at once, without a detour. */
		final boolean atOnce() {
			return this.sender.runsHere() && this.coming == Coming.ASKING;
		}

		/** There are no more. */
		final void complete() {
			this.coming = this.coming.completes();
		}

		@Override
		void close() {
			this.coming = this.coming.closes();
		}

	}

	/** The reply, or replies, that a {@link CompletionStage} will give. */
	private static final class Later extends Asked {

		private final CompletionStage<?> stage;

		private @Nullable Object value;

		Later(ReplySender sender, CompletionStage<?> stage) {
			super(sender);
			this.stage = stage;
		}

		@Override
		boolean send() throws Throwable {
			if (this.coming == Coming.NEW) {
				ask(this::askStage);
			}
			if (this.coming != Coming.COMPLETE) {
				// Of a lost connection only the frames that came after wait for it.
				return this.sender.isDisconnected() && !this.sender.hasFurtherFrames();
			}
			if (this.failure != null) {
				throw unwrapped(this.failure);
			}
			if (this.value != null) {
				this.sender.reply(this.value);
			}
			return true;
		}

		/**
		 * Notifies whoever works on the reply that nobody waits any more, if there is a
		 * way to. A future of the application is not cancelled: others may wait for it,
		 * too.
		 */
		@Override
		void close() {
			boolean waits = this.coming != Coming.COMPLETE;
			super.close();
			if (waits && this.stage instanceof Flow.Subscription work) {
				work.cancel();
			}
		}

		/**
		 * Asks the stage to say when it is complete. A stage need not be able to say
		 * whether it is.
		 */
		@SuppressWarnings("FutureReturnValueIgnored") // failures reach complete
		private void askStage() {
			this.stage.whenComplete((result, problem) -> {
				if (atOnce()) {
					complete(result, problem);
				}
				else {
					this.sender.later(() -> complete(result, problem));
				}
			});
		}

		private void complete(@Nullable Object result, @Nullable Throwable problem) {
			this.value = result;
			this.failure = problem;
			complete();
		}

		private static Throwable unwrapped(Throwable failure) {
			Throwable cause = (failure instanceof CompletionException) ? failure.getCause() : null;
			return (cause != null) ? cause : failure;
		}

	}

	/**
	 * Replies from a publisher. At most so many are asked for at a time as may wait here
	 * for room in the outbox. Everything that the publisher signals, on whatever thread,
	 * is done on the lane.
	 */
	private static final class Published extends Asked implements Flow.Subscriber<Object> {

		private static final int REQUESTED = 32;

		private final Flow.Publisher<?> publisher;

		private final ArrayDeque<Object> arrived = new ArrayDeque<>();

		private Flow.@Nullable Subscription subscription;

		/**
		 * Set once the publisher has signalled something from another thread: what it
		 * signals then goes through the lane, so that it stays in order.
		 */
		private volatile boolean elsewhere;

		private int sent;

		Published(ReplySender sender, Flow.Publisher<?> publisher) {
			super(sender);
			this.publisher = publisher;
		}

		@Override
		boolean send() throws Throwable {
			if (this.coming == Coming.NEW) {
				ask(() -> this.publisher.subscribe(this));
			}
			while (!this.arrived.isEmpty()) {
				if (!this.sender.hasRoom()) {
					return false;
				}
				if (!this.sender.send(this.arrived.remove())) {
					return true;
				}
				Flow.Subscription more = this.subscription;
				if (++this.sent == REQUESTED && more != null) {
					this.sent = 0;
					ask(() -> more.request(REQUESTED));
				}
			}
			if (this.failure != null) {
				throw this.failure;
			}
			// Of a lost connection a publisher would learn only by a reply that fails,
			// and it may have none for long.
			return this.coming == Coming.COMPLETE || this.sender.isDisconnected();
		}

		@Override
		void close() {
			super.close();
			this.arrived.clear();
			if (this.subscription != null) {
				this.subscription.cancel();
			}
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			later(() -> {
				this.subscription = subscription;
				if (this.coming == Coming.CLOSED) {
					subscription.cancel();
				}
				else {
					subscription.request(REQUESTED);
				}
			});
		}

		@Override
		public void onNext(Object reply) {
			later(() -> {
				if (this.coming != Coming.CLOSED) {
					this.arrived.add(Objects.requireNonNull(reply, "The publisher gave null for a reply"));
				}
			});
		}

		@Override
		public void onError(Throwable problem) {
			later(() -> {
				this.failure = Objects.requireNonNull(problem, "The publisher failed without saying why");
				complete();
			});
		}

		@Override
		public void onComplete() {
			later(this::complete);
		}

		/**
		 * Does something on the lane. A publisher and its subscription are user code:
		 * what they do wrong or throw fails their replies, which would be waited for
		 * without end otherwise.
		 */
		private void later(Runnable change) {
			if (!this.elsewhere && atOnce()) {
				// Within the handling of the message.
				change(change);
			}
			else {
				this.elsewhere = true;
				this.sender.later(() -> change(change));
			}
		}

		private void change(Runnable change) {
			try {
				change.run();
			}
			catch (Throwable ex) {
				this.failure = ex;
			}
		}

	}

}
