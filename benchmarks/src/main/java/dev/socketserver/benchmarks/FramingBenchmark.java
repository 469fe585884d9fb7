package dev.socketserver.benchmarks;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import dev.socketserver.framing.FrameDecoder;
import dev.socketserver.framing.FrameInput;
import dev.socketserver.framing.FrameOutput;
import dev.socketserver.framing.Framing;
import dev.socketserver.framing.FramingException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures what it costs to decode a frame from the bytes of a read, without making a
 * payload of it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FramingBenchmark {

	private static final int SEVERAL = 16;

	/** The framings, by their names in {@code framing.type}. */
	@Param({ "line", "delimiter", "start-end", "length-field", "fixed" })
	public String type = "line";

	/** The number of bytes in a payload. */
	@Param({ "31", "1023" })
	public int bytes;

	private final FrameInput input = new FrameInput();

	private byte[] read = new byte[0];

	private FrameDecoder decoder = Framing.line().decoder(1);

	/** Encodes the frames that are then decoded. */
	@Setup
	public void encode() {
		Framing framing = switch (this.type) {
			case "line" -> Framing.line();
			case "delimiter" -> Framing.delimiter("||");
			case "start-end" -> Framing.startEnd("<", ">");
			case "length-field" -> Framing.lengthField().build();
			case "fixed" -> Framing.fixed(this.bytes);
			default -> throw new IllegalArgumentException(this.type);
		};
		byte[] payload = new byte[this.bytes];
		Arrays.fill(payload, (byte) 'x');
		Output output = new Output();
		for (int i = 0; i < SEVERAL; i++) {
			framing.encode(payload, output);
		}
		this.read = output.collected.toByteArray();
		this.decoder = framing.decoder(64 * 1024);
	}

	/**
	 * Decodes sixteen frames from one read.
	 * @return where they end
	 * @throws FramingException never
	 */
	@Benchmark
	@OperationsPerInvocation(SEVERAL)
	public int cut() throws FramingException {
		this.input.reset(this.read, 0, this.read.length);
		int ends = 0;
		while (this.decoder.next(this.input)) {
			ends += this.input.frameEnd();
		}
		return ends;
	}

	private static final class Output implements FrameOutput {

		private final ByteArrayOutputStream collected = new ByteArrayOutputStream();

		@Override
		public void writeByte(int value) {
			this.collected.write(value);
		}

		@Override
		public void writeInt(int value) {
			this.collected.write(value >> 24);
			this.collected.write(value >> 16);
			this.collected.write(value >> 8);
			this.collected.write(value);
		}

		@Override
		public void write(byte[] bytes) {
			this.collected.writeBytes(bytes);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) {
			this.collected.write(bytes, offset, length);
		}

	}

}
