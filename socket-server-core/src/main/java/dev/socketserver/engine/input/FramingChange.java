package dev.socketserver.engine.input;

import java.util.concurrent.atomic.AtomicReference;

import dev.socketserver.SessionSpec;
import dev.socketserver.engine.session.Session;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.HeartbeatFraming;
import org.jspecify.annotations.Nullable;

/**
 * Changes the framing of one session between two frames. Exists only where the framing is
 * switchable.
 */
public final class FramingChange {

	private final Session session;

	/** The framing from the next frame on, if it is to be another. */
	private final AtomicReference<@Nullable SessionFraming> next = new AtomicReference<>();

	public FramingChange(Session session) {
		this.session = session;
	}

	/**
	 * Asks for another framing behind the frame that is handled. Any thread.
	 * @param framing the framing
	 * @throws IllegalArgumentException if the session has heartbeats, and the framing has
	 * none
	 */
	public void ask(Framing framing) {
		SessionSpec spec = this.session.spec();
		String problem = (spec.heartbeat() != null) ? HeartbeatFraming.problem(framing) : null;
		if (problem != null) {
			throw new IllegalArgumentException(spec.title() + " has heartbeats, and " + problem);
		}
		// The decoder is made here: if the framing cannot make it, the caller is told.
		this.next.set(SessionFraming.of(framing, spec));
	}

	/**
	 * Makes the framing that was asked for take effect from the next frame on. Called
	 * where the handler runs, before it takes that frame.
	 */
	public void make() {
		// Read before it is taken, which costs more: nearly always nobody has asked.
		SessionFraming asked = (this.next.get() != null) ? this.next.getAndSet(null) : null;
		if (asked != null) {
			this.session.outbox().framing(asked.framing());
			Deframer deframer = this.session.deframer();
			deframer.decoder(asked.decoder());
			this.session.wire().execute(deframer::again);
		}
	}

}
