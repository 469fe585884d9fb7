package dev.socketserver.framing.checksum;

import dev.socketserver.framing.FrameChecksum;

/**
 * A cyclic redundancy check of up to 32 bits, by the parameters that catalogues of CRC
 * algorithms have. Input and output are reflected both or not at all.
 */
final class Crc implements FrameChecksum {

	private final int width;

	private final boolean reflected;

	private final int first;

	private final int xorout;

	private final int[] table = new int[256];

	/**
	 * Creates the algorithm.
	 * @param width how many bits the value has: 8, 16 or 32
	 * @param poly the polynomial without its highest bit
	 * @param init the value before the first byte
	 * @param reflected whether the lowest bit of each byte, and of the value, is the
	 * first
	 * @param xorout what the value is combined with at the end
	 */
	Crc(int width, int poly, int init, boolean reflected, int xorout) {
		this.width = width;
		this.reflected = reflected;
		this.xorout = xorout;
		// The register is at the end of an int from which its first bit is shifted out.
		int free = Integer.SIZE - width;
		this.first = reflected ? Integer.reverse(init << free) : init << free;
		int bits = reflected ? Integer.reverse(poly << free) : poly << free;
		for (int value = 0; value < this.table.length; value++) {
			int register = reflected ? value : value << Integer.SIZE - Byte.SIZE;
			for (int bit = 0; bit < Byte.SIZE; bit++) {
				boolean set = reflected ? (register & 1) != 0 : register < 0;
				register = (reflected ? register >>> 1 : register << 1) ^ (set ? bits : 0);
			}
			this.table[value] = register;
		}
	}

	@Override
	public int length() {
		return this.width / Byte.SIZE;
	}

	@Override
	public long of(byte[] bytes, int from, int to) {
		int[] table = this.table;
		int register = this.first;
		if (this.reflected) {
			for (int i = from; i < to; i++) {
				register = register >>> Byte.SIZE ^ table[(register ^ bytes[i]) & 0xFF];
			}
		}
		else {
			for (int i = from; i < to; i++) {
				register = register << Byte.SIZE ^ table[register >>> Integer.SIZE - Byte.SIZE ^ bytes[i] & 0xFF];
			}
			register >>>= Integer.SIZE - this.width;
		}
		return (register ^ this.xorout) & 0xFFFF_FFFFL;
	}

}
