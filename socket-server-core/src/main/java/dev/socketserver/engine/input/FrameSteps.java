package dev.socketserver.engine.input;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.SessionSpec;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.heartbeat.HeartbeatMessages;
import org.jspecify.annotations.Nullable;

/**
 * What may change between two frames of one session: the framing, and whether the
 * connection is encrypted. While something may, frames are decoded one at a time. Any
 * thread, if not stated otherwise.
 */
public final class FrameSteps {

	/** What sessions share in which nothing can change. */
	private static final FrameSteps NONE = new FrameSteps(false, null);

	/**
	 * The framing from the next frame on, if it is to be another. Absent unless the
	 * framing is switchable.
	 */
	private final @Nullable AtomicReference<@Nullable SessionFraming> next;

	/** What decodes from the next frame on, if that is to be another. Absent likewise. */
	private final @Nullable AtomicReference<@Nullable FrameDecoder> decoder;

	/**
	 * Empty frames that were sent in whatever framing, and are not answered yet. Absent
	 * likewise.
	 */
	private final @Nullable AtomicInteger unanswered;

	/** Absent unless the handler may ask for TLS. */
	private final @Nullable TlsRequest tls;

	private FrameSteps(boolean switchable, @Nullable TlsRequest tls) {
		this.next = switchable ? new AtomicReference<>() : null;
		this.decoder = switchable ? new AtomicReference<>() : null;
		this.unanswered = switchable ? new AtomicInteger() : null;
		this.tls = tls;
	}

	/**
	 * Returns what may change in a session.
	 * @param spec what the session is made from
	 * @param connection its connection
	 * @return the steps
	 */
	public static FrameSteps of(SessionSpec spec, Connection connection) {
		boolean switchable = spec.framing().switchable();
		TlsRequest tls = connection.startsTls() ? new TlsRequest() : null;
		return (switchable || tls != null) ? new FrameSteps(switchable, tls) : NONE;
	}

	/**
	 * Makes the framing with which the session begins.
	 * @param spec what the session is made from
	 * @return the framing
	 */
	public SessionFraming first(SessionSpec spec) {
		return SessionFraming.of(spec.framing(), spec, this.unanswered);
	}

	/**
	 * Whether frames are decoded one at a time.
	 * @return {@code true} while something can change between two of them
	 */
	public boolean oneAtATime() {
		return this.next != null || (this.tls != null && this.tls.isAhead());
	}

	/**
	 * Whether a frame may be decoded while another is handled, since it may be a reply.
	 * The framing would be the wrong one; and what is behind a request for TLS is
	 * noticed.
	 */
	boolean mayDecodeAhead() {
		return this.next == null && !awaitsTls();
	}

	/**
	 * Whether nothing is decoded, since the connection is about to be encrypted.
	 * @return {@code true} from the request to the end of the handshake
	 */
	public boolean awaitsTls() {
		return this.tls != null && this.tls.isUnderWay();
	}

	/**
	 * The handler replies to a frame. Where the handler runs.
	 * @param reply what leaves, as the outbox takes it
	 * @return whether it leaves together with the TLS handshake for which it has asked
	 */
	public boolean keeps(Object reply) {
		return this.tls != null && this.tls.keeps(reply);
	}

	/**
	 * The handler is done with a frame: what it has asked for takes effect, before the
	 * next is decoded. Where the handler runs, before it takes that frame.
	 * @param session encodes with another framing from now on
	 * @param deframer decodes with it
	 */
	void frameDone(ReceivingSession session, Deframer deframer) {
		// Read before it is taken, which costs more: there is nearly never one.
		SessionFraming next = (this.next != null && this.next.get() != null) ? this.next.getAndSet(null) : null;
		if (next != null) {
			Objects.requireNonNull(this.decoder).set(next.decoder());
		}
		if (this.tls != null) {
			// The reply that it keeps is one to this frame, and leaves in its framing.
			this.tls.frameDone();
		}
		if (next != null) {
			session.encodeWith(next.framing());
			session.state().connection().execute(deframer::decodeKept);
		}
	}

	/**
	 * Returns what decodes the next frame. On the loop.
	 * @param present what has decoded those before
	 */
	FrameDecoder decoder(FrameDecoder present) {
		FrameDecoder other = (this.decoder != null && this.decoder.get() != null) ? this.decoder.getAndSet(null) : null;
		return (other != null) ? other : present;
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
	public void sessionEnded() {
		if (this.tls != null) {
			this.tls.sessionEnded();
		}
	}

	/**
	 * Asks for another framing after the frame that is handled.
	 * @param framing the framing
	 * @param spec what the session is made from
	 * @throws IllegalStateException if it cannot be changed
	 * @throws IllegalArgumentException if the session has heartbeats, and the framing
	 * cannot have them
	 */
	public void ask(Framing framing, SessionSpec spec) {
		if (this.next == null) {
			throw new IllegalStateException(
					"The framing of " + spec.owner() + " cannot be changed: it is not switchable");
		}
		HeartbeatMessages.Problem problem = (spec.heartbeat() != null)
				? new HeartbeatMessages(spec.heartbeat(), spec.charset()).problem(framing) : null;
		if (problem != null) {
			throw new IllegalArgumentException(spec.title() + " has heartbeats, and " + problem.reason());
		}
		// The decoder is made here: if the framing cannot make it, the caller learns of
		// it.
		this.next.set(SessionFraming.of(framing, spec, this.unanswered));
	}

	/**
	 * Asks for TLS behind the frame that is handled. On the thread of the handler.
	 * @param asked is notified when that is due
	 * @param spec what the session is made from
	 * @throws IllegalStateException if it cannot be asked for, or was before
	 */
	void ask(TlsRequest.Asked asked, SessionSpec spec) {
		if (this.tls == null) {
			throw new IllegalStateException("The connections of " + spec.owner()
					+ " cannot be encrypted on request: that needs ssl.bundle, and ssl.mode: on-request");
		}
		this.tls.ask(asked);
	}

}
