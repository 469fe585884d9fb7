package dev.socketserver.engine.client;

import dev.socketserver.SessionSpec;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.bytes.UnframeablePayloadException;
import dev.socketserver.framing.wrapper.DatagramFraming;
import dev.socketserver.framing.wrapper.HeartbeatFraming;
import org.jspecify.annotations.Nullable;

/**
 * Refuses payloads that the framing of a client cannot encode when {@code send} is
 * called, rather than later, when there is a connection for them. Immutable.
 */
public final class FramingCheck {

	private static final FrameOutput NOWHERE = new FrameOutput() {

		@Override
		public void writeByte(int value) {
		}

		@Override
		public void writeInt(int value) {
		}

		@Override
		public void write(byte[] bytes) {
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
		}

	};

	/**
	 * {@code null} if there is nothing to check: raw framing takes every payload, and a
	 * session whose framing is switchable may have another one by then.
	 */
	private final @Nullable Framing framing;

	private final boolean datagrams;

	/**
	 * Creates a check.
	 * @param spec the specification that has the framing
	 */
	public FramingCheck(SessionSpec spec) {
		Framing given = spec.framing();
		this.datagrams = spec.datagrams();
		if (given.switchable() || (given.passThrough() && !this.datagrams)) {
			this.framing = null;
		}
		else {
			this.framing = (spec.heartbeat() != null && spec.heartbeat().emptyFrames()) ? new HeartbeatFraming(given)
					: given;
		}
	}

	/**
	 * Checks a payload.
	 * @param payload the payload
	 * @throws IllegalArgumentException if it cannot be encoded
	 */
	public void check(byte[] payload) {
		if (this.framing != null) {
			FrameOutput out = this.datagrams ? new Datagram() : NOWHERE;
			this.framing.encode(payload, out);
		}
	}

	/** The length of one datagram. */
	private static final class Datagram implements FrameOutput {

		private long length;

		private void add(int bytes) {
			this.length += bytes;
			if (this.length > DatagramFraming.MOST_BYTES) {
				throw new UnframeablePayloadException(
						"it is too long: a datagram of UDP has at most %s bytes".formatted(DatagramFraming.MOST_BYTES));
			}
		}

		@Override
		public void writeByte(int value) {
			add(1);
		}

		@Override
		public void writeInt(int value) {
			add(Integer.BYTES);
		}

		@Override
		public void write(byte[] bytes) {
			add(bytes.length);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
			add(length);
		}

	}

}
