package dev.socketserver.framing.builder;

import java.util.Arrays;
import java.util.Random;

import dev.socketserver.fixtures.Rounds;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.InvalidFramingException;
import dev.socketserver.framing.LengthFieldBuilder;
import dev.socketserver.framing.LengthFieldBuilder.OnSend;
import dev.socketserver.framing.LengthFieldBuilder.ZeroLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;

class FrameLimitsTests {

	private static final byte[] TAIL = { 9, 9, 9, 9 };

	private final Random random = new Random(1);

	private int upTo(int most) {
		return this.random.nextInt(most + 1);
	}

	/** A length of one byte, whose every value can be tried. */
	private LengthFieldBuilder anyLength(int offset) {
		LengthFieldBuilder builder = Framing.lengthField().width(1).offset(offset).adjust(upTo(16) - 8);
		if (upTo(1) == 0) {
			builder.strip(upTo(6));
		}
		if (upTo(2) == 0) {
			builder.onSend(OnSend.NONE);
		}
		switch (upTo(3)) {
			case 0 -> builder.after(upTo(4));
			case 1 -> builder.after(Arrays.copyOf(TAIL, upTo(4)));
			case 2 -> builder.terminator(Arrays.copyOf(TAIL, upTo(4)));
			default -> {
			}
		}
		return builder.zero(ZeroLength.values()[upTo(2)]);
	}

	@Test
	void refusesALengthFieldExactlyWhenNoFrameCanBeAccepted() {
		int rounds = Rounds.of("frame-limits.rounds", 4_000, 100_000);
		int refused = 0;
		for (int i = 0; i < rounds; i++) {
			int offset = upTo(2);
			Framing framing = anyLength(offset).build();
			int limit = 1 + upTo(8);
			boolean fits = true;
			try {
				FrameLimits.check(framing, limit);
			}
			catch (InvalidFramingException ex) {
				fits = false;
				refused++;
			}
			assertThat(acceptsAny(framing, offset, limit)).as("%s in round %s", limit, i).isEqualTo(fits);
		}
		assertThat(refused).isBetween(rounds / 40, rounds - rounds / 40);
	}

	private static boolean acceptsAny(Framing framing, int offset, int limit) {
		for (int value = 0; value < 256; value++) {
			for (int length = offset + 1; length <= 40; length++) {
				byte[] bytes = new byte[length];
				Arrays.fill(bytes, TAIL[0]);
				bytes[offset] = (byte) value;
				FrameInput in = new FrameInput();
				in.reset(bytes, 0, length);
				try {
					if (framing.decoder(limit).next(in)) {
						return true;
					}
				}
				catch (FramingException ex) {
					length = 40;
				}
			}
		}
		return false;
	}

	@ParameterizedTest
	@CsvSource({ "300, 0, strip", "0, -300, adjust", "257, 0, strip" })
	void refusesWhatNoLengthCanMakeLongEnough(int strip, int adjust, String key) {
		LengthFieldBuilder builder = Framing.lengthField().width(1).strip(strip).adjust(adjust);
		assertThatExceptionOfType(InvalidFramingException.class).isThrownBy(builder::build)
			.satisfies((ex) -> assertThat(ex.key()).isEqualTo(key))
			.withMessageContaining("as its length is at most 255");
	}

	@ParameterizedTest
	@EnumSource
	void everyPresetHasFramesOfOrdinarySize(FramingPreset preset) {
		assertThatNoException().isThrownBy(() -> FrameLimits.check(preset.framing(), 64));
	}

	@Test
	void keepsNoHeaderThatIsLongerThanAPayload() {
		Framing stripped = Framing.lengthField().offset(100_000).strip(100_004).build();
		FrameLimits.check(stripped, 100_004);
		assertThatExceptionOfType(InvalidFramingException.class)
			.isThrownBy(() -> FrameLimits.check(stripped, 64 * 1024))
			.withMessageContaining("offset is 100000");
		FrameLimits.check(Framing.lengthField().offset(900).strip(904).build(), 1);
	}

}
