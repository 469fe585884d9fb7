package dev.socketserver.framing.builder;

import java.util.List;

import dev.socketserver.framing.ByteValues;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.bytes.Bytes;
import dev.socketserver.framing.codec.StartEndFraming;
import dev.socketserver.framing.wrapper.RejectingFraming;

/**
 * Describes a {@code start-end} framing: a frame is enclosed by a start and an end,
 * neither of which is part of the payload. A start within a frame is part of the payload,
 * unless {@link #restart} is set. A payload that is sent is not searched for an end,
 * unless there is an {@link #escape}, or {@link #rejectEmbedded(boolean) embedded} is
 * {@code reject}.
 * <p>
 * If start and end are the same bytes, two of them in a row are not an empty frame, since
 * they cannot be distinguished from an end and the next start. So an empty payload can be
 * sent, but never arrives.
 */
public final class StartEndBuilder extends AbstractFramingBuilder<StartEndBuilder> {

	private byte[] start = {};

	private byte[] end = {};

	private boolean resync = true;

	private boolean restart;

	private int after;

	private boolean rejectEmbedded;

	StartEndBuilder() {
	}

	/**
	 * {@code start}: the bytes in front of a payload. Required.
	 * @param start the bytes, as {@link ByteValues} reads them; at least one
	 * @return this builder
	 * @throws IllegalArgumentException if they cannot be read
	 */
	public StartEndBuilder start(String start) {
		return start(ByteValues.parse(start));
	}

	/**
	 * {@code start}: the bytes in front of a payload. Required.
	 * @param start the bytes; at least one
	 * @return this builder
	 */
	public StartEndBuilder start(byte... start) {
		this.start = start.clone();
		return this;
	}

	/**
	 * {@code end}: the bytes after a payload. Required.
	 * @param end the bytes, as {@link ByteValues} reads them; at least one
	 * @return this builder
	 * @throws IllegalArgumentException if they cannot be read
	 */
	public StartEndBuilder end(String end) {
		return end(ByteValues.parse(end));
	}

	/**
	 * {@code end}: the bytes after a payload. Required.
	 * @param end the bytes; at least one
	 * @return this builder
	 */
	public StartEndBuilder end(byte... end) {
		this.end = end.clone();
		return this;
	}

	/**
	 * {@code resync}: whether bytes between an end and the next start are dropped.
	 * Default {@code true}. Dropped bytes begin no frame: {@code timeouts.frame} does not
	 * end a session that sends nothing else, and for {@code timeouts.idle} they are a
	 * sign of life.
	 * <p>
	 * With {@code false} such bytes close the session with {@code PROTOCOL_ERROR}. If
	 * start and end are the same bytes, a single one may then be both the end of a frame
	 * and the start of the next, as in HDLC (RFC 1662, section 3.1). Such a framing
	 * cannot have {@link #skip}, nor be a case of a switch.
	 * @param resync the value
	 * @return this builder
	 */
	public StartEndBuilder resync(boolean resync) {
		this.resync = resync;
		return this;
	}

	/**
	 * {@code restart}: whether a start within a frame begins a new one. What has come of
	 * the old one is then dropped, and counted as
	 * {@link dev.socketserver.framing.DropReason#RESTART}. A payload that contains the
	 * start cannot be received. Default {@code false}: such a start is part of the
	 * payload.
	 * @param restart the value; {@code true} not if start or end begins with the other
	 * @return this builder
	 */
	public StartEndBuilder restart(boolean restart) {
		this.restart = restart;
		return this;
	}

	/**
	 * {@code after}: how many bytes behind the end belong to the frame, such as a check
	 * sum. They are the last bytes of the payload, in both directions, whatever they are:
	 * they are neither escaped nor searched for a start or an end. A payload that is sent
	 * must have as many. Default 0.
	 * @param bytes the number; not if an end may also be a start
	 * @return this builder
	 */
	public StartEndBuilder after(int bytes) {
		this.after = bytes;
		return this;
	}

	/**
	 * {@code embedded}: whether a payload to be sent that contains the end, or with
	 * {@link #restart} the start, is refused, after it was escaped: nothing of it is
	 * sent, and sending fails with a {@link dev.socketserver.payload.PayloadException}.
	 * Default {@code false}, for {@code allow}.
	 * @param reject {@code true} for {@code reject}
	 * @return this builder
	 */
	public StartEndBuilder rejectEmbedded(boolean reject) {
		this.rejectEmbedded = reject;
		return this;
	}

	@Override
	List<byte[]> ownBytes() {
		return List.of(this.start, this.end);
	}

	@Override
	Framing create() {
		InvalidFramingException.check(this.start.length > 0, "start", "", "must have at least one byte");
		InvalidFramingException.check(this.end.length > 0, "end", "", "must have at least one byte");
		InvalidFramingException.check(
				!this.restart || !Bytes.startsWith(this.start, this.end) && !Bytes.startsWith(this.end, this.start),
				"restart", true, "start and end begin alike, so that a start within a frame could not be told from "
						+ "its end: use different ones");
		checkAfter(this.after);
		StartEndFraming framing = new StartEndFraming(this.start, this.end, this.resync, this.restart, escapeCodec());
		InvalidFramingException.check(this.after == 0 || !StartEndFraming.sharesEnds(framing), "after", this.after,
				"an end may also be the start of the next frame, as resync is false: no bytes follow it");
		return after(
				this.rejectEmbedded ? new RejectingFraming(framing, framing.ends(), false, escapeCodec()) : framing,
				this.after);
	}

}
