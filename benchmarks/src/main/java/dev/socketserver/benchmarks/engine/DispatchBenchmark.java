package dev.socketserver.benchmarks.engine;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

import dev.socketserver.ServerHandler;
import dev.socketserver.benchmarks.AnnotatedEcho;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.log.LogContext;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.handler.bean.HandlerBeans;
import dev.socketserver.handler.dispatch.DispatchSettings;
import dev.socketserver.handler.dispatch.OnUnmapped;
import dev.socketserver.handler.key.Discriminators;
import dev.socketserver.handler.payload.PayloadSettings;
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

import org.springframework.beans.factory.support.DefaultListableBeanFactory;

/**
 * Measures what it costs to choose one of several annotated methods: the whole way of
 * lines through eight sessions, whose lines begin with eight different words.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class DispatchBenchmark {

	private static final int WORDS = 8;

	private static final int SEVERAL = 16;

	private final NullConnection connection = new NullConnection();

	private final LoopScratch scratch = new LoopScratch();

	private final ArrayDeque<Lane> ready = new ArrayDeque<>();

	private final Session[] sessions = new Session[WORDS];

	private final byte[][] lines = new byte[WORDS][];

	/** The methods of the handler. */
	@Param({ "one-method", "eight-keys", "eight-methods", "eight-by-hand" })
	private String handler = "";

	/** Opens the sessions. */
	@Setup
	public void open() {
		SessionContext context = EchoContext.create(LogContext.isShown(), handler());
		InetSocketAddress address = new InetSocketAddress(0);
		for (int i = 0; i < WORDS; i++) {
			this.sessions[i] = new Session(context, this.connection, address, address, this.ready::add, this.scratch);
			this.sessions[i].open();
			runLanes();
			this.lines[i] = "KEY%s 00000017-0003-abcdefghij\n".formatted(i + 1)
				.repeat(SEVERAL)
				.getBytes(StandardCharsets.UTF_8);
		}
	}

	private ServerHandler handler() {
		DefaultListableBeanFactory beans = new DefaultListableBeanFactory();
		beans.registerSingleton("words", AnnotatedEcho.handler(this.handler));
		boolean keys = this.handler.equals("eight-keys") || this.handler.equals("eight-methods");
		DispatchSettings settings = keys
				? new DispatchSettings(Discriminators.builtIn("word", StandardCharsets.UTF_8, beans), OnUnmapped.ERROR)
				: DispatchSettings.DEFAULT;
		return new HandlerBeans(beans).serverHandler("words", "benchmark", PayloadSettings.DEFAULT, settings);
	}

	private void runLanes() {
		for (Lane lane = this.ready.poll(); lane != null; lane = this.ready.poll()) {
			lane.run();
		}
		this.connection.runLater();
	}

	/**
	 * Handles sixteen lines in a read of each session.
	 * @return a value that depends on them, so that the JVM cannot skip the work
	 */
	@Benchmark
	@OperationsPerInvocation(WORDS * SEVERAL)
	public long sixteen() {
		for (int i = 0; i < WORDS; i++) {
			byte[] read = this.lines[i];
			System.arraycopy(read, 0, this.scratch.bytes(), 0, read.length);
			this.sessions[i].received(this.scratch.bytes(), read.length, System.nanoTime());
			runLanes();
		}
		return this.connection.bytes;
	}

}
