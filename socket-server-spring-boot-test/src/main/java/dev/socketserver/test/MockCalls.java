package dev.socketserver.test;

import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseReasonException;
import dev.socketserver.CloseStatus;
import dev.socketserver.ServerHandler;
import dev.socketserver.SessionHandler;
import dev.socketserver.SessionSpec;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spi.PreparingHandler;
import org.jspecify.annotations.Nullable;

/**
 * Calls the handler of a server for a {@link MockSocketSession}, on the thread of the
 * test: as a server does, with one frame after the other, whichever threads hand them
 * over, and no more when the session is closed.
 */
final class MockCalls {

	/** How long a reply that comes later is waited for. */
	private static final long LIMIT_SECONDS = 10;

	private final MockSocketSession session;

	private final Charset charset;

	private final PayloadConverter<?> input;

	private final SessionHandler handler;

	/** Held by the thread that calls the handler. */
	private final ReentrantLock lane = new ReentrantLock(true);

	/** Whether the handler was notified of the end. Guarded by the lane. */
	private boolean ended;

	MockCalls(MockSocketSession session, SessionSpec spec) {
		if (!(spec.handler() instanceof ServerHandler.Messages messages)) {
			throw new IllegalArgumentException("The handler of server '" + session.server()
					+ "' is not called with frames, but reads the connection itself");
		}
		this.session = session;
		this.charset = spec.charset();
		this.input = messages.input();
		this.handler = messages.sessions().apply(spec);
	}

	void open() {
		inTurn(() -> call(() -> {
			Object later = this.handler.opening(this.session);
			// Unlike a reply, a greeting does not leave behind a close.
			return this.session.isOutputEnded() ? null : later;
		}));
	}

	void handle(String frame) {
		handle(frame.getBytes(this.charset));
	}

	void handle(byte[] frame) {
		inTurn(() -> received(frame));
	}

	private void inTurn(Runnable calls) {
		this.lane.lock();
		try {
			calls.run();
		}
		finally {
			this.lane.unlock();
			closed();
		}
	}

	private void received(byte[] frame) {
		if (this.session.status() != null) {
			throw new IllegalStateException(
					"The session is closed, and gets no further frame: " + this.session.status());
		}
		call(() -> this.handler.received(prepared(Payloads.read(this.input, frame.clone())), this.session));
		while (this.handler.unfinished() && this.session.status() == null) {
			call(() -> {
				this.handler.goOn(this.session);
				return null;
			});
		}
	}

	/** Returns what the handler is called with, when that is there. */
	private Object prepared(Object payload) throws Exception {
		if (!(this.handler instanceof PreparingHandler preparing)) {
			return payload;
		}
		return Objects.requireNonNull(await(preparing.prepare(payload, this.session, Runnable::run)),
				"A message was prepared, and is null");
	}

	/** Notifies the handler of the end, now or behind the call that is under way. */
	void closed() {
		CloseStatus status = this.session.status();
		// Whoever has the lane asks again when it is free.
		if (status == null || this.lane.isHeldByCurrentThread() || !this.lane.tryLock()) {
			return;
		}
		try {
			if (!this.ended) {
				this.ended = true;
				this.handler.closed(this.session, status);
			}
		}
		catch (Exception ex) {
			throw new IllegalStateException("The handler has failed to close", ex);
		}
		finally {
			this.lane.unlock();
		}
	}

	private void call(Callable<@Nullable Object> call) {
		try {
			try {
				reply(call.call());
			}
			catch (Exception ex) {
				reply(this.handler.failed(ex, this.session));
			}
		}
		catch (Throwable ex) {
			// As on a server: errors, too, which no error handler is asked about.
			this.session.close(status(ex));
		}
	}

	private static CloseStatus status(Throwable failure) {
		if (failure instanceof CloseReasonException closes) {
			return new CloseStatus(closes.reason(), null, closes.getCause());
		}
		return (failure instanceof PayloadException)
				? new CloseStatus(CloseReason.DECODE_ERROR, failure.getMessage(), failure)
				: new CloseStatus(CloseReason.HANDLER_ERROR, null, failure);
	}

	private void reply(@Nullable Object reply) throws Exception {
		if (reply instanceof List<?> several) {
			several.forEach(this.session::reply);
		}
		else if (reply instanceof Stream<?> several) {
			try (several) {
				several.forEach(this.session::reply);
			}
		}
		else if (reply instanceof CompletionStage<?> later) {
			reply(await(later));
		}
		else if (reply instanceof Flow.Publisher<?> publisher) {
			new Published().addAll(publisher);
		}
		else if (reply != null && reply != SessionHandler.UNMAPPED) {
			this.session.reply(reply);
		}
	}

	private static @Nullable Object await(CompletionStage<?> later) throws Exception {
		try {
			return later.toCompletableFuture().orTimeout(LIMIT_SECONDS, TimeUnit.SECONDS).join();
		}
		catch (CompletionException ex) {
			throw thrown((ex.getCause() != null) ? ex.getCause() : ex);
		}
	}

	/** Returns what a reply has failed with, or throws it if it is an error. */
	private static Exception thrown(Throwable failure) {
		if (failure instanceof Error error) {
			throw error;
		}
		return (failure instanceof Exception ex) ? ex : new CompletionException(failure);
	}

	/** Adds what a publisher publishes. */
	private final class Published implements Flow.Subscriber<Object> {

		private final CountDownLatch over = new CountDownLatch(1);

		private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

		private final List<Object> elements = new ArrayList<>();

		void addAll(Flow.Publisher<?> publisher) throws Exception {
			publisher.subscribe(this);
			if (!this.over.await(LIMIT_SECONDS, TimeUnit.SECONDS)) {
				throw new TimeoutException("The publisher has not completed within " + LIMIT_SECONDS + " s");
			}
			this.elements.forEach(MockCalls.this.session::reply);
			Throwable failure = this.failure.get();
			if (failure != null) {
				throw thrown(failure);
			}
		}

		@Override
		public void onSubscribe(Flow.Subscription subscription) {
			subscription.request(Long.MAX_VALUE);
		}

		@Override
		public void onNext(Object element) {
			this.elements.add(element);
		}

		@Override
		public void onError(Throwable failure) {
			this.failure.set(failure);
			this.over.countDown();
		}

		@Override
		public void onComplete() {
			this.over.countDown();
		}

	}

}
