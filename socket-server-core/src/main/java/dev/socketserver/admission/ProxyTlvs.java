package dev.socketserver.admission;

import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

/**
 * Checks what follows the addresses in a header of the PROXY protocol, version 2: a
 * sequence of TLVs, which must fill the header exactly, and the checksum, if one of them
 * is that. It is computed over the whole header, with zeros in its own place:
 *
 * <pre>
 *              1        2        4
 *             +--------+--------+--------+
 * checksum    | 0x03   | 0x0004 | CRC32C |     one TLV of those after the addresses
 *             +--------+--------+--------+
 * </pre>
 *
 * The values of other TLVs are skipped. Source: the PROXY protocol of haproxy.org
 * (2020/03/05), sections 2.2 and 2.2.4. Not safe for use by several threads.
 */
final class ProxyTlvs {

	private static final int TYPE = 0x03;

	/** Bytes of the type and of the length of a TLV. */
	private static final int PREFIX = 3;

	private final CRC32C computed = new CRC32C();

	/** How many bytes are left of the addresses. */
	private int addresses;

	/** How many bytes were received of the current TLV. */
	private int position;

	private int type;

	/** Length of the value of the current TLV. */
	private int length;

	/** The checksum in the header, so far as it was received. */
	private int announced;

	/** Whether a whole checksum was received. */
	private boolean present;

	private boolean wrong;

	/**
	 * Begins to compute.
	 * @param start holds the header's first bytes
	 * @param count how many bytes of the header were received
	 * @param addresses how many bytes of addresses follow
	 */
	ProxyTlvs(byte[] start, int count, int addresses) {
		this.computed.update(start, 0, count);
		this.addresses = addresses;
	}

	/** Takes the next byte of the header. */
	void add(byte next) {
		if (this.addresses > 0) {
			this.addresses--;
			this.computed.update(next);
			return;
		}
		int index = this.position++;
		if (index < PREFIX) {
			prefix(index, next & 0xff);
			this.computed.update(next);
		}
		else if (this.type == TYPE && this.length == Integer.BYTES) {
			this.announced = this.announced << Byte.SIZE | (next & 0xff);
			this.computed.update(0);
		}
		else {
			this.computed.update(next);
		}
		if (this.position >= PREFIX && this.position == PREFIX + this.length) {
			this.wrong |= this.type == TYPE && (this.present || this.length != Integer.BYTES);
			this.present |= this.type == TYPE;
			this.position = 0;
		}
	}

	private void prefix(int index, int value) {
		switch (index) {
			case 0 -> this.type = value;
			case 1 -> this.length = value << Byte.SIZE;
			default -> this.length |= value;
		}
	}

	/**
	 * Returns what is wrong with the header that was received. A checksum of another
	 * length is wrong, and so are two.
	 * @param addressed whether the length of the addresses is known: else what follows
	 * may be anything, and only a whole checksum is checked
	 * @return a phrase, or {@code null} if nothing is wrong
	 */
	@Nullable String problem(boolean addressed) {
		if (addressed && this.position > 0) {
			return "a TLV that does not fit";
		}
		if (this.wrong || (this.present && (int) this.computed.getValue() != this.announced)) {
			return "a wrong checksum";
		}
		return null;
	}

}
