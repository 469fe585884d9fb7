package dev.socketserver.engine.input;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.SessionSpec;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.heartbeat.HeartbeatMessages;
import org.jspecify.annotations.Nullable;

/**
 * Changes the framing of one session between two frames. Exists only where the framing is
 * switchable.
 */
public final class FramingChange {

	/** The framing from the next frame on, if it is to be another. */
	private final AtomicReference<@Nullable SessionFraming> next = new AtomicReference<>();

	/** Empty frames that were sent in whatever framing, and are not answered yet. */
	private final AtomicInteger unanswered = new AtomicInteger();

	/**
	 * Makes the framing with which the session begins.
	 * @param spec what the session is made from
	 */
	public SessionFraming first(SessionSpec spec) {
		return SessionFraming.of(spec.framing(), spec, this.unanswered);
	}

	/**
	 * Asks for another framing after the frame that is handled. Any thread.
	 * @param framing the framing
	 * @param spec what the session is made from
	 * @throws IllegalArgumentException if the session has heartbeats, and the framing
	 * cannot have them
	 */
	public void ask(Framing framing, SessionSpec spec) {
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
	 * Takes what was asked for, which is to take effect from the next frame on. Called
	 * where the handler runs, before it takes that frame.
	 * @return the framing, or {@code null} if none was asked for
	 */
	public @Nullable SessionFraming take() {
		// Read before it is taken, which costs more: there is nearly never one.
		return (this.next.get() != null) ? this.next.getAndSet(null) : null;
	}

}
