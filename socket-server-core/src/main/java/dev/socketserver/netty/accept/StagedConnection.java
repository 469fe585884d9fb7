package dev.socketserver.netty.accept;

import java.net.InetSocketAddress;

import dev.socketserver.RejectReason;
import dev.socketserver.netty.tls.SessionTls;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/**
 * A connection as the {@link ConnectionStage stages} before its session see it. On its
 * event loop.
 */
public interface StagedConnection {

	/** Adds a handler after those of earlier stages. */
	void addHandler(ChannelHandler handler);

	/** Whether it is still pending: no session, not refused, and not gone. */
	boolean isPending();

	/** Whether a PROXY header may be first. */
	boolean mayBeProxied();

	/**
	 * Takes the addresses that a proxy has sent.
	 * @return whether the connection may go on; if not, it has been refused
	 */
	boolean proxied(InetSocketAddress remote, InetSocketAddress local);

	/** The TLS handshake is done. */
	void secured(SessionTls tls);

	/** The current stage is done. */
	void stageDone();

	/**
	 * Refuses the connection. If it was TLS that failed, the connection is closed in good
	 * order, so that the peer gets the alert that was written to it; else it is reset.
	 * @param reason why
	 * @param detail what the log and listeners report of it, in words of ours only, or
	 * {@code null}
	 */
	void stageFailed(RejectReason reason, @Nullable String detail);

	/**
	 * The peer has broken the rules of what precedes the bytes of the session, which has
	 * begun.
	 */
	void protocolError(String detail);

	/** Whether it was refused because a stage has taken too long. */
	boolean isLate();

	/**
	 * The peer has begun the current stage: from now on, it is refused if it leaves
	 * before the stage is done.
	 * @param detail what is then reported of it
	 */
	void begun(String detail);

	/** The peer has gone by itself. */
	void gone();

}
