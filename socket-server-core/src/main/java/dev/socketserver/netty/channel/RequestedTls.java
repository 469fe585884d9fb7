package dev.socketserver.netty.channel;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.Connection.WriteResult;
import dev.socketserver.engine.input.TlsRequest;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.threads.Deadline;
import dev.socketserver.netty.tls.RequestedHandshakes;
import dev.socketserver.netty.tls.SessionTls;
import dev.socketserver.netty.tls.TlsHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Stands first in the pipeline of a session that has asked for TLS, until that is there.
 * The replies still leave in the clear through it. What the peer sends must then be the
 * handshake, from its first byte on, and must not have been sent before the last reply
 * has left: so each write waits until the loop has read what is there. No byte of the
 * peer gets to the session. Confined to the event loop.
 *
 * <pre>
 *   CLEAR ──the replies have left──▶ AWAITED ──the peer begins──▶ BEGUN ──▶ OVER
 *     └─────────────the session ends, clear bytes, the time is over─────────▲
 * </pre>
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
final class RequestedTls extends ChannelDuplexHandler implements TlsHandshake.Listener, Connection.TlsStart {

	/** How much longer than a handshake takes a peer may take to begin one. */
	private static final int PATIENCE = 6;

	/** More than a ClientHello has. */
	private static final int MOST_EARLY = 64 * 1024;

	private static final int FIRST_RECORD_TYPE = 20;

	private static final int HANDSHAKE_RECORD = 22;

	private static final int LAST_RECORD_TYPE = 24;

	private final Session session;

	private final RequestedHandshakes handshakes;

	private final SessionChannel channel;

	private final ChannelEnd end;

	private State state = State.CLEAR;

	/** What the peer has sent before the handshake was awaited. */
	private ByteBuf early = Unpooled.EMPTY_BUFFER;

	/** Something was sent before the last reply had left. */
	private boolean behind;

	/** How many writes have not left. */
	private int writes;

	/** A flush waits until the loop has read what is there. */
	private boolean flushing;

	/** Present from when the handshake is awaited until it is done. */
	private @Nullable WriteResult result;

	private @Nullable Deadline deadline;

	private @Nullable ChannelHandlerContext context;

	private boolean late;

	RequestedTls(SessionChannel channel, ChannelEnd end, Session session, RequestedHandshakes handshakes) {
		this.channel = channel;
		this.end = end;
		this.session = session;
		this.handshakes = handshakes;
	}

	/** Returns the one of a pipeline, which is put there first if there is none. */
	static RequestedTls of(ChannelPipeline pipeline, Supplier<RequestedTls> maker) {
		RequestedTls present = pipeline.get(RequestedTls.class);
		if (present == null) {
			present = maker.get();
			pipeline.addFirst(present);
		}
		return present;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.context = context;
	}

	// In the clear.

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf bytes = (ByteBuf) message;
		switch (this.state) {
			case CLEAR -> readEarly(context, bytes);
			case AWAITED -> readFirst(context, bytes);
			case BEGUN -> context.fireChannelRead(bytes);
			case OVER -> {
				this.end.received(bytes.readableBytes());
				bytes.release();
			}
		}
	}

	private void readEarly(ChannelHandlerContext context, ByteBuf bytes) {
		if (this.session.end().isSettled()) {
			// Dropped and counted there.
			context.fireChannelRead(bytes);
			return;
		}
		this.behind |= this.writes > 0;
		if (this.early.readableBytes() < MOST_EARLY) {
			if (!this.early.isReadable()) {
				this.early = Unpooled.buffer(bytes.readableBytes());
			}
			// In one buffer, however many reads it takes.
			this.early.writeBytes(bytes);
		}
		else {
			this.behind = true;
			context.channel().config().setAutoRead(false);
		}
		bytes.release();
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
		if (this.state == State.OVER) {
			// It was meant to be encrypted.
			ReferenceCountUtil.release(message);
			promise.setFailure(new ClosedChannelException());
			return;
		}
		ChannelPromise outcome = promise;
		if (this.state == State.CLEAR) {
			this.writes++;
			outcome = promise.unvoid().addListener((left) -> this.writes--);
		}
		context.write(message, outcome);
	}

	@Override
	public void flush(ChannelHandlerContext context) {
		if (this.state != State.CLEAR) {
			context.flush();
		}
		else if (!this.flushing) {
			this.flushing = true;
			// What is due is run in the next turn of the loop at the latest, and what is
			// due then in the one after it: it has read in between.
			inNextTurn(context, () -> inNextTurn(context, () -> flushNow(context)));
		}
	}

	private static void inNextTurn(ChannelHandlerContext context, Runnable task) {
		context.executor().schedule(task, 0, TimeUnit.NANOSECONDS);
	}

	private void flushNow(ChannelHandlerContext context) {
		this.flushing = false;
		this.behind |= this.early.isReadable();
		context.flush();
	}

	// The handshake.

	@Override
	public void begin(WriteResult result) {
		ChannelHandlerContext context = Objects.requireNonNull(this.context, "context");
		this.result = result;
		this.state = State.AWAITED;
		if (this.session.end().isSettled()) {
			cancel();
		}
		else if (isBehind()) {
			refuse();
		}
		else if (this.end.isInputEnded()) {
			leftInTheClear();
		}
		else {
			Duration timeout = this.handshakes.timeout();
			boolean waits = this.handshakes.peerBegins();
			await(context, waits ? timeout.multipliedBy(PATIENCE) : timeout);
			addHandshake(context);
			if (this.early.isReadable()) {
				ByteBuf first = this.early;
				this.early = Unpooled.EMPTY_BUFFER;
				channelRead(context, first);
			}
		}
	}

	/** Whether the peer has sent something in the clear, behind the frame. */
	private boolean isBehind() {
		return this.behind || this.session.input().deframer().hasUndecoded()
				|| (this.early.isReadable() && !this.handshakes.peerBegins());
	}

	private void addHandshake(ChannelHandlerContext context) {
		try {
			context.pipeline().addAfter(context.name(), null, this.handshakes.handlers().apply(this));
		}
		catch (RuntimeException ex) {
			failed(String.valueOf(ex.getMessage()));
		}
	}

	private void await(ChannelHandlerContext context, Duration most) {
		cancelDeadline();
		Deadline end = new Deadline();
		this.deadline = end;
		end.begin(context.executor(), most.toNanos(), most.toNanos(), () -> {
			this.late = true;
			failed((this.state == State.AWAITED && this.handshakes.peerBegins()
					? "the TLS handshake did not begin within " : "the TLS handshake was not complete after ")
					+ most.toMillis() + " ms");
		});
	}

	private void cancelDeadline() {
		if (this.deadline != null) {
			this.deadline.cancel();
			this.deadline = null;
		}
	}

	private void readFirst(ChannelHandlerContext context, ByteBuf bytes) {
		int type = bytes.isReadable() ? bytes.getUnsignedByte(bytes.readerIndex()) : HANDSHAKE_RECORD;
		boolean expected = this.handshakes.peerBegins() ? type == HANDSHAKE_RECORD
				: type >= FIRST_RECORD_TYPE && type <= LAST_RECORD_TYPE;
		if (!expected) {
			bytes.release();
			refuse();
			return;
		}
		if (this.handshakes.peerBegins()) {
			await(context, this.handshakes.timeout());
		}
		this.state = State.BEGUN;
		context.fireChannelRead(bytes);
	}

	/** The peer has sent something in the clear. */
	private void refuse() {
		this.session.close(TlsRequest.DATA_BEHIND);
		cancel();
	}

	@Override
	public void cancel() {
		if (this.state == State.AWAITED || this.state == State.BEGUN) {
			end(null);
		}
	}

	/** Ends the place of the handshake in the output. */
	private void end(@Nullable Throwable failure) {
		this.state = State.OVER;
		cancelDeadline();
		this.early.release();
		this.early = Unpooled.EMPTY_BUFFER;
		WriteResult notified = this.result;
		if (notified != null) {
			this.result = null;
			notified.done(failure, 0);
		}
	}

	@Override
	public void begun() {
		// That was seen when its first byte was received.
	}

	@Override
	public void secured(SessionTls tls) {
		if (this.state == State.BEGUN) {
			Objects.requireNonNull(this.context, "context").pipeline().remove(this);
			this.channel.secured(tls);
			this.session.input().certified();
			end(null);
			this.session.input().secured();
		}
	}

	@Override
	public void failed(@Nullable String detail) {
		if (this.state == State.AWAITED || this.state == State.BEGUN) {
			this.session.settle(new CloseStatus(CloseReason.TLS_FAILED, detail, null));
			end(this.channel.failed(new IOException(detail)));
		}
	}

	@Override
	public void disconnected() {
		failed("the peer left before the TLS handshake was complete");
	}

	@Override
	public boolean isLate() {
		return this.late;
	}

	// How the connection ends meanwhile.

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof ChannelInputShutdownEvent) {
			if (this.state == State.BEGUN) {
				disconnected();
			}
			else if (this.state == State.AWAITED) {
				leftInTheClear();
			}
		}
		context.fireUserEventTriggered(event);
	}

	private void leftInTheClear() {
		this.session.close(CloseStatus.of(CloseReason.PEER_CLOSED, "the peer left before the TLS handshake"));
		cancel();
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		end(new ClosedChannelException());
		context.fireChannelInactive();
	}

	private enum State {

		/** Replies still leave. */
		CLEAR,

		/** The peer has not begun. */
		AWAITED,

		/** The handshake is under way. */
		BEGUN,

		/** It is done, or there is none any more. */
		OVER

	}

}
