package dev.socketserver.engine.tap;

import java.nio.ByteBuffer;

import dev.socketserver.framing.checksum.InternetSum;

/**
 * The checksums of a packet: of the header of IPv4 (RFC 791), of UDP (RFC 768) and of TCP
 * (RFC 9293), which count some of the header of IP as well.
 */
public final class PacketChecksums {

	private static final int UDP = 17;

	private PacketChecksums() {
	}

	/**
	 * Sets the checksums of a packet.
	 * @param file has the packet, in an array
	 * @param ip where the header of IP begins
	 * @param ipv6 whether it is one of IPv6
	 * @param end where the packet ends
	 */
	public static void set(ByteBuffer file, int ip, boolean ipv6, int end) {
		int addresses = ip + (ipv6 ? 8 : 12);
		int body = ip + (ipv6 ? 40 : 20);
		if (!ipv6) {
			set(file, ip + 10, ip, body, 0, false);
		}
		int protocol = file.get(ip + (ipv6 ? 6 : 9)) & 0xFF;
		long counted = sum(file, addresses, body) + protocol + (end - body);
		set(file, body + ((protocol == UDP) ? 6 : 16), body, end, counted, protocol == UDP);
	}

	private static void set(ByteBuffer file, int at, int from, int to, long counted, boolean udp) {
		file.putShort(at, (short) 0);
		short checksum = (short) InternetSum.complete(counted + sum(file, from, to));
		// To UDP a zero says that there is none.
		file.putShort(at, (udp && checksum == 0) ? (short) 0xFFFF : checksum);
	}

	private static long sum(ByteBuffer file, int from, int to) {
		int start = file.arrayOffset();
		return InternetSum.add(file.array(), start + from, start + to);
	}

}
