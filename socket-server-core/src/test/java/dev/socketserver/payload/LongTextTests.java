package dev.socketserver.payload;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

class LongTextTests {

	private static final String ASCII = "a\0\r\n\u007F".repeat(200);

	private static byte[] sent(Payloads payloads, String text) {
		Object outgoing = payloads.outgoing(text);
		return (outgoing instanceof LongText longText) ? longText.bytes() : (byte[]) outgoing;
	}

	/** As those of a server that has sent many. */
	private static Payloads used(Charset charset, PayloadConverter<?>... converters) {
		Payloads payloads = new Payloads(charset, List.of(converters));
		for (int i = 0; i < 2_000; i++) {
			assertThat(sent(payloads, ASCII)).isEqualTo(ASCII.getBytes(charset));
		}
		return payloads;
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void longAsciiIsEncodedWhereItLeaves() {
		for (Charset charset : List.of(UTF_8, StandardCharsets.US_ASCII, StandardCharsets.ISO_8859_1)) {
			assertThat(used(charset).outgoing(ASCII)).as(charset.name()).isInstanceOf(LongText.class);
		}
	}

	@Test
	@DisabledForJreRange(min = JRE.JAVA_22)
	void olderJvmsEncodeAtOnce() {
		assertThat(used(UTF_8).outgoing(ASCII)).isInstanceOf(byte[].class);
		assertThat(LongText.of(ASCII)).isNull();
	}

	@Test
	void serversThatSendFewLongTextsEncodeAtOnce() {
		Payloads payloads = new Payloads(UTF_8, List.of());

		assertThat(payloads.outgoing(ASCII)).isEqualTo(ASCII.getBytes(UTF_8));
	}

	@Test
	void allOtherTextIsEncodedAtOnce() {
		Payloads payloads = used(UTF_8);
		for (String text : List.of("", "short", "x".repeat(LongText.LEAST_BYTES - 1), ASCII + "\u0080",
				ASCII + "\u20AC", ASCII + "\uD83D\uDE00", "x".repeat(1 << 20))) {
			assertThat(used(UTF_8).outgoing(text)).isEqualTo(text.getBytes(UTF_8));
			assertThat(sent(payloads, text)).isEqualTo(text.getBytes(UTF_8));
		}
		assertThat(used(StandardCharsets.UTF_16LE).outgoing(ASCII))
			.isEqualTo(ASCII.getBytes(StandardCharsets.UTF_16LE));
	}

	@Test
	void converterOfTextIsAsked() {
		Payloads payloads = used(UTF_8, new Same());

		assertThat(payloads.outgoing(ASCII)).isInstanceOf(byte[].class);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void asciiIsFoundAgainAfterOtherText() {
		Payloads payloads = used(UTF_8);
		assertThat(payloads.outgoing(ASCII + "\u20AC")).isInstanceOf(byte[].class);
		int others = 0;
		while (payloads.outgoing(ASCII) instanceof byte[]) {
			others++;
			assertThat(others).isLessThan(100);
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void lengthOfRepliesIsAssumedUntilItWasWrong() {
		Payloads payloads = used(UTF_8);
		String other = ASCII + "\u20AC";
		assertThat(payloads.outgoing(other)).isInstanceOf(byte[].class);
		int encoded = 0;
		while (payloads.reply(ASCII) instanceof byte[]) {
			encoded++;
		}
		assertThat(encoded).as("behind one that was known to be other").isBetween(10, 100);

		LongText right = (LongText) payloads.reply(ASCII);
		LongText wrong = (LongText) payloads.reply(other);

		assertThat(LongText.isAssumed(right)).isTrue();
		assertThat(right.measured()).isInstanceOf(LongText.class);
		assertThat(LongText.isAssumed(right)).isFalse();
		assertThat(wrong.length()).isEqualTo(other.length());
		assertThat(wrong.measured()).isEqualTo(other.getBytes(UTF_8));
		assertThat(payloads.reply(ASCII)).as("behind one that has turned out to be other").isInstanceOf(byte[].class);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void otherTextThanAssumedHasTheBytesOfItsCharset() {
		String text = ASCII + "\u00E9\u20AC";
		for (Charset charset : List.of(UTF_8, StandardCharsets.US_ASCII, StandardCharsets.ISO_8859_1)) {
			Payloads payloads = used(charset);
			assertThat(((LongText) payloads.reply(text)).bytes()).isEqualTo(text.getBytes(charset));
			assertThat(((LongText) payloads.reply(text)).measured()).isEqualTo(text.getBytes(charset));
		}
	}

	@Test
	void repliesOfOtherServersAreEncodedAtOnce() {
		assertThat(new Payloads(UTF_8, List.of()).reply(ASCII)).isEqualTo(ASCII.getBytes(UTF_8));
		assertThat(used(StandardCharsets.UTF_16LE).reply(ASCII)).isEqualTo(ASCII.getBytes(StandardCharsets.UTF_16LE));
		assertThat(used(UTF_8, new Same()).reply(ASCII)).isInstanceOf(byte[].class);
		assertThat(used(UTF_8).reply("short")).isEqualTo("short".getBytes(UTF_8));
		assertThat(used(UTF_8).reply(new byte[3])).isEqualTo(new byte[3]);
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void anyNumberOfThreadsFindOutAtTheSameTime() throws Exception {
		String other = "\u00E9" + "\0".repeat(ASCII.length() - 1);
		ExecutorService threads = Executors.newFixedThreadPool(40);
		try {
			List<Callable<Boolean>> tasks = IntStream.range(0, 40).<Callable<Boolean>>mapToObj((i) -> () -> {
				boolean right = true;
				for (int round = 0; round < 5_000; round++) {
					right &= LongText.of(ASCII) != null && LongText.of(other) == null;
				}
				return right;
			}).toList();
			for (Future<Boolean> right : threads.invokeAll(tasks)) {
				assertThat(right.get()).isTrue();
			}
		}
		finally {
			threads.shutdownNow();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	@EnabledForJreRange(min = JRE.JAVA_22)
	void writesWhereThereIsRoomForOneByteMore(boolean direct) {
		LongText text = Objects.requireNonNull(LongText.of(ASCII));
		int length = ASCII.length();
		ByteBuffer all = direct ? ByteBuffer.allocateDirect(length + 10) : ByteBuffer.allocate(length + 10);
		for (int i = 0; i < all.capacity(); i++) {
			all.put(i, (byte) 'z');
		}

		ByteBuffer narrow = all.duplicate().position(5).limit(5 + length);
		assertThat(text.writeTo(narrow)).isFalse();
		assertThat(narrow.position()).isEqualTo(5);

		ByteBuffer wide = all.duplicate().position(5).limit(6 + length);
		assertThat(text.writeTo(wide)).isTrue();
		assertThat(wide.position()).isEqualTo(5 + length);
		byte[] written = new byte[all.capacity()];
		all.get(0, written);
		assertThat(new String(written, 0, 5 + length, UTF_8)).isEqualTo("zzzzz" + ASCII);
		assertThat(Arrays.copyOfRange(written, 6 + length, written.length)).containsOnly('z');
	}

	@RepeatedTest(100)
	@EnabledForJreRange(min = JRE.JAVA_22)
	void hasTheBytesOfAnyTextThatItTakes(RepetitionInfo repetition) {
		Random random = new Random(repetition.getCurrentRepetition());
		// Surrogates without their other half have one byte in place of two: a question
		// mark.
		int[] characters = { 'a', 0x7F, random.nextBoolean() ? 'b' : 0xD83D, random.nextInt(8) > 0 ? 0 : 0xFF };
		StringBuilder text = new StringBuilder();
		while (text.length() < 600) {
			text.append((char) characters[random.nextInt(characters.length)]);
		}
		byte[] expected = text.toString().getBytes(UTF_8);

		LongText taken = LongText.of(text.toString());
		Object measured = LongText.assumed(text.toString(), new Payloads(UTF_8, List.of()))
			.measured(ByteBuffer.allocate(LongText.SCRATCH_BYTES));

		assertThat(taken != null).isEqualTo(expected.length == text.length());
		assertThat(measured instanceof LongText).isEqualTo(taken != null);
		if (taken != null) {
			ByteBuffer target = ByteBuffer.allocate(expected.length + 1);
			assertThat(taken.writeTo(target)).isTrue();
			assertThat(Arrays.copyOf(target.array(), expected.length)).isEqualTo(expected).isEqualTo(taken.bytes());
		}
	}

	private static final class Same implements PayloadConverter<String> {

		@Override
		public Class<String> type() {
			return String.class;
		}

		@Override
		public String read(byte[] source, int offset, int length) {
			return new String(source, offset, length, UTF_8);
		}

		@Override
		public byte[] write(String payload) {
			return payload.getBytes(UTF_8);
		}

	}

}
