package dev.socketserver.benchmarks.engine;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.gate.SessionRates;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spec.gate.Rates;
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
 * Measures what a message costs in this project's own code: the whole way of a line
 * through a session, from the bytes of a read to the bytes of a write, without a socket
 * and without another thread.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SessionBenchmark {

	private static final int SEVERAL = 16;

	private static final byte[] LINE = "000000000017-0003-abcdefghijklm\n".getBytes(StandardCharsets.UTF_8);

	private final NullConnection connection = new NullConnection();

	private final LoopScratch scratch = new LoopScratch();

	private final ArrayDeque<Lane> ready = new ArrayDeque<>();

	private Session session = session();

	/** Whether the peer may send only so fast, which it does not exceed. */
	@Param({ "false", "true" })
	private boolean rates;

	/** Opens the session. */
	@Setup
	public void open() {
		this.session = session();
		for (int i = 0; i < SEVERAL; i++) {
			System.arraycopy(LINE, 0, this.scratch.bytes(), i * LINE.length, LINE.length);
		}
		this.session.open();
		runLanes();
		if (this.rates) {
			Rates rules = Rates.DEFAULTS.messages(Rate.messages("900000000/s")).bytes(Rate.bytes("900GB/s"));
			this.session.input()
				.room()
				.makeGate()
				.rates(new SessionRates(rules, LINE.length, new ServerCounters(), new ScheduledThreadPoolExecutor(1),
						System::nanoTime));
		}
	}

	private Session session() {
		SessionContext context = EchoContext.create(LogContext.isShown());
		InetSocketAddress address = new InetSocketAddress(0);
		return new Session(context, this.connection, address, address, this.ready::add, this.scratch);
	}

	private void runLanes() {
		for (Lane lane = this.ready.poll(); lane != null; lane = this.ready.poll()) {
			lane.run();
		}
		this.connection.runLater();
	}

	/**
	 * Handles one line in a read.
	 * @return a value that depends on it, so that the JVM cannot skip the work
	 */
	@Benchmark
	public long one() {
		this.session.received(this.scratch.bytes(), LINE.length, System.nanoTime());
		runLanes();
		return this.connection.bytes;
	}

	/**
	 * Handles sixteen lines in a read.
	 * @return a value that depends on them, so that the JVM cannot skip the work
	 */
	@Benchmark
	@OperationsPerInvocation(SEVERAL)
	public long sixteen() {
		this.session.received(this.scratch.bytes(), SEVERAL * LINE.length, System.nanoTime());
		runLanes();
		return this.connection.bytes;
	}

}
