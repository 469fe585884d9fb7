package dev.socketserver.netty.accept;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Iterator;
import java.util.Objects;

import dev.socketserver.RejectReason;
import dev.socketserver.admission.Refusal;
import dev.socketserver.engine.log.SafeLogger;
import dev.socketserver.engine.threads.Deadline;
import dev.socketserver.netty.channel.SessionOpening;
import dev.socketserver.netty.tls.SessionTls;
import dev.socketserver.netty.tls.TlsHandshake;
import dev.socketserver.netty.transport.Sockets;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * A connection that was accepted and is no session yet, because {@link ConnectionStage}s
 * come first, one after the other. If it waits for its peer it counts against
 * {@code limits.pending}, and always has a deadline. A connection without stages has no
 * such object.
 * <p>
 * It is the last handler of the pipeline, in the place that {@link SessionOpening} takes
 * when the last stage is done. The handler of a stage is in front of it, after those of
 * earlier stages, and says once, on the loop, how the stage has ended.
 * {@link #stageDone()} begins the next stage or opens the session before it returns, so
 * that a handler can then pass on what it has read too much. {@link #stageFailed} refuses
 * the connection. A handler stays in the pipeline (TLS) or removes itself (PROXY). An
 * exception that was not caught on its way here is a failure of the current stage. So is
 * a peer that leaves in the midst of a handshake, once it has {@linkplain #begun begun};
 * another one that goes by itself is not logged.
 * <p>
 * The time of a stage counts from its beginning, that of the first from the accept, and
 * nothing that the peer sends makes it longer: so there is one absolute end of all stages
 * together. All fields are confined to the event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what closes notifies its listeners
final class PendingConnection extends ChannelInboundHandlerAdapter
		implements ChannelFutureListener, TlsHandshake.Listener {

	private static final SafeLogger logger = SafeLogger.of(PendingConnection.class);

	/** Of a peer that was gone before it could be checked. */
	private static final InetSocketAddress UNKNOWN = new InetSocketAddress(0);

	private final PendingConnections all;

	private final DuplexChannel channel;

	private final SessionOpening opening;

	/** What it goes through, whatever others do that are accepted later. */
	private final PendingConnections.Stages passed;

	private final Iterator<ConnectionStage> stages;

	private final boolean proxy;

	/** The address among whose pending connections it has a permit, if one is known. */
	private @Nullable InetAddress pendingOf;

	/** When the current stage began. */
	private long begun = System.nanoTime();

	private @Nullable ConnectionStage stage;

	private @Nullable Deadline deadline;

	private @Nullable ChannelHandlerContext context;

	/** The addresses that a proxy has sent, if one has. */
	private @Nullable InetSocketAddress remote;

	private @Nullable InetSocketAddress local;

	/**
	 * Whether the peer has begun a handshake: it is refused if it leaves before that is
	 * done.
	 */
	private boolean greeted;

	private State state = State.PENDING;

	PendingConnection(PendingConnections all, DuplexChannel channel, SessionOpening opening,
			PendingConnections.Stages passed, boolean proxy, @Nullable InetAddress address) {
		this.all = all;
		this.passed = passed;
		this.channel = channel;
		this.opening = opening;
		this.stages = passed.of(proxy).iterator();
		this.proxy = proxy;
		this.pendingOf = address;
	}

	/** Whether it is still pending: no session, not refused, and not gone. */
	boolean isPending() {
		return this.state == State.PENDING;
	}

	// What stages ask for. On the loop.

	/**
	 * Takes the addresses that a proxy has sent.
	 * @return whether the connection may go on; if not, it has been refused
	 */
	boolean proxied(InetSocketAddress remote, InetSocketAddress local) {
		if (!isPending()) {
			// No other part gives its permits back.
			return false;
		}
		this.remote = remote;
		this.local = local;
		Refusal refusal = this.all.intake().proxied(remote.getAddress());
		if (refusal != null) {
			stageFailed(refusal.reason(), refusal.detail());
			return false;
		}
		this.pendingOf = remote.getAddress();
		if (this.all.intake().admission().countsAddresses()) {
			this.opening.holdsPermitOf(remote.getAddress());
		}
		return true;
	}

	/**
	 * The peer has broken the rules of what precedes the bytes of the session, which has
	 * begun.
	 */
	void protocolError(String detail) {
		this.opening.protocolError(detail);
	}

	/** The current stage is done. */
	void stageDone() {
		if (!isPending()) {
			return;
		}
		this.begun = System.nanoTime();
		next();
	}

	/**
	 * Refuses the connection. If it was TLS that failed, the connection is closed in good
	 * order, so that the peer gets the alert that was written to it; else it is reset.
	 * @param reason why
	 * @param detail what the log and listeners report of it, in words of ours only, or
	 * {@code null}
	 */
	void stageFailed(RejectReason reason, @Nullable String detail) {
		refuse(reason, detail, null, State.REFUSED);
	}

	private void refuse(RejectReason reason, @Nullable String detail, @Nullable Throwable cause, State how) {
		if (!end(how)) {
			return;
		}
		InetSocketAddress peer = peer();
		logger.debug("A connection of {} to server '{}' is refused: {}, {}", peer, this.all.intake().label(), reason,
				detail, cause);
		try {
			// Counted first: whoever then reads the statistics finds it counted.
			this.all.intake().rejected(peer, reason, detail);
		}
		finally {
			if (reason != RejectReason.TLS_FAILED) {
				Sockets.resetOnClose(this.channel);
			}
			this.channel.close();
		}
	}

	private InetSocketAddress peer() {
		if (this.remote != null) {
			return this.remote;
		}
		InetSocketAddress peer = this.opening.remoteAddress();
		return (peer != null) ? peer : UNKNOWN;
	}

	// How it goes on.

	private void next() {
		cancelDeadline();
		if (!this.stages.hasNext()) {
			ready();
			return;
		}
		ConnectionStage next = this.stages.next();
		this.stage = next;
		long left = next.timeout().toNanos() - (System.nanoTime() - this.begun);
		Deadline end = new Deadline();
		this.deadline = end;
		end.begin(context().executor(), Math.max(0, left), next.timeout().toNanos(), () -> late(next));
		context().pipeline().addBefore(context().name(), null, next.handlers().apply(this));
		if (!next.waits()) {
			stageDone();
		}
	}

	private void late(ConnectionStage of) {
		if (of == this.stage) {
			refuse(of.reason(), of.late(), null, State.LATE);
		}
	}

	private void ready() {
		if (!end(State.ENDED)) {
			return;
		}
		// From here on the opening gives everything back, and this is garbage: a
		// connection would keep it for as long as it is open.
		this.channel.closeFuture().removeListener(this).addListener(this.opening);
		this.opening.open(this, this.remote, this.local);
	}

	private ChannelHandlerContext context() {
		return Objects.requireNonNull(this.context, "Not in a pipeline yet");
	}

	private void cancelDeadline() {
		Deadline end = this.deadline;
		if (end != null) {
			end.cancel();
			this.deadline = null;
		}
	}

	/**
	 * Releases the permit among the pending connections, if it has one.
	 * @return {@code false} if that was done before
	 */
	private boolean end(State how) {
		if (!isPending()) {
			return false;
		}
		this.state = how;
		this.stage = null;
		cancelDeadline();
		this.all.ended(this, this.passed.waits(this.proxy), this.pendingOf);
		return true;
	}

	/** Whether a PROXY header may be first. */
	boolean mayBeProxied() {
		return this.passed.proxied();
	}

	/**
	 * Aborts the connection, because the server stops: nothing is lost by that. Any
	 * thread.
	 */
	void abort() {
		this.opening.abort();
	}

	// What its TLS handshake says.

	@Override
	public void begun() {
		this.greeted = true;
	}

	@Override
	public void secured(SessionTls tls) {
		this.opening.secured(tls);
		stageDone();
	}

	@Override
	public void failed(@Nullable String detail) {
		stageFailed(RejectReason.TLS_FAILED, detail);
	}

	/**
	 * Ends a connection whose peer has gone by itself. A transport may still have bytes
	 * of it.
	 */
	@Override
	public void disconnected() {
		ConnectionStage current = this.stage;
		if (current != null && this.greeted && !this.all.isStopped()) {
			stageFailed(current.reason(), "the peer left before the TLS handshake was complete");
			return;
		}
		end(State.ENDED);
		this.channel.close();
	}

	@Override
	public boolean isLate() {
		return this.state == State.LATE;
	}

	// What happens on the channel.

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.context = context;
	}

	@Override
	public void channelActive(ChannelHandlerContext context) {
		if (this.all.begun(this)) {
			next();
		}
		else {
			abort();
		}
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ReferenceCountUtil.release(message);
		ConnectionStage current = this.stage;
		if (current != null) {
			refuse(current.reason(), "unexpected bytes",
					new IllegalStateException("Bytes of a session that has not begun"), State.REFUSED);
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof ChannelInputShutdownEvent) {
			// A peer that has ended its output cannot complete a stage any more.
			disconnected();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		ConnectionStage current = this.stage;
		if (cause instanceof IOException || current == null) {
			disconnected();
		}
		else {
			refuse(current.reason(), "unexpected " + cause.getClass().getSimpleName(), cause, State.REFUSED);
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		// Only the end of the channel matters: see below.
	}

	/**
	 * The channel has closed, perhaps before it was ever active. Whether that is a
	 * refusal has to be known before the permits are given back.
	 */
	@Override
	public void operationComplete(ChannelFuture closed) {
		try {
			disconnected();
		}
		finally {
			this.opening.closed(this.state != State.ENDED);
		}
	}

	/**
	 * Whether a {@link PendingConnection} waits to become a session.
	 *
	 * <pre>
	 *   PENDING ──a session opens, gone──▶ ENDED
	 *      ├──refused──▶ REFUSED
	 *      └──the time of a stage is over──▶ LATE
	 * </pre>
	 */
	private enum State {

		/** It goes through its stages. */
		PENDING,

		/** It has become a session, or is gone. */
		ENDED,

		/** It is refused. */
		REFUSED,

		/** It is refused, since a stage took too long. */
		LATE

	}

}
