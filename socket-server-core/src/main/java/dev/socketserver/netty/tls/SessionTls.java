package dev.socketserver.netty.tls;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.Principal;

import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.connection.Connection.WriteResult;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.waiting.Charge;
import dev.socketserver.netty.transport.DirectOutput;
import dev.socketserver.netty.transport.DirectOutput.Offering;
import dev.socketserver.netty.transport.LoopBuffers;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * What a session's connection has in addition if it is encrypted: where TLS stands in the
 * pipeline, what TLS holds and writes by itself, which no other limit counts, what leaves
 * past it, and how it fails. Confined to the event loop.
 */
public final class SessionTls {

	/**
	 * The most bytes that TLS writes by itself and that wait for the peer to read. A peer
	 * can ask TLS for answers, such as new keys (RFC 8446, section 4.6.3), and no other
	 * limit counts these.
	 */
	private static final int MAX_ANSWERS = 64 * 1024;

	/**
	 * What an engine may speak when its handshake is done. The JVM's goes along when a
	 * peer negotiates anew, which TLS 1.3 does not have: so a peer of TLS 1.2 that tries
	 * finds no version in common (netty/netty#17451).
	 */
	private static final String[] NO_MORE_HANDSHAKES = { "TLSv1.3" };

	/** RFC 5246, section 7.2.1; TLS 1.3 has ends of each direction. */
	private static final String ENDED_BY_PEER = "the peer has ended the connection, which with TLS 1.2 ends "
			+ "both directions, before everything was sent";

	/** Encrypts and decrypts. */
	private final SslHandler handler;

	/** Collects the records of what is received encrypted. */
	private final TlsRecords records;

	/** Who the peer has shown to be, if it was asked. */
	private final @Nullable Principal principal;

	/** Charges bytes of records; absent until there are some that wait for more. */
	private @Nullable Charge charge;

	/** Present where handlers of the application may write, too. */
	private @Nullable TlsAnswers answers;

	/**
	 * The handshake is done.
	 * @param handler encrypts and decrypts
	 * @param records what the handler gets
	 * @param asked whether the peer was asked who it is
	 */
	public SessionTls(SslHandler handler, TlsRecords records, boolean asked) {
		this.handler = handler;
		this.records = records;
		SSLEngine engine = handler.engine();
		engine.setEnabledProtocols(NO_MORE_HANDSHAKES);
		this.principal = asked ? principal(engine) : null;
		records.follow(engine);
	}

	private static @Nullable Principal principal(SSLEngine engine) {
		try {
			return engine.getSession().getPeerPrincipal();
		}
		catch (SSLPeerUnverifiedException ex) {
			return null;
		}
	}

	/** Who the peer has shown to be, if it was asked. */
	public @Nullable Principal principal() {
		return this.principal;
	}

	/** Where it encrypts and decrypts, if it still does. */
	private @Nullable ChannelHandlerContext context(ChannelPipeline pipeline) {
		return pipeline.context(this.handler);
	}

	/** What comes first of it, and gets what the peer has encrypted. */
	public @Nullable ChannelHandlerContext recordsContext(ChannelPipeline pipeline) {
		return pipeline.context(this.records);
	}

	/** Handlers of the application may write from now on. */
	public void othersMayWrite(ChannelPipeline pipeline) {
		ChannelHandlerContext encrypting = context(pipeline);
		if (encrypting != null) {
			this.answers = TlsAnswers.around(encrypting);
		}
	}

	/**
	 * Something was received: charges the session with what is held for it.
	 * @param session the session
	 * @param channel the connection
	 * @param written how many bytes of the session's own wait in it
	 * @return why it fails, if more answers wait for the peer than it may ask for without
	 * reading them
	 */
	public @Nullable IOException check(Session session, Channel channel, int written) {
		int held = this.records.held();
		if (this.charge == null && held > 0) {
			this.charge = Charge.inSteps(session.state());
		}
		if (this.charge != null) {
			this.charge.settle(held);
		}
		return (pendingAnswers(channel, written) > MAX_ANSWERS)
				? failed(new SSLException("the peer requests more TLS responses than it reads"), session) : null;
	}

	private long pendingAnswers(Channel channel, int written) {
		if (this.answers != null) {
			return this.answers.pending();
		}
		// Only the session writes here; TLS and Netty add to that.
		ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() - written - written / 8 : 0;
	}

	/**
	 * Encrypts output and sends it at once, past Netty's handler of TLS and its outbound
	 * queue, as {@link DirectOutput} does with what is not encrypted. It is for output
	 * that fits in one record: with more of them, a buffer and a promise for each cost
	 * little beside the encryption. On the loop.
	 * @param channel the connection, in which no other handlers write
	 * @param bytes the output
	 * @param result is passed on
	 * @param offering is notified of the outcome
	 */
	public void offer(Channel channel, OutputBytes bytes, WriteResult result, Offering offering) {
		int taken = 0;
		ChannelFuture last = null;
		Throwable failure = null;
		try {
			SSLEngine engine = this.handler.engine();
			if (DirectOutput.sendsAtOnce(channel) && engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING) {
				LoopBuffers buffers = LoopBuffers.get();
				bytes.measure(buffers.scratch());
				if (bytes.size() <= TlsRecords.CONTENT) {
					ByteBuffer plain = ByteBuffer.wrap(bytes.array(), 0, bytes.size());
					ByteBuffer records = buffers.records();
					boolean more = encrypt(engine, plain, records);
					last = send(channel, records.flip());
					taken = plain.position();
					if (more) {
						// It changes its keys, and says so in a record of its own.
						channel.flush();
					}
				}
			}
		}
		catch (IOException | RuntimeException | Error ex) {
			// Whatever it is: without a result the session would wait for ever.
			failure = ex;
		}
		offering.offered(bytes, result, taken, failure, last);
	}

	/**
	 * Encrypts to one record, unless shorter ones were agreed on. What the engine refuses
	 * is left for the handler, which reports why.
	 * @return whether the engine has something to write itself
	 */
	private static boolean encrypt(SSLEngine engine, ByteBuffer plain, ByteBuffer records) throws IOException {
		SSLEngineResult result;
		do {
			result = engine.wrap(plain, records);
		}
		while (result.getStatus() == Status.OK && result.bytesConsumed() > 0 && plain.hasRemaining());
		return result.getStatus() == Status.OK && result.getHandshakeStatus() == HandshakeStatus.NEED_WRAP;
	}

	/**
	 * Sends records, and has Netty write what the system does not take: past the handler,
	 * which would encrypt that once more.
	 * @return completes when the system has taken it; {@code null} if there is none
	 */
	private @Nullable ChannelFuture send(Channel channel, ByteBuffer records) throws IOException {
		if (!records.hasRemaining()) {
			return null;
		}
		int sent = DirectOutput.send(channel, records.duplicate());
		if (sent == records.limit()) {
			return null;
		}
		ByteBuf rest = channel.alloc().directBuffer(records.limit() - sent).writeBytes(records.position(sent));
		return channel.pipeline().context(this.handler).writeAndFlush(rest);
	}

	/** Drops the records that are being read just now, and all that follow. */
	public void drop() {
		this.records.end();
	}

	/** Sends a close_notify after what was written; completes when it has left. */
	public ChannelFuture closeOutbound() {
		return this.handler.closeOutbound();
	}

	/**
	 * Closes a connection without a close_notify, for the stream must not look complete
	 * to the peer.
	 * @param channel the connection
	 * @param tls what encrypts it; {@code null} if nothing does
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // failures are reported as events
	public static void closeNow(Channel channel, @Nullable SessionTls tls) {
		ChannelHandlerContext encrypting = (tls != null) ? tls.context(channel.pipeline()) : null;
		if (encrypting != null) {
			encrypting.close();
		}
		else {
			channel.close();
		}
	}

	// How it fails.

	/**
	 * TLS has failed, and has sent the alert that notifies the peer.
	 * @param cause why
	 * @param session ends with that reason, unless the alert is the peer's
	 * @return why the connection fails
	 */
	public IOException failed(SSLException cause, @Nullable Session session) {
		String detail = "TLS: " + TlsFailures.message(cause);
		if (session != null && !isPeersAlert()) {
			// Settled, and not closed, which would end the output in good order.
			session.settle(CloseStatus.of(CloseReason.PROTOCOL_ERROR, detail));
		}
		return new IOException(detail);
	}

	/**
	 * Returns why a connection fails that the peer has ended without a close_notify (RFC
	 * 8446, section 6.1): anybody on the way may have ended it, and the end of the input
	 * may be missing. What was received is handled: many peers just leave when they have
	 * sent everything.
	 */
	public static IOException truncated() {
		return new EOFException("the connection was ended without a TLS close_notify");
	}

	/** Returns why a write has failed after the end of the peer's output. */
	public static Throwable afterInput(Throwable failure) {
		return (failure instanceof SSLException) ? new IOException(ENDED_BY_PEER, failure) : failure;
	}

	/**
	 * Whether a failure of TLS is an alert of the peer's. It is the only one that gets
	 * none.
	 */
	private boolean isPeersAlert() {
		return this.handler.engine().isInboundDone() && !this.records.answeredTheEnd();
	}

}
