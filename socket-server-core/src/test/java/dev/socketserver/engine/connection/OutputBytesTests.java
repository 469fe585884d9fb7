package dev.socketserver.engine.connection;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

import com.sun.management.ThreadMXBean;
import dev.socketserver.fixtures.Undeclared;
import dev.socketserver.framing.EncodedFraming;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingPreset;
import dev.socketserver.framing.LengthFieldBuilder.LengthEncoding;
import dev.socketserver.framing.LineEnding;
import dev.socketserver.framing.builder.Framings;
import dev.socketserver.framing.codec.PlainFraming;
import dev.socketserver.framing.wrapper.HeartbeatFraming;
import dev.socketserver.payload.LongText;
import dev.socketserver.payload.Payloads;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.platform.commons.support.ReflectionSupport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OutputBytesTests {

	private static final int LONG = Payloads.LONG_BYTES;

	/** Long enough to stay text, and not to stay an array. */
	private static final int TEXT = 200;

	/** Before Java 22 all text is encoded at once, however much was sent. */
	private static final int MANY = (Runtime.version().feature() >= 22) ? 2_000 : 0;

	private static final Framing DECIMAL = Framing.lengthField()
		.encoding(LengthEncoding.DECIMAL)
		.terminator(":")
		.after(new byte[] { ',' })
		.build();

	private static final Payloads TEXTS = texts();

	/** Those of a server that has sent many, where that makes a difference. */
	private static Payloads texts() {
		Payloads texts = new Payloads(UTF_8, List.of());
		String text = "a".repeat(TEXT);
		for (int i = 0; i < MANY && !(texts.outgoing(text) instanceof LongText); i++) {
			continue;
		}
		return texts;
	}

	private final OutputBytes output = new OutputBytes(new byte[0], 0);

	private static byte[] bytes(int length, char value) {
		byte[] bytes = new byte[length];
		Arrays.fill(bytes, (byte) value);
		return bytes;
	}

	private static byte[] all(OutputBytes output) {
		byte[] copy = new byte[output.size()];
		output.copyTo(0, ByteBuffer.wrap(copy));
		assertThat(Arrays.copyOf(output.array(), output.size())).isEqualTo(copy);
		return copy;
	}

	@Test
	void longPayloadsAreNotCopiedUntilTheyLeave() {
		byte[] payload = bytes(LONG, 'a');

		this.output.encode(Framing.line(), payload);

		assertThat(this.output.size()).isEqualTo(LONG + 1);
		assertThat(this.output.gathered()).as("the line end").isOne();
		payload[0] = 'b';
		assertThat(new String(all(this.output), UTF_8)).startsWith("ba").endsWith("a\n");
	}

	@Test
	void shortPayloadsAndWhatAFramingWritesAreCopied() {
		byte[] payload = bytes(LONG - 1, 'a');
		byte[] header = bytes(LONG, 'h');
		Framing headed = new EncodedFraming((bytes, out) -> {
			out.write(header);
			out.write(bytes);
		});

		this.output.encode(headed, payload);

		payload[0] = 'b';
		header[0] = 'b';
		assertThat(new String(all(this.output), UTF_8)).isEqualTo("h".repeat(LONG) + "a".repeat(LONG - 1));
	}

	static Stream<Framing> framings() {
		// Without those whose frames are always short, or which do not take any text.
		Set<FramingPreset> others = EnumSet.of(FramingPreset.MODBUS, FramingPreset.IEC104, FramingPreset.DLT645,
				FramingPreset.RELP);
		Stream<Framing> presets = Arrays.stream(FramingPreset.values())
			.filter((preset) -> !others.contains(preset))
			.map(FramingPreset::framing);
		return Stream.concat(presets, Stream.of(Framing.raw(), Framing.line(), Framing.line(LineEnding.CRLF),
				Framing.line(LineEnding.NONE), Framings.line().strict(true).ending(LineEnding.CRLF).build(),
				Framings.line().loneCarriageReturn(true).build(),
				Framings.line().skip("hex:00").switchable(true).build(), Framing.delimiter(";"),
				Framings.delimiter().delimiters(";").keep(true).build(), Framing.fixed(LONG), Framing.headerBlock(),
				Framing.startEnd("(", ")"), Framing.lengthField().offset(2).build(),
				Framing.lengthField().strip(5).build(), DECIMAL, new HeartbeatFraming(Framing.lengthField().build())));
	}

	@ParameterizedTest
	@MethodSource("framings")
	void textIsFramedAsItsBytesAre(Framing framing) {
		String text = "a\nb;c)}~".repeat(LONG / 8);
		OutputBytes expected = new OutputBytes(new byte[0], 0);
		expected.encode(framing, text.getBytes(UTF_8));

		this.output.encode(framing, TEXTS.outgoing(text));

		assertThat(this.output.size()).isEqualTo(expected.size());
		assertThat(all(this.output)).isEqualTo(all(expected));
	}

	static Stream<Framing> plainFramings() {
		return Stream.of(FramingPreset.MLLP.framing(), Framing.delimiter(";"), DECIMAL, Framing.fixed(TEXT),
				FramingPreset.DNS.framing(), Framings.line().skip("hex:00").switchable(true).build(),
				Framings.line().strict(true).build(), Framings.line().loneCarriageReturn(true).build(),
				FramingPreset.FIX.framing(), FramingPreset.SYSLOG.framing(), Framing.raw(),
				Framing.lengthField().build());
	}

	@Test
	void everyPlainFramingIsTried() {
		List<Class<?>> all = ReflectionSupport.findAllClassesInPackage(PlainFraming.class.getPackageName(),
				(type) -> PlainFraming.class.isAssignableFrom(type) && type != PlainFraming.class, (name) -> true);

		assertThat(all).isNotEmpty();
		assertThat(plainFramings().map(PlainFraming::of).<Class<?>>map(Object::getClass)).containsAll(all);
	}

	@ParameterizedTest
	@MethodSource("plainFramings")
	@EnabledForJreRange(min = JRE.JAVA_22)
	void textThatAFramingNeedNotLookIntoIsNotEncodedUntilItLeaves(Framing framing) {
		Object text = TEXTS.outgoing("a".repeat(TEXT));
		assertThat(text).isInstanceOf(LongText.class);

		this.output.encode(framing, text);

		assertThat(this.output.gathered()).as("what is around it").isEqualTo(this.output.size() - TEXT).isLessThan(16);
	}

	@ParameterizedTest
	@MethodSource("plainFramings")
	@EnabledForJreRange(min = JRE.JAVA_22)
	void lengthIsAssumedUnlessTheFramingNeedsIt(Framing framing) {
		PlainFraming plain = Objects.requireNonNull(PlainFraming.of(framing));
		Object text = TEXTS.reply("a".repeat(TEXT));

		this.output.encode(framing, text);

		assertThat(this.output.assumes()).isEqualTo(!plain.needsLength());
		this.output.measure(new LoopScratch());
		assertThat(this.output.assumes()).isFalse();
		OutputBytes expected = new OutputBytes(new byte[0], 0);
		expected.encode(framing, bytes(TEXT, 'a'));
		assertThat(all(this.output)).isEqualTo(all(expected));
	}

	@ParameterizedTest
	@MethodSource("plainFramings")
	void framingThatNeedsNoLengthWritesTheSameForAllOfThem(Framing framing) {
		PlainFraming plain = Objects.requireNonNull(PlainFraming.of(framing));
		if (!plain.needsLength()) {
			plain.before(1, this.output);
			plain.after(this.output);
			for (int length : new int[] { TEXT, LONG, 1 << 20 }) {
				OutputBytes around = new OutputBytes(new byte[0], 0);
				plain.before(length, around);
				plain.after(around);
				assertThat(all(around)).isEqualTo(all(this.output));
			}
		}
	}

	@RepeatedTest(100)
	void textThatIsLongerThanAssumedLeavesAsItIs(RepetitionInfo repetition) {
		Random random = new Random(repetition.getCurrentRepetition());
		List<Framing> framings = plainFramings().filter((framing) -> !framing.type().equals("fixed")).toList();
		LoopScratch scratch = new LoopScratch();
		ByteArrayOutputStream expected = new ByteArrayOutputStream();
		OutputBytes first = this.output;
		for (OutputBytes output : List.of(first, new OutputBytes(new byte[0], 0))) {
			for (int i = random.nextInt(10); i >= 0; i--) {
				Framing framing = framings.get(random.nextInt(framings.size()));
				String text = (random.nextBoolean() ? "a" : "\u20AC").repeat(1 + random.nextInt(2 * TEXT));
				// One that has turned out to be longer has the next ones be encoded.
				Payloads payloads = (random.nextInt(3) > 0) ? texts() : new Payloads(UTF_8, List.of());
				output.encode(framing, payloads.reply(text));
				OutputBytes frame = new OutputBytes(new byte[0], 0);
				frame.encode(framing, text.getBytes(UTF_8));
				expected.writeBytes(all(frame));
			}
			if (random.nextBoolean() || output != first) {
				output.measure(scratch);
				assertThat(output.assumes()).isFalse();
			}
			if (output != first) {
				first.append(output);
			}
		}
		if (random.nextBoolean()) {
			int length = random.nextInt(4 * expected.size());
			ByteBuffer target = random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
			int room = random.nextInt(length + 1);
			int start = random.nextInt(room + 1);
			first.measureTo(target.position(start).limit(room), scratch);
			byte[] before = new byte[start];
			byte[] written = new byte[target.position() - start];
			byte[] behind = new byte[length - room];
			target.limit(length).get(0, before).get(start, written).get(room, behind);
			assertThat(written)
				.isEqualTo(Arrays.copyOf(expected.toByteArray(), Math.min(room - start, expected.size())));
			assertThat(before).as("before its place").isEqualTo(new byte[start]);
			assertThat(behind).as("behind its room").isEqualTo(new byte[length - room]);
		}
		else {
			first.measure(scratch);
		}
		assertThat(first.assumes()).isFalse();
		assertThat(all(first)).isEqualTo(expected.toByteArray());
	}

	@Test
	void textOfALengthThatNoFrameHasIsRefused() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> this.output.encode(Framing.fixed(LONG), TEXTS.outgoing("a".repeat(LONG + 1))))
			.withMessageContaining("a frame has " + LONG);

		assertThat(this.output.size()).isZero();
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_22)
	void textAtTheEndNeedsNoArrayOfItsOwn() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		String text = "a".repeat(16 * 1024);
		this.output.encode(Framing.lengthField().build(), TEXTS.outgoing(text));
		assertThat(all(this.output)).endsWith(text.getBytes(UTF_8));

		long before = threads.getCurrentThreadAllocatedBytes();
		byte[] array = this.output.array();
		long allocated = threads.getCurrentThreadAllocatedBytes() - before;

		assertThat(allocated).isPositive().isLessThan(array.length + text.length() / 2);
	}

	static Stream<Throwable> failures() {
		return Stream.of(new IllegalArgumentException("as it was asked to"), new IOException("as it was asked to"),
				new OutOfMemoryError("as it was asked to"));
	}

	@ParameterizedTest
	@MethodSource("failures")
	void nothingStaysOfAFrameThatFails(Throwable failure) {
		Framing failing = new EncodedFraming((bytes, out) -> {
			out.writeInt(bytes.length);
			out.write(bytes);
			Undeclared.sneak(failure);
		});
		this.output.encode(Framing.line(), bytes(LONG, 'a'));
		byte[] before = all(this.output);

		assertThatThrownBy(() -> this.output.encode(failing, bytes(LONG, 'b'))).isSameAs(failure);

		assertThat(all(this.output)).isEqualTo(before);
		this.output.encode(Framing.line(), bytes(1, 'c'));
		assertThat(new String(all(this.output), UTF_8)).isEqualTo("a".repeat(LONG) + "\nc\n");
	}

	@Test
	void droppingKeepsNothingButTheNumber() {
		this.output.encode(Framing.line(), bytes(LONG, 'a'));

		this.output.drop();

		assertThat(this.output.size()).isEqualTo(LONG + 1);
		assertThat(this.output.array()).isEmpty();
	}

	@RepeatedTest(200)
	void anythingComesOutAsItWentIn(RepetitionInfo repetition) throws Exception {
		Random random = new Random(repetition.getCurrentRepetition());
		ByteArrayOutputStream expected = new ByteArrayOutputStream();

		fill(this.output, random, expected);
		OutputBytes other = new OutputBytes(new byte[0], 0);
		fill(other, random, expected);
		this.output.append(other);

		assertThat(this.output.size()).isEqualTo(expected.size());
		assertThat(all(this.output)).isEqualTo(expected.toByteArray());
		int from = random.nextInt(expected.size() + 1);
		int to = from + random.nextInt(expected.size() + 1 - from);
		byte[] some = new byte[to - from];
		this.output.copyTo(from, ByteBuffer.wrap(some));
		assertThat(some).isEqualTo(Arrays.copyOfRange(expected.toByteArray(), from, to));
	}

	private static void fill(OutputBytes output, Random random, ByteArrayOutputStream expected) throws Exception {
		for (int i = random.nextInt(50); i > 0; i--) {
			byte[] payload = new byte[random.nextBoolean() ? random.nextInt(20) : LONG - 2 + random.nextInt(4)];
			random.nextBytes(payload);
			Object given = payload;
			if (payload.length >= LONG && random.nextBoolean()) {
				Arrays.fill(payload, (byte) ('a' + random.nextInt(26)));
				given = TEXTS.outgoing(new String(payload, UTF_8));
			}
			Framing framing = random.nextBoolean() ? Framing.raw() : Framing.lengthField().build();
			int before = output.size();
			output.encode(framing, given);
			if (framing != Framing.raw()) {
				expected.write(ByteBuffer.allocate(Integer.BYTES).putInt(payload.length).array());
			}
			expected.write(payload);
			assertThat(output.size() - before)
				.isEqualTo(payload.length + ((framing != Framing.raw()) ? Integer.BYTES : 0));
		}
	}

}
