package dev.socketserver.admission;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.regex.Pattern;

import dev.socketserver.address.Addresses;
import org.jspecify.annotations.Nullable;

/**
 * Parses the header of the PROXY protocol, version 1 or 2, from the first bytes of a
 * connection, one by one. The first bytes show without doubt whether there is a header:
 *
 * <pre>
 * version 1   "PROXY " ("TCP4" | "TCP6") " " source " " destination " " port " " port CR LF
 *             "PROXY UNKNOWN" … CR LF                            at most 107 bytes
 *
 *              12 bytes    1           1        2
 *             +-----------+-----------+--------+--------+-----------------+-------------+
 * version 2   | signature | version 2,| family,| length | addresses of    | anything    |
 *             |           | command   | kind   |        | that family     | else (TLV)  |
 *             +-----------+-----------+--------+--------+-----------------+-------------+
 *                                               length counts what follows it
 * </pre>
 *
 * Only one small array is kept, with the addresses. The bytes after them are counted and
 * checked by {@link ProxyTlvs} but not kept, and the header is refused if it announces
 * too many of them. Source: the PROXY protocol, versions 1 and 2, of haproxy.org
 * (2020/03/05), sections 2.1 and 2.2. Not safe for use by several threads.
 */
public final class ProxyHeader {

	/**
	 * Length of the longest header that is accepted, in bytes; the specification asks for
	 * 536.
	 */
	public static final int MAX_BYTES = 4 * 1024;

	private static final byte[] V1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);

	private static final byte[] V2 = { 0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A };

	/** Greatest length of a header of version 1, with CR and LF. */
	private static final int MAX_V1_BYTES = 107;

	private static final int V2_FIXED = 16;

	private static final int LOCAL = 0x20;

	private static final int PROXY = 0x21;

	private static final int UNSPECIFIED = 0x00;

	private static final int TCP4 = 0x11;

	private static final int UDP4 = 0x12;

	private static final int TCP6 = 0x21;

	private static final int UDP6 = 0x22;

	private static final int UNIX_STREAM = 0x31;

	private static final int UNIX_DATAGRAM = 0x32;

	private static final int IPV4_BYTES = 4;

	private static final int IPV6_BYTES = 16;

	private static final int UNIX_BYTES = 108;

	private static final int PORT_BYTES = 2;

	private static final Pattern PORT = Pattern.compile("0|[1-9][0-9]{0,4}");

	private final byte[] bytes = new byte[MAX_V1_BYTES];

	/** How many bytes were received. */
	private int count;

	/** Length of the whole header of version 2, once it is known. */
	private int length;

	/** Of version 2 with addresses, once that is known. */
	private @Nullable ProxyTlvs tlvs;

	private State state = State.MORE;

	private String problem = "";

	private @Nullable InetSocketAddress source;

	private @Nullable InetSocketAddress destination;

	/** What is known about the header. */
	public enum State {

		/** The header is not complete, or it is not known yet whether there is one. */
		MORE,

		/** There is a header, with addresses. */
		PROXIED,

		/**
		 * There is a header, which says that the addresses of the socket are the right
		 * ones.
		 */
		LOCAL,

		/** There is no header: the bytes that were received belong to what follows. */
		ABSENT,

		/** There is a header, and it is wrong. */
		INVALID

	}

	/**
	 * Takes the next byte.
	 * @param next the byte
	 * @return what is known now; this method must not be called again unless that is
	 * {@link State#MORE}
	 */
	public State add(byte next) {
		if (this.count < this.bytes.length) {
			this.bytes[this.count] = next;
		}
		this.count++;
		byte[] signature = signature();
		if (this.count <= signature.length) {
			if (next != signature[this.count - 1]) {
				this.state = State.ABSENT;
			}
		}
		else if (signature == V1) {
			addToLine(next);
		}
		else {
			addToBlock(next);
		}
		return this.state;
	}

	/** Returns the signature of version 1 or 2, whose first bytes differ. */
	private byte[] signature() {
		return (this.bytes[0] == V2[0]) ? V2 : V1;
	}

	/**
	 * Whether there is a header for sure.
	 * @return {@code true} if all bytes of a signature were received
	 */
	public boolean isRecognised() {
		return this.state != State.ABSENT && this.count > 0 && this.count >= signature().length;
	}

	/**
	 * Returns the bytes that were received, if there is no header.
	 * @return a copy
	 */
	public byte[] held() {
		return Arrays.copyOf(this.bytes, Math.min(this.count, this.bytes.length));
	}

	/**
	 * Whether no byte was received.
	 * @return {@code true} if there was none
	 */
	public boolean isEmpty() {
		return this.count == 0;
	}

	/**
	 * Returns the source address: that of the real peer.
	 * @return the address
	 * @throws NullPointerException unless there is one
	 */
	public InetSocketAddress source() {
		return Objects.requireNonNull(this.source, "source");
	}

	/**
	 * Returns the destination address: the one that the peer has connected to.
	 * @return the address
	 * @throws NullPointerException unless there is one
	 */
	public InetSocketAddress destination() {
		return Objects.requireNonNull(this.destination, "destination");
	}

	/**
	 * Returns what is wrong with the header.
	 * @return a phrase, with nothing in it that the peer has sent
	 */
	public String problem() {
		return this.problem;
	}

	private void invalid(String problem) {
		this.problem = problem;
		this.state = State.INVALID;
	}

	// Version 1.

	private void addToLine(byte next) {
		if (next == '\n') {
			if (this.bytes[this.count - 2] == '\r') {
				// One character for each byte, so that bytes other than ASCII become no
				// digits.
				readLine(new String(this.bytes, 0, this.count - 2, StandardCharsets.ISO_8859_1));
			}
			else {
				invalid("a line that does not end with CR LF");
			}
		}
		else if (this.count == MAX_V1_BYTES) {
			invalid("a line of more than " + MAX_V1_BYTES + " bytes");
		}
	}

	private void readLine(String line) {
		String[] words = line.split(" ", -1);
		String family = words[1];
		if (family.equals("UNKNOWN")) {
			this.state = State.LOCAL;
			return;
		}
		boolean ipv6 = family.equals("TCP6");
		if (!ipv6 && !family.equals("TCP4")) {
			invalid("an unknown family");
			return;
		}
		if (words.length != 6) {
			invalid("a line of the wrong number of words");
			return;
		}
		this.source = address(words[2], words[4], ipv6);
		this.destination = address(words[3], words[5], ipv6);
		if (this.source == null || this.destination == null) {
			invalid("an impossible address or port");
			return;
		}
		this.state = State.PROXIED;
	}

	private static @Nullable InetSocketAddress address(String host, String port, boolean ipv6) {
		InetAddress address = (ipv6 == host.indexOf(':') >= 0) ? Addresses.parse(host) : null;
		if (address == null || !PORT.matcher(port).matches() || Integer.parseInt(port) > 65535) {
			return null;
		}
		return new InetSocketAddress(address, Integer.parseInt(port));
	}

	// Version 2.

	private void addToBlock(byte next) {
		if (this.count == V2_FIXED) {
			checkBlock();
		}
		else if (this.tlvs != null) {
			this.tlvs.add(next);
		}
		if (this.state == State.MORE && this.count >= V2_FIXED && this.count == this.length) {
			readBlock();
		}
	}

	private void checkBlock() {
		int command = this.bytes[12] & 0xff;
		int rest = number(14);
		int least = (command == LOCAL) ? 0 : leastBytes(this.bytes[13] & 0xff);
		this.length = V2_FIXED + rest;
		if (command != LOCAL && command != PROXY) {
			invalid("an unknown version or command");
		}
		else if (least < 0) {
			invalid("an unknown family");
		}
		else if (rest < least) {
			invalid("too short for its family");
		}
		else if (this.length > MAX_BYTES) {
			invalid("longer than " + MAX_BYTES + " bytes");
		}
		else if (command == PROXY) {
			this.tlvs = new ProxyTlvs(this.bytes, V2_FIXED, least);
		}
	}

	private static int leastBytes(int family) {
		return switch (family) {
			case UNSPECIFIED -> 0;
			case TCP4, UDP4 -> 2 * (IPV4_BYTES + PORT_BYTES);
			case TCP6, UDP6 -> 2 * (IPV6_BYTES + PORT_BYTES);
			case UNIX_STREAM, UNIX_DATAGRAM -> 2 * UNIX_BYTES;
			default -> -1;
		};
	}

	/**
	 * Reads version 2. Addresses that are not of TCP cannot be those of a session, so the
	 * socket's are used. What follows a command that is local means nothing, so nothing
	 * is checked there.
	 */
	private void readBlock() {
		int family = this.bytes[13] & 0xff;
		String problem = (this.tlvs != null) ? this.tlvs.problem(family != UNSPECIFIED) : null;
		if (problem != null) {
			invalid(problem);
			return;
		}
		if ((this.bytes[12] & 0xff) == LOCAL || (family != TCP4 && family != TCP6)) {
			this.state = State.LOCAL;
			return;
		}
		int size = (family == TCP4) ? IPV4_BYTES : IPV6_BYTES;
		int ports = V2_FIXED + 2 * size;
		this.source = address(V2_FIXED, size, ports);
		this.destination = address(V2_FIXED + size, size, ports + PORT_BYTES);
		this.state = State.PROXIED;
	}

	private InetSocketAddress address(int start, int size, int port) {
		try {
			return new InetSocketAddress(InetAddress.getByAddress(Arrays.copyOfRange(this.bytes, start, start + size)),
					number(port));
		}
		catch (UnknownHostException ex) {
			throw new IllegalStateException("No address has " + size + " bytes", ex);
		}
	}

	private int number(int index) {
		return (this.bytes[index] & 0xff) << Byte.SIZE | (this.bytes[index + 1] & 0xff);
	}

}
