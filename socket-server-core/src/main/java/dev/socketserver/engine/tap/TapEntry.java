package dev.socketserver.engine.tap;

import java.time.Instant;
import java.util.Collection;
import java.util.Objects;

import dev.socketserver.CloseReason;
import dev.socketserver.operator.TapMessage;
import dev.socketserver.transcript.Transcript;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened in a tapped session.
 *
 * @param session the session
 * @param kind what
 * @param payload the bytes, which are not changed; empty for an end
 * @param reason why the session has ended; {@code null} for bytes
 * @param at when; the epoch in recordings, which do not show it
 */
public record TapEntry(TappedSession session, Transcript.Kind kind, byte[] payload, @Nullable CloseReason reason,
		Instant at) {

	private static final byte[] NOTHING = {};

	static TapEntry bytes(TappedSession session, boolean received, byte[] payload, Instant at) {
		return new TapEntry(session, received ? Transcript.Kind.RECEIVED : Transcript.Kind.SENT, payload, null, at);
	}

	static TapEntry end(TappedSession session, CloseReason reason) {
		return new TapEntry(session, Transcript.Kind.CLOSED, NOTHING, reason, Instant.now());
	}

	TapEntry with(byte[] masked) {
		return new TapEntry(this.session, this.kind, masked, this.reason, this.at);
	}

	boolean received() {
		return this.kind == Transcript.Kind.RECEIVED;
	}

	/**
	 * Makes a transcript.
	 * @param entries what has happened, in that order
	 * @return the transcript
	 */
	public static Transcript transcript(Collection<TapEntry> entries) {
		return new Transcript(entries.stream().map(TapEntry::line).toList());
	}

	TapMessage message() {
		return new TapMessage(this.session.id(), this.at, this.kind, this.payload, this.reason);
	}

	private Transcript.Entry line() {
		return (this.kind == Transcript.Kind.CLOSED)
				? Transcript.Entry.end(this.session.id(), Objects.requireNonNull(this.reason), 0)
				: Transcript.Entry.payload(this.kind, this.session.id(), this.payload, 0);
	}

}
