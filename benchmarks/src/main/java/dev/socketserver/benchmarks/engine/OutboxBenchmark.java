package dev.socketserver.benchmarks.engine;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.output.Outbox;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.waiting.Bounds;
import dev.socketserver.framing.Framing;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures what it costs an {@link Outbox} to take payloads and to write them to a
 * socket.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class OutboxBenchmark {

	private static final int SEVERAL = 16;

	private final NullConnection connection = new NullConnection();

	private final byte[] payload = "000000000017-0003-abcdefghijklm".getBytes(StandardCharsets.UTF_8);

	private final Outbox outbox = outbox();

	private Outbox outbox() {
		SessionContext context = EchoContext.create(false);
		InetSocketAddress address = new InetSocketAddress(0);
		Session session = new Session(context, this.connection, address, address, Lane::run, new LoopScratch());
		return new Outbox(session.state(), Framing.line(), Bounds.of(context.spec().outbound()));
	}

	/**
	 * Sends one payload, which leaves at once.
	 * @return a value that depends on it, so that the JVM cannot skip the work
	 */
	@Benchmark
	public long one() {
		this.outbox.add(this.payload, null);
		this.connection.runLater();
		return this.connection.bytes;
	}

	/**
	 * Sends sixteen payloads, which leave together.
	 * @return a value that depends on them, so that the JVM cannot skip the work
	 */
	@Benchmark
	@OperationsPerInvocation(SEVERAL)
	public long sixteen() {
		for (int i = 0; i < SEVERAL; i++) {
			this.outbox.addReply(this.payload, false);
		}
		this.outbox.writer().flush();
		return this.connection.bytes;
	}

}
