package dev.socketserver.engine.input;

import dev.socketserver.SessionSpec;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.framing.Framing;
import org.jspecify.annotations.Nullable;

/**
 * What may change between two frames of one session: the framing, and whether the
 * connection is encrypted. While something may, frames are decoded one at a time. Absent
 * where nothing can change.
 */
public final class FrameSteps {

	/** Absent unless the framing is switchable. */
	private final @Nullable FramingChange framing;

	/** Absent unless the handler may ask for TLS. */
	private final @Nullable TlsRequest tls;

	private FrameSteps(@Nullable FramingChange framing, @Nullable TlsRequest tls) {
		this.framing = framing;
		this.tls = tls;
	}

	/**
	 * Returns what may change in a session.
	 * @param spec what the session is made from
	 * @param connection its connection
	 * @return the steps, or {@code null} if there are none
	 */
	public static @Nullable FrameSteps of(SessionSpec spec, Connection connection) {
		FramingChange framing = spec.framing().switchable() ? new FramingChange() : null;
		TlsRequest tls = connection.startsTls() ? new TlsRequest() : null;
		return (framing != null || tls != null) ? new FrameSteps(framing, tls) : null;
	}

	/**
	 * Makes the framing with which a session begins.
	 * @param steps what may change in it
	 * @param spec what the session is made from
	 * @return the framing
	 */
	public static SessionFraming first(@Nullable FrameSteps steps, SessionSpec spec) {
		FramingChange change = (steps != null) ? steps.framing : null;
		return (change != null) ? change.first(spec) : SessionFraming.of(spec);
	}

	/** Whether frames are decoded one at a time. Any thread. */
	boolean oneAtATime() {
		return this.framing != null || (this.tls != null && this.tls.isAhead());
	}

	/**
	 * Whether a frame may be decoded while another is handled, since it may be a reply.
	 * The framing would be the wrong one; and what is behind a request for TLS is
	 * noticed.
	 */
	boolean mayDecodeAhead() {
		return this.framing == null && !awaitsTls();
	}

	/** Whether nothing is decoded, since the connection is about to be encrypted. */
	boolean awaitsTls() {
		return this.tls != null && this.tls.isUnderWay();
	}

	/** Whether a reply leaves together with the handshake. Where the handler runs. */
	boolean keeps(Object reply) {
		return this.tls != null && this.tls.keeps(reply);
	}

	/**
	 * The handler is done with a frame: what it has asked for takes effect, before the
	 * next is decoded. Where the handler runs, before it takes that frame.
	 * @param session encodes with another framing from now on
	 * @param deframer decodes with it
	 */
	void frameDone(ReceivingSession session, Deframer deframer) {
		SessionFraming next = (this.framing != null) ? this.framing.take() : null;
		if (next != null) {
			session.encodeWith(next.framing());
			deframer.decoder(next.decoder());
			session.state().connection().execute(deframer::decodeKept);
		}
		if (this.tls != null) {
			this.tls.frameDone();
		}
	}

	/**
	 * The connection is encrypted. On the loop.
	 * @return whether that could be asked for
	 */
	boolean secured() {
		if (this.tls != null) {
			this.tls.secured();
		}
		return this.tls != null;
	}

	/** The session is over: what was asked for and has not begun never will. */
	void sessionEnded() {
		if (this.tls != null) {
			this.tls.sessionEnded();
		}
	}

	/**
	 * Asks for another framing after the frame that is handled. Any thread.
	 * @param next the framing
	 * @param spec what the session is made from
	 */
	static void ask(@Nullable FrameSteps steps, Framing next, SessionSpec spec) {
		FramingChange change = (steps != null) ? steps.framing : null;
		if (change == null) {
			throw new IllegalStateException(
					"The framing of " + spec.owner() + " cannot be changed: it is not switchable");
		}
		change.ask(next, spec);
	}

	/**
	 * Asks for TLS behind the frame that is handled. On the thread of the handler.
	 * @param asked is notified when that is due
	 * @param spec what the session is made from
	 * @throws IllegalStateException if it cannot be asked for, or was before
	 */
	static void ask(@Nullable FrameSteps steps, TlsRequest.Asked asked, SessionSpec spec) {
		TlsRequest request = (steps != null) ? steps.tls : null;
		if (request == null) {
			throw new IllegalStateException("The connections of " + spec.owner()
					+ " cannot be encrypted on request: that needs ssl.bundle, and ssl.mode: on-request");
		}
		request.ask(asked);
	}

}
