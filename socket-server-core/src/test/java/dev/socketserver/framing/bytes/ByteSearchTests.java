package dev.socketserver.framing.bytes;

import java.util.Arrays;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class ByteSearchTests {

	private static final int BYTES = 300;

	@Test
	void findsNothingInNothing() {
		assertThat(ByteSearch.find(new byte[] { '\n' }, 0, 0, (byte) '\n')).isEqualTo(-1);
		assertThat(ByteSearch.find(new byte[] { '\n' }, 1, 1, (byte) '\n')).isEqualTo(-1);
	}

	@Test
	void findsTheOnlyOneWhereverItIs() {
		for (int from = 0; from < 9; from++) {
			for (int to = from; to < BYTES; to++) {
				byte[] array = new byte[BYTES];
				for (int at = 0; at < BYTES; at++) {
					array[at] = '\n';
					assertThat(ByteSearch.find(array, from, to, (byte) '\n')).as("%s in %s to %s", at, from, to)
						.isEqualTo((at >= from && at < to) ? at : -1);
					array[at] = 0;
				}
			}
		}
	}

	/** Similar bytes are not taken for it; of several, the first is found. */
	@ParameterizedTest
	@ValueSource(bytes = { '\n', 0, 1, -1, Byte.MIN_VALUE, Byte.MAX_VALUE })
	void findsTheFirst(byte value) {
		byte[] similar = { (byte) (value + 1), (byte) (value - 1), (byte) (value ^ 0x80), (byte) ~value, 'x' };
		Random random = new Random(value);
		byte[] all = new byte[100_000 + BYTES];
		for (int at = 0; at < all.length; at++) {
			all[at] = (random.nextInt(100) == 0) ? value : similar[random.nextInt(similar.length)];
		}
		for (int i = 0; i < 100_000; i++) {
			byte[] array = Arrays.copyOfRange(all, i, i + random.nextInt(BYTES));
			int from = random.nextInt(array.length + 1);
			int to = from + random.nextInt(array.length - from + 1);
			assertThat(ByteSearch.find(array, from, to, value)).isEqualTo(first(array, from, to, value));
		}
	}

	private static int first(byte[] array, int from, int to, byte value) {
		for (int at = from; at < to; at++) {
			if (array[at] == value) {
				return at;
			}
		}
		return -1;
	}

}
