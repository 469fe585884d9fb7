package dev.socketserver.netty.tls;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLHandshakeException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * An {@link SslHandler} whose handshake is computed later, on its loop or other threads.
 * A computation takes a millisecond or so, and a few hundred peers that do no more than
 * send a ClientHello would hold up all sessions of their loop; where it asks a trust
 * manager or key manager of the application, it may take as long as that likes.
 * <p>
 * The JVM's engine is locked while it computes, so that nothing gets to it from here
 * until that is over. What the peer sends meanwhile is kept, and if that becomes more
 * than a handshake has, no more is read. That the connection is closed or lost the engine
 * is not notified. Once the handshake is over this is a plain {@code SslHandler}.
 * {@link TlsRecords} has to be in front of it. Confined to the event loop.
 */
public final class DeferredSslHandler extends SslHandler {

	/** More than what follows a computation in one flight of a handshake. */
	private static final int MOST_KEPT = 16 * 1024;

	private final Executor threads;

	/** Computes what is next. */
	private Executor next;

	/**
	 * What was received and the engine has not got yet, in order: bytes, and events.
	 * Absent while there is nothing, as in a session.
	 */
	private @Nullable Deque<Object> kept;

	/** What may have the engine locked. */
	private @Nullable Computation computation;

	/** Whether the connection is not read because too much is kept, in whatever state. */
	private boolean paused;

	private boolean handshaken;

	/**
	 * Creates a handler.
	 * @param engine encrypts and decrypts
	 * @param threads compute the handshake
	 */
	public DeferredSslHandler(SSLEngine engine, Executor threads) {
		this(engine, threads, threads);
	}

	/**
	 * Creates a handler.
	 * @param engine encrypts and decrypts
	 * @param first computes what the first message of the peer needs
	 * @param threads compute the rest of the handshake
	 */
	DeferredSslHandler(SSLEngine engine, Executor first, Executor threads) {
		this(engine, first, threads, new Computer());
	}

	private DeferredSslHandler(SSLEngine engine, Executor first, Executor threads, Computer computer) {
		super(engine, computer);
		this.next = first;
		this.threads = threads;
		computer.handler = this;
		// One record for each, and nothing of it is left over for the next.
		setWrapDataSize(TlsRecords.CONTENT);
	}

	/**
	 * The handshake has ended. To be called by those whom Netty notifies of that, before
	 * they do anything.
	 * @param completion what Netty says of it
	 * @param channel the connection
	 * @return why it has failed, or {@code null} if what the peer sends after it is
	 * wanted
	 */
	public @Nullable Throwable handshaken(SslHandshakeCompletionEvent completion, Channel channel) {
		Throwable failure = completion.isSuccess() ? checkComplete() : completion.cause();
		if (failure != null) {
			this.kept = null;
		}
		if (channel.isOpen()) {
			// It is the engine that has said so, so it has computed. Else what was
			// written may have failed with the connection, in the midst of that.
			this.handshaken = true;
			this.computation = null;
			goOnReading(channel);
		}
		return failure;
	}

	/**
	 * To Netty it is a success that the engine is in no handshake any more, which is so
	 * too if the peer has cancelled it (RFC 8446, section 6.1) and shown nothing. What
	 * follows a complete handshake the engine has not got yet.
	 */
	private @Nullable Throwable checkComplete() {
		return engine().isInboundDone() ? new SSLHandshakeException("the peer has cancelled it") : null;
	}

	private void compute(Runnable task) {
		if (this.handshaken) {
			// Another handshake is going to be refused.
			task.run();
			return;
		}
		Computation computation = new Computation(task);
		this.computation = computation;
		Executor executor = this.next;
		this.next = this.threads;
		executor.execute(computation);
	}

	private void passKept(ChannelHandlerContext context) throws Exception {
		while (this.computation == null && this.kept != null && !context.isRemoved()) {
			Object first = takeFirst(this.kept);
			if (first instanceof ByteBuf bytes) {
				pass(context, bytes);
			}
			else {
				super.userEventTriggered(context, first);
			}
		}
		if (this.computation == null) {
			goOnReading(context.channel());
		}
	}

	private Object takeFirst(Deque<Object> waiting) {
		Object first = waiting.remove();
		if (waiting.isEmpty()) {
			this.kept = null;
		}
		return first;
	}

	private Deque<Object> kept() {
		Deque<Object> made = this.kept;
		if (made == null) {
			made = new ArrayDeque<>();
			this.kept = made;
		}
		return made;
	}

	/**
	 * Passes one record after the other, so that those after one that has to be computed
	 * stay here: {@code SslHandler} would keep the buffer into which they were read.
	 */
	private void pass(ChannelHandlerContext context, ByteBuf bytes) throws Exception {
		try {
			while (bytes.isReadable() && this.computation == null && !context.isRemoved()) {
				int length = this.handshaken ? bytes.readableBytes() : TlsRecords.first(bytes);
				super.channelRead(context, bytes.readRetainedSlice(length));
			}
			if (bytes.isReadable() && !context.isRemoved()) {
				kept().addFirst(Unpooled.copiedBuffer(bytes));
				pauseIfFull(context.channel());
			}
		}
		finally {
			bytes.release();
		}
	}

	/** In a buffer of their own size, and not in one that is for all connections. */
	private void keep(ChannelHandlerContext context, ByteBuf bytes) {
		if (this.kept != null && this.kept.peekLast() instanceof ByteBuf last) {
			last.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
		}
		else {
			kept().add(Unpooled.copiedBuffer(bytes));
		}
		pauseIfFull(context.channel());
	}

	private void pauseIfFull(Channel channel) {
		if (this.computation != null && !this.paused && keptBytes() > MOST_KEPT) {
			this.paused = true;
			channel.config().setAutoRead(false);
		}
	}

	private int keptBytes() {
		int sum = 0;
		for (Object each : kept()) {
			sum += (each instanceof ByteBuf bytes) ? bytes.readableBytes() : 0;
		}
		return sum;
	}

	private void goOnReading(Channel channel) {
		if (this.paused) {
			this.paused = false;
			channel.config().setAutoRead(true);
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
		ByteBuf bytes = (ByteBuf) message;
		if (!bytes.isReadable()) {
			// Netty "reads" nothing, to go on after a computation.
			this.computation = null;
			super.channelRead(context, bytes);
			passKept(context);
		}
		else if (this.handshaken && this.kept == null) {
			super.channelRead(context, bytes);
		}
		else if (this.computation == null && this.kept == null) {
			pass(context, bytes);
		}
		else {
			try {
				keep(context, bytes);
			}
			finally {
				bytes.release();
			}
		}
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) throws Exception {
		if (this.computation != null) {
			// Else Netty would read more, since the handshake is not over.
			context.flush();
			context.fireChannelReadComplete();
		}
		else {
			super.channelReadComplete(context);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
		if (this.computation != null || this.kept != null) {
			kept().add(event);
		}
		else {
			super.userEventTriggered(context, event);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) throws Exception {
		passKept(context);
		if (this.computation != null) {
			// It may wait for a thread for long.
			this.computation.cancel();
			this.kept = null;
			context.fireChannelInactive();
		}
		else {
			super.channelInactive(context);
		}
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored") // it is the promise that was passed
	public void close(ChannelHandlerContext context, ChannelPromise promise) throws Exception {
		if (this.computation != null) {
			context.close(promise);
		}
		else {
			super.close(context, promise);
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
		// The outcome of a computation does not matter any more.
		if (!context.isRemoved()) {
			super.exceptionCaught(context, cause);
		}
	}

	/** What it holds is given up as soon as it is not wanted, wherever it waits. */
	private static final class Computation implements Runnable {

		private final AtomicReference<@Nullable Runnable> task;

		Computation(Runnable task) {
			this.task = new AtomicReference<>(task);
		}

		void cancel() {
			this.task.set(null);
		}

		@Override
		public void run() {
			Runnable task = this.task.getAndSet(null);
			if (task != null) {
				task.run();
			}
		}

	}

	/** What {@code SslHandler} is given in place of a handler that does not exist yet. */
	private static final class Computer implements Executor {

		private @Nullable DeferredSslHandler handler;

		@Override
		public void execute(Runnable task) {
			if (this.handler != null) {
				this.handler.compute(task);
			}
		}

	}

}
