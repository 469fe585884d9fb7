package dev.socketserver;

/**
 * Why a session ended. Each session ends for exactly one reason, which logs, events,
 * metrics and endpoints call by the same word.
 */
public enum CloseReason {

	/**
	 * The peer ended its output; everything that it had sent was handled, and the replies
	 * were sent.
	 */
	PEER_CLOSED(true),

	/**
	 * The peer reset the connection, or vanished while something was being sent to it.
	 */
	PEER_RESET,

	/** The handler, or other code of the application, closed the session. */
	HANDLER_CLOSED(true),

	/** The handler threw. */
	HANDLER_ERROR,

	/** Method security has refused a call of the handler. */
	ACCESS_DENIED,

	/** The session handled as many frames as it was configured to. */
	REQUESTS_DONE(true),

	/** A frame was longer than the configured limit. */
	FRAME_TOO_LARGE,

	/** The bytes received do not follow the configured framing. */
	PROTOCOL_ERROR,

	/** A frame could not be converted to what the handler takes. */
	DECODE_ERROR,

	/** No complete frame arrived within the time allowed for the first one. */
	FIRST_FRAME_TIMEOUT,

	/** A frame began but was not completed in time. */
	FRAME_TIMEOUT,

	/** The peer sent nothing for the configured idle timeout. */
	IDLE_TIMEOUT,

	/** A write made no progress for the configured time. */
	WRITE_TIMEOUT,

	/**
	 * Nothing arrived, not even a heartbeat, for the heartbeat timeout; or a heartbeat
	 * was not answered in time.
	 */
	HEARTBEAT_TIMEOUT,

	/** The session reached its greatest age. */
	SESSION_TIMEOUT,

	/** The peer reads too slowly, and the outbound overflow policy is to close. */
	SLOW_CONSUMER,

	/** The handler is too slow, and the inbound overflow policy is to close. */
	OVERFLOW,

	/** A message could not be stored before its turn, which closes the session. */
	NOT_STORED,

	/**
	 * The application-wide memory limit was exceeded, or nothing became free near it, and
	 * this session held most.
	 */
	MEMORY,

	/** A newer session took over this session's identity. */
	REPLACED(true),

	/** Another connection of this client took the place of this one. */
	ROTATED(true),

	/** An operator closed the session. */
	OPERATOR_CLOSED(true),

	/**
	 * The peer could not log in: too many attempts have failed, or it has sent too many
	 * messages.
	 */
	LOGIN_FAILED,

	/** The session was not logged in in time, or had to make room for others. */
	LOGIN_TIMEOUT,

	/** The peer has sent faster than it may, and the policy is to close. */
	RATE_EXCEEDED,

	/** The server stopped, or the client whose connection this was. */
	SERVER_STOPPED(true),

	/** The executor that runs the handler refused work. */
	EXECUTOR_REJECTED,

	/**
	 * A TLS handshake that the handler has asked for failed, or did not begin in time.
	 */
	TLS_FAILED,

	/** Reading or writing failed in another way. */
	IO_ERROR;

	private final boolean orderly;

	CloseReason() {
		this(false);
	}

	CloseReason(boolean orderly) {
		this.orderly = orderly;
	}

	/**
	 * Whether this is a normal way for a session to end, so that there is no failure
	 * after it.
	 * @return {@code true} if a {@link CloseStatus} of this reason never has a cause
	 */
	public boolean orderly() {
		return this.orderly;
	}

}
