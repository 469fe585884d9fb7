package dev.socketserver.netty.tap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * The file of a capture. Netty (4.2.18) writes the time at which it writes into each
 * packet, and here it is set to that at which the bytes came or went. Into packets of
 * IPv6 it writes a wrong version, with which no program reads them, and that is
 * corrected:
 *
 * <pre>
 * file    magic, version, zone, ... | packet | packet | ...
 *         24 bytes
 * packet  seconds | microseconds | captured | length | Ethernet, its type | version, ... | ...
 *         4 bytes | 4            | 4        | 4      | 12        2        | 4            |
 * </pre>
 */
final class PacketStream extends ByteArrayOutputStream {

	private static final int FILE_HEADER = 24;

	private static final int PACKET_HEADER = 16;

	private static final int ETHERNET_TYPE = PACKET_HEADER + 12;

	private static final short IPV6 = (short) 0x86dd;

	/** The version of IPv6, without a traffic class and a flow label. */
	private static final int VERSION = 6 << 28;

	/** Up to where times are set. */
	private int stamped = FILE_HEADER;

	/** Completes the packets that were written since this was called last. */
	void stamp(Instant time) {
		ByteBuffer file = ByteBuffer.wrap(this.buf, 0, this.count);
		while (this.stamped + PACKET_HEADER <= this.count) {
			file.putInt(this.stamped, (int) time.getEpochSecond());
			file.putInt(this.stamped + 4, (int) TimeUnit.NANOSECONDS.toMicros(time.getNano()));
			if (file.getShort(this.stamped + ETHERNET_TYPE) == IPV6) {
				file.putInt(this.stamped + ETHERNET_TYPE + Short.BYTES, VERSION);
			}
			this.stamped += PACKET_HEADER + file.getInt(this.stamped + 8);
		}
	}

}
