package dev.socketserver.engine.watchdog;

import dev.socketserver.CloseReason;
import dev.socketserver.CloseStatus;
import dev.socketserver.engine.input.SessionInput;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.state.SessionState;
import org.jspecify.annotations.Nullable;

/**
 * A session as the timer sees it, which checks whether something in it takes too long.
 * Any thread, if not stated otherwise.
 */
public interface Watched {

	/**
	 * Returns the state of the session.
	 * @return the state
	 */
	SessionState state();

	/**
	 * Returns what has become of its input.
	 * @return the input
	 */
	SessionInput input();

	/**
	 * Returns what is to be sent.
	 * @return the outbox
	 */
	Outbox outbox();

	/**
	 * Returns the lane on which calls of the handler must not take too long.
	 * @return the lane, or {@code null} if they may take as long as the session
	 */
	@Nullable Lane watched();

	/**
	 * Ends the session after the current call and its replies.
	 * @param status how it ends, unless that is settled already
	 */
	void stop(CloseStatus status);

	/** Ends it in its turn, since its server or client stops. */
	default void stop() {
		stop(CloseStatus.of(CloseReason.SERVER_STOPPED));
	}

	/**
	 * Ends the session after what was admitted.
	 * @param status how it ends, unless that is settled already
	 */
	void close(CloseStatus status);

	/**
	 * Whether the handler takes nothing of a full read buffer.
	 * @return {@code true} from then on
	 */
	boolean stalled();

	/**
	 * Returns what enforces timeouts on the session.
	 * @return the enforcer, or {@code null} while nothing is timed
	 */
	@Nullable TimeoutEnforcer timeoutEnforcer();

	/**
	 * Sets what enforces timeouts on the session. On the timer only.
	 * @param enforcer the enforcer, or {@code null} if nothing is timed
	 */
	void timeoutEnforcer(@Nullable TimeoutEnforcer enforcer);

}
