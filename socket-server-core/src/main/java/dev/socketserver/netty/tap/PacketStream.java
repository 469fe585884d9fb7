package dev.socketserver.netty.tap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * The file of a capture. Netty (4.2.18) writes the time at which it writes into each
 * packet, and here it is set to that at which the bytes came or went:
 *
 * <pre>
 * file    magic, version, zone, ... | packet | packet | ...
 *         24 bytes
 * packet  seconds | microseconds | captured | length | ...
 *         4 bytes | 4            | 4        | 4      | captured
 * </pre>
 */
final class PacketStream extends ByteArrayOutputStream {

	private static final int FILE_HEADER = 24;

	private static final int PACKET_HEADER = 16;

	/** Up to where times are set. */
	private int stamped = FILE_HEADER;

	/** Sets the time of the packets that were written since this was called last. */
	void stamp(Instant time) {
		ByteBuffer file = ByteBuffer.wrap(this.buf, 0, this.count);
		while (this.stamped + PACKET_HEADER <= this.count) {
			file.putInt(this.stamped, (int) time.getEpochSecond());
			file.putInt(this.stamped + 4, (int) TimeUnit.NANOSECONDS.toMicros(time.getNano()));
			this.stamped += PACKET_HEADER + file.getInt(this.stamped + 8);
		}
	}

}
