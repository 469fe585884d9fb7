package dev.socketserver.netty.channel;

import java.io.IOException;
import java.net.InetAddress;
import java.security.Principal;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import javax.net.ssl.SSLException;

import dev.socketserver.PeerCredentials;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.session.Session;
import dev.socketserver.netty.tls.SessionTls;
import dev.socketserver.netty.transport.ConnectionOptions;
import dev.socketserver.netty.transport.DirectOutput;
import dev.socketserver.netty.transport.LoopBuffers;
import dev.socketserver.netty.transport.Sockets;
import dev.socketserver.netty.workaround.EpollWorkaround;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Joins a session and its Netty channel: reports to the session what happens on the
 * channel, and does on the channel what the session asks for
 * ({@link dev.socketserver.engine.connection.Connection}). All fields are confined to the
 * event loop.
 * <p>
 * It is the last handler of the pipeline, and usually the only one. Much of what is here
 * is for connections on which it is not alone: with TLS in front of it
 * ({@link SessionTls}), or with handlers of the application, which forward what they
 * should.
 */
@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
public final class SessionChannel extends ChannelInboundHandlerAdapter implements Connection, DirectOutput.Offering {

	/**
	 * How long input that waits for a handler is left alone, once the connection is known
	 * to have ended.
	 */
	private static final long RECHECK_MILLIS = 200;

	private final SessionHost host;

	private final DuplexChannel channel;

	private final Session session;

	/** Absent until the connection begins to end, or fails. */
	private @Nullable ChannelEnd end;

	/** Absent unless the connection is encrypted. Any thread may ask. */
	private volatile @Nullable SessionTls tls;

	/** Absent unless the application has added handlers of its own. */
	private final @Nullable CustomHandlers custom;

	/** The last write of the session that Netty had to do. */
	private @Nullable NettyWrite writing;

	/**
	 * Whether the system has not said yet what it takes of a write: until then the
	 * session is not notified that the connection is gone.
	 */
	private boolean offering;

	/** Whether the connection is gone, which the session learns after that. */
	private boolean goneMeanwhile;

	/** The address among whose connections this one has a permit, if it has one. */
	private final @Nullable InetAddress permitOf;

	SessionChannel(SessionHost host, DuplexChannel channel, @Nullable SessionTls tls, @Nullable CustomHandlers custom,
			@Nullable InetAddress permitOf, Function<Connection, Session> sessions) {
		this.host = host;
		this.channel = channel;
		this.tls = tls;
		this.custom = custom;
		this.permitOf = permitOf;
		// Last, as it asks for what is above.
		this.session = sessions.apply(this);
	}

	Session session() {
		return this.session;
	}

	/** Notes that the TLS handshake is done for which the handler has asked. */
	void secured(SessionTls tls) {
		this.tls = tls;
		if (this.custom != null) {
			tls.othersMayWrite(this.channel.pipeline());
		}
	}

	// What happens on the channel.

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (!(message instanceof ByteBuf buffer)) {
			ReferenceCountUtil.release(message);
			broken(new IllegalStateException("a handler of the pipeline has passed on an object that is not a ByteBuf: "
					+ message.getClass().getName()));
			return;
		}
		try {
			if (this.end != null) {
				this.end.received(buffer.readableBytes());
			}
			byte[] bytes = LoopBuffers.get().scratch().bytes();
			while (buffer.isReadable()) {
				int length = Math.min(buffer.readableBytes(), bytes.length);
				buffer.readBytes(bytes, 0, length);
				this.session.received(bytes, length, System.nanoTime());
				if (!isLingering() && this.session.onlyDrops() && ending().countDiscarded(length)) {
					// Until the session, which is about to do so, closes the connection.
					read(false);
				}
			}
		}
		finally {
			buffer.release();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof ChannelInputShutdownEvent) {
			ChannelEnd begun = ending();
			begun.shutInput();
			if (!begun.isOutputShut() && UnwrittenOutput.isReset(this.channel)) {
				broken(reset());
			}
			else if (this.tls != null && !begun.isLingering() && !begun.isInputEnded()) {
				truncated();
			}
			else {
				inputEnded();
			}
		}
		else if (event instanceof SslCloseCompletionEvent completion && completion.isSuccess() && !isLingering()) {
			drop();
			inputEnded();
		}
		else if (event == EpollWorkaround.Lost.AFTER_INPUT) {
			lostAfterInput();
		}
	}

	/** The peer has ended TCP, and not TLS before. */
	private void truncated() {
		if (isLingering()) {
			// The session was closed meanwhile.
			inputEnded();
		}
		else {
			brokenUnless(this.session.inputWaitsToBeDecoded(), this::truncated, SessionTls.truncated());
		}
	}

	/** The peer is gone: there is no further notification. */
	private void lostAfterInput() {
		brokenUnless(this.session.inputWaits(), this::lostAfterInput, reset());
	}

	/** Closes the connection, unless input waits for the handler: then asks again. */
	private void brokenUnless(boolean waits, Runnable again, IOException cause) {
		if (waits) {
			this.channel.eventLoop().schedule(again, RECHECK_MILLIS, TimeUnit.MILLISECONDS);
		}
		else if (this.channel.isActive()) {
			broken(cause);
		}
	}

	private static IOException reset() {
		return new IOException("the connection was reset, or has timed out");
	}

	@Override
	public void channelReadComplete(ChannelHandlerContext context) {
		if (this.tls != null) {
			IOException tooMuch = this.tls.check(this.session, this.channel,
					(this.writing != null) ? this.writing.length() : 0);
			if (tooMuch != null) {
				broken(tooMuch);
			}
		}
		this.session.readsEnded();
	}

	private void inputEnded() {
		if (isLingering()) {
			closeIfShut();
		}
		else if (ending().endInput()) {
			if (isInputShut()) {
				HalfClosedProbe.begin(this.channel);
			}
			this.session.peerEnded();
		}
	}

	private void drop() {
		DroppedInput.begin(this.channel.pipeline(), ending(), this.tls, this.custom);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		if (this.tls != null && cause instanceof DecoderException && cause.getCause() instanceof SSLException refused) {
			broken(this.tls.failed(refused, this.session));
		}
		else {
			broken(cause);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		disconnected();
	}

	/** A handler of the application has removed the session from the pipeline. */
	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		if (this.channel.isOpen()) {
			closeNow();
		}
		disconnected();
	}

	/** Notifies the session that the connection is gone, once. */
	private void disconnected() {
		this.goneMeanwhile = this.offering;
		ChannelEnd begun = ending();
		if (this.offering || !begun.end()) {
			return;
		}
		if (this.tls != null && this.custom == null && begun.isUnexplained()) {
			// Netty has closed it, since a write of TLS itself has failed, such as that
			// of a session ticket.
			begun.fail(reset());
		}
		this.session.disconnected(begun.failure());
		this.host.disconnected(this.session);
	}

	@Override
	public void ended() {
		InetAddress address = this.permitOf;
		if (address != null) {
			this.host.permitFree(address);
		}
	}

	// How far it has ended.

	private ChannelEnd ending() {
		ChannelEnd begun = this.end;
		if (begun == null) {
			begun = new ChannelEnd();
			this.end = begun;
		}
		return begun;
	}

	private boolean isLingering() {
		return this.end != null && this.end.isLingering();
	}

	private boolean isInputEnded() {
		return this.end != null && this.end.isInputEnded();
	}

	private boolean isInputShut() {
		return this.end != null && this.end.isInputShut();
	}

	// How it fails, and is closed.

	/**
	 * Closes the connection, since something in the pipeline has failed. On the loop.
	 * @return what has failed first
	 */
	private Throwable broken(Throwable cause) {
		if (ending().failure() == null) {
			CustomHandlers.failed(this.host, cause);
		}
		return failed(cause);
	}

	/**
	 * Closes the connection, as one that has failed: part of a frame may have left, and
	 * nothing may follow it. On the loop.
	 * @return what has failed first
	 */
	Throwable failed(Throwable cause) {
		Throwable first = ending().fail(cause);
		// With half-closure allowed, Netty would leave it open.
		closeNow();
		return first;
	}

	private void closeNow() {
		SessionTls.closeNow(this.channel, this.tls);
	}

	@Override
	public void abort() {
		execute(() -> {
			if (this.channel.isOpen()) {
				Sockets.resetOnClose(this.channel);
				closeNow();
			}
		});
	}

	// What the session asks for.

	@Override
	public boolean isLoop() {
		return this.channel.eventLoop().inEventLoop();
	}

	@Override
	public void executeLater(Runnable task) {
		Sockets.onLoop(this.channel.eventLoop(), task);
	}

	@Override
	public void write(OutputBytes bytes, WriteResult result) {
		if (isAlone()) {
			this.offering = true;
			DirectOutput.offer(this.channel, bytes, result, this);
		}
		else if (this.tls != null && this.custom == null) {
			this.tls.offer(this.channel, bytes, result, this);
		}
		else {
			offered(bytes, result, 0, null, null);
		}
	}

	/** Whether no handler is in front that has to see or encrypt what leaves. */
	private boolean isAlone() {
		return this.channel.pipeline().first() == this;
	}

	@Override
	public void offered(OutputBytes bytes, WriteResult result, int taken, @Nullable Throwable failure,
			@Nullable ChannelFuture last) {
		this.offering = false;
		boolean gone = this.goneMeanwhile;
		if (failure != null) {
			result.done(failed(failure), taken);
		}
		else if (taken == bytes.size() && last == null) {
			result.done(null, taken);
		}
		else {
			writeRest(bytes, result, taken, last);
		}
		if (gone) {
			disconnected();
		}
	}

	private void writeRest(OutputBytes bytes, WriteResult result, int taken, @Nullable ChannelFuture before) {
		ByteBuf rest;
		try {
			rest = UnwrittenOutput.rest(this.channel, bytes, taken, this.tls != null);
		}
		catch (RuntimeException | Error ex) {
			result.done(failed(ex), taken);
			return;
		}
		if (this.end != null && this.end.readsAgain()) {
			read(true);
		}
		this.writing = new NettyWrite(bytes.size(), rest, isAlone(), this::writeFailed, result);
		this.writing.begin(this.channel, rest, this.tls != null && this.custom == null, before);
	}

	private Throwable writeFailed(Throwable failure) {
		return broken((this.tls != null && isInputEnded()) ? SessionTls.afterInput(failure) : failure);
	}

	@Override
	public boolean startsTls() {
		return this.tls == null && this.host.handshakes() != null;
	}

	@Override
	public boolean secure() {
		return this.tls != null;
	}

	@Override
	public TlsStart tlsStart() {
		return RequestedTls.of(this.channel.pipeline(),
				() -> new RequestedTls(this, ending(), this.session, Objects.requireNonNull(this.host.handshakes())));
	}

	@Override
	public long unwritten() {
		return UnwrittenOutput.of(this.channel);
	}

	@Override
	public void reading(boolean on) {
		// There is nothing to read after the end of the stream.
		if (!isInputEnded()) {
			read(on);
		}
	}

	private void read(boolean on) {
		this.channel.config().setAutoRead(on);
	}

	@Override
	public void writeTimeChanged(@Nullable Duration write) {
		execute(() -> ConnectionOptions.writeTimeChanged(this.channel, write));
	}

	@Override
	public void shutdownOutput() {
		if (this.tls != null) {
			// After the close_notify, which would be dropped otherwise.
			this.tls.closeOutbound().addListener((sent) -> endOutput());
		}
		else if (this.custom != null) {
			this.custom.afterOutput(this::endOutput);
		}
		else {
			endOutput();
		}
	}

	private void endOutput() {
		ending().shutOutput();
		this.channel.shutdownOutput();
		if (isLingering()) {
			closeIfShut();
		}
	}

	@Override
	public void close() {
		boolean inputOver = isInputShut() && this.tls == null;
		CustomHandlers handlers = this.custom;
		if ((inputOver && handlers == null) || !this.channel.isActive()) {
			this.channel.close();
			return;
		}
		LingeringClose begun = ending().linger(this.channel, this::handlersHave, this::closeNow,
				this.session.state().bytesSent() > 0);
		if (inputOver && handlers != null) {
			// The handlers of the application are asked first, and may have something
			// to send at the end.
			handlers.afterOutput(this.channel::close);
		}
		else {
			shutdownOutput();
			drop();
			read(true);
		}
		begun.begin();
	}

	private void closeIfShut() {
		if (ending().isShut()) {
			closeNow();
		}
	}

	/** How much stands before the end of the output, and has not left yet. */
	private long handlersHave() {
		return (this.custom != null && !ending().isOutputShut() && this.channel.isOpen()) ? unwritten() : 0;
	}

	@Override
	public @Nullable Principal principal() {
		Principal proved = (this.tls != null) ? this.tls.principal() : null;
		return (proved != null) ? proved : this.host.kind().principal(this.channel);
	}

	@Override
	public @Nullable PeerCredentials peerCredentials() {
		return this.host.kind().credentials(this.channel);
	}

	@Override
	public boolean proxied() {
		return this.host.proxied();
	}

}
