package dev.socketserver.framing.checksum;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

import dev.socketserver.framing.FrameChecksum;
import org.jspecify.annotations.Nullable;

/**
 * The checksums that are known by a name.
 */
public final class Checksums {

	/** Whatever has no table is made anew each time. */
	private static final Map<String, Supplier<FrameChecksum>> ALL = all();

	private Checksums() {
	}

	/** The parameters of each CRC are those of the catalogue, in its order. */
	private static Map<String, Supplier<FrameChecksum>> all() {
		Map<String, Supplier<FrameChecksum>> all = new LinkedHashMap<>();
		all.put("sum8", () -> new Simple(1, Checksums::sum));
		all.put("sum16", () -> new Simple(2, Checksums::sum));
		all.put("xor8", () -> new Simple(1, Checksums::xor));
		all.put("lrc8", () -> new Simple(1, (bytes, from, to) -> -sum(bytes, from, to)));
		all.put("crc8", () -> new Crc(8, 0x07, 0, false, 0));
		all.put("crc16-arc", () -> new Crc(16, 0x8005, 0, true, 0));
		all.put("crc16-modbus", () -> new Crc(16, 0x8005, 0xFFFF, true, 0));
		all.put("crc16-ccitt-false", () -> new Crc(16, 0x1021, 0xFFFF, false, 0));
		all.put("crc16-xmodem", () -> new Crc(16, 0x1021, 0, false, 0));
		all.put("crc16-x25", () -> new Crc(16, 0x1021, 0xFFFF, true, 0xFFFF));
		all.put("crc16-dnp", () -> new Crc(16, 0x3D65, 0, true, 0xFFFF));
		all.put("crc32", () -> new Crc(32, 0x04C11DB7, 0xFFFF_FFFF, true, 0xFFFF_FFFF));
		all.put("crc32c", () -> new Crc(32, 0x1EDC6F41, 0xFFFF_FFFF, true, 0xFFFF_FFFF));
		all.put("fletcher16", () -> new Simple(2, (bytes, from, to) -> sums(bytes, from, to, 0, 255, 8)));
		all.put("adler32", () -> new Simple(4, (bytes, from, to) -> sums(bytes, from, to, 1, 65521, 16)));
		all.put("internet",
				() -> new Simple(2, (bytes, from, to) -> InternetSum.complete(InternetSum.add(bytes, from, to))));
		return all;
	}

	/**
	 * Returns the names.
	 * @return the names, in the order of the documentation
	 */
	public static Set<String> names() {
		return ALL.keySet();
	}

	/**
	 * Finds a checksum.
	 * @param name its name
	 * @return the checksum, or {@code null} if none has this name
	 */
	public static @Nullable FrameChecksum of(String name) {
		Supplier<FrameChecksum> found = ALL.get(name);
		return (found != null) ? found.get() : null;
	}

	private static long sum(byte[] bytes, int from, int to) {
		int sum = 0;
		for (int i = from; i < to; i++) {
			sum += bytes[i] & 0xFF;
		}
		return sum;
	}

	private static long xor(byte[] bytes, int from, int to) {
		int all = 0;
		for (int i = from; i < to; i++) {
			all ^= bytes[i];
		}
		return all;
	}

	/** The sum of the bytes, and in front of it the sum of these sums. */
	private static long sums(byte[] bytes, int from, int to, int init, int modulus, int bits) {
		long first = init;
		long second = 0;
		int i = from;
		while (i < to) {
			// Neither overflows in so many steps.
			int until = Math.min(to, i + 4096);
			// Where the compiler has put this into a decoder, it does not unroll it.
			for (; i + 3 < until; i += 4) {
				second += 4 * first + 4L * (bytes[i] & 0xFF) + 3L * (bytes[i + 1] & 0xFF) + 2L * (bytes[i + 2] & 0xFF)
						+ (bytes[i + 3] & 0xFF);
				first += (bytes[i] & 0xFF) + (bytes[i + 1] & 0xFF) + (bytes[i + 2] & 0xFF) + (bytes[i + 3] & 0xFF);
			}
			for (; i < until; i++) {
				first += bytes[i] & 0xFF;
				second += first;
			}
			first %= modulus;
			second %= modulus;
		}
		return second << bits | first;
	}

	@FunctionalInterface
	private interface Function {

		long of(byte[] bytes, int from, int to);

	}

	private record Simple(int length, Function function) implements FrameChecksum {

		@Override
		public long of(byte[] bytes, int from, int to) {
			return this.function.of(bytes, from, to);
		}

	}

}
