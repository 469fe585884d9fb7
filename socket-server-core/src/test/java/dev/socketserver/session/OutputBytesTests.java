package dev.socketserver.session;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;

import dev.socketserver.Undeclared;
import dev.socketserver.framing.EncodedFraming;
import dev.socketserver.framing.Framing;
import dev.socketserver.payload.Payloads;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class OutputBytesTests {

	private static final int LONG = Payloads.LONG_BYTES;

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
			Framing framing = random.nextBoolean() ? Framing.raw() : Framing.lengthField().build();
			int added = output.encode(framing, payload);
			if (framing != Framing.raw()) {
				expected.write(ByteBuffer.allocate(Integer.BYTES).putInt(payload.length).array());
			}
			expected.write(payload);
			assertThat(added).isEqualTo(payload.length + ((framing != Framing.raw()) ? Integer.BYTES : 0));
		}
	}

}
