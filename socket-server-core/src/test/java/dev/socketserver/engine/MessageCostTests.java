package dev.socketserver.engine;

import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import com.sun.management.ThreadMXBean;
import dev.socketserver.ServerHandler;
import dev.socketserver.ServerSpec;
import dev.socketserver.engine.connection.Connection;
import dev.socketserver.engine.connection.LoopScratch;
import dev.socketserver.engine.connection.OutputBytes;
import dev.socketserver.engine.events.SessionListener;
import dev.socketserver.engine.gate.SessionGate;
import dev.socketserver.engine.gate.SessionRates;
import dev.socketserver.engine.lane.Lane;
import dev.socketserver.engine.memory.MemoryBudget;
import dev.socketserver.engine.session.Session;
import dev.socketserver.engine.session.SessionContext;
import dev.socketserver.engine.session.SessionEvents;
import dev.socketserver.engine.session.SessionRegistry;
import dev.socketserver.engine.state.SharedState;
import dev.socketserver.engine.stats.ServerCounters;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.operator.IoThread;
import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.Payloads;
import dev.socketserver.spec.gate.Rate;
import dev.socketserver.spec.gate.Rates;
import org.junit.jupiter.api.Test;
import org.slf4j.MDC;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that a message costs no more than it should, in what can be counted on any
 * machine and whatever else that does: writes to the socket, tasks for loop and executor,
 * bytes allocated. Whoever makes one of them dearer on purpose changes its number here.
 */
class MessageCostTests {

	private static final String LINE = "000000000017-0003-abcdefghijklm\n";

	private static final int SEVERAL = 16;

	private static final int WARM_UP = 2_000;

	private static final int MESSAGES = 2_000;

	/**
	 * A line of 31 characters is a string (72 bytes), and its reply an array (48), and
	 * again 32 bytes of what leaves. As without the optimizing compiler, which leaves
	 * some of it out.
	 */
	private static final int MOST_BYTES_OF_A_MESSAGE = 160;

	/** What a read costs beside its messages, the names for log lines included. */
	private static final int MOST_BYTES_OF_A_READ = 512;

	/**
	 * A long one is a string, and its reply another array, which leaves as it is; none
	 * from Java 22 on, where text can leave as it is.
	 */
	private static final int LONG_LINE = 1024;

	/** What has the text that leaves as it is. */
	private static final int LONG_TEXT = 24;

	private static final int SESSIONS = 2_000;

	/** A session and its parts, its place in the registry, and one line. */
	private static final int MOST_BYTES_OF_A_SESSION = 1_800;

	/** What a session with rates has besides, and no other has. */
	private static final int MOST_BYTES_OF_A_GATE = 32;

	private final CountingWire connection = new CountingWire();

	private final Queue<Lane> ready = new ArrayDeque<>();

	private final LoopScratch scratch = new LoopScratch();

	private int handedOver;

	private final SessionContext context = context();

	private final Session session = session();

	private static SessionContext context() {
		ServerSpec spec = ServerSpec.builder("echo")
			.handler(ServerHandler.function("echo", PayloadConverter.text(StandardCharsets.UTF_8), (line) -> line))
			.build();
		return new SessionContext(
				new SharedState(spec.session(), new ServerCounters(), MemoryBudget.unlimited(),
						TestDiagnostics.with(true)),
				new Payloads(StandardCharsets.UTF_8, List.of()), new SessionRegistry("echo"),
				new SessionEvents(new SessionListener() {
				}, () -> {
				}), TestDiagnostics.requests(), (name, task) -> task.run());
	}

	private Session session() {
		InetSocketAddress address = new InetSocketAddress(0);
		return new Session(this.context, this.connection, address, address, (lane) -> {
			this.handedOver++;
			this.ready.add(lane);
		}, this.scratch);
	}

	@Test
	void linesOfAReadThatAreHandledOnTheLoopLeaveInOneWrite() throws Exception {
		onLoop(() -> {
			open();
			this.connection.inLoop = true;

			receive(SEVERAL);
			runLanes();

			assertThat(this.handedOver).as("runs of the lane").isOne();
			// A machine may be so slow that what is there already should not wait.
			assertThat(this.connection.writes).as("writes").isLessThan(SEVERAL / 2);
			assertThat(this.connection.written).isEqualTo(SEVERAL * LINE.length());
			return null;
		});
	}

	@Test
	void linesOfAReadThatAreHandledElsewhereAskTheLoopOnceAndLeaveInOneWrite() {
		open();

		receive(SEVERAL);
		runLanes();

		assertThat(this.handedOver).as("runs of the lane").isOne();
		assertThat(this.connection.asked).as("wake-ups of the loop").isOne();
		assertThat(this.connection.writes).isZero();
		this.connection.runLoop();
		assertThat(this.connection.writes).as("writes").isOne();
		assertThat(this.connection.written).isEqualTo(SEVERAL * LINE.length());
	}

	@Test
	void sendsOfAnotherThreadAskTheLoopOnceUntilItComes() {
		open();

		for (int i = 0; i < SEVERAL; i++) {
			this.session.send("hello", (failure) -> {
			});
		}

		assertThat(this.connection.asked).as("wake-ups of the loop").isOne();
		this.connection.runLoop();
		assertThat(this.connection.writes).as("writes").isOne();
	}

	@Test
	void sendsOfTheLoopForAnotherSessionLeaveInOneWriteAfterWhatItIsDoing() throws Exception {
		onLoop(() -> {
			open();
			this.connection.inLoop = true;

			for (int i = 0; i < SEVERAL; i++) {
				this.session.trySend("hello");
			}

			assertThat(this.connection.asked).as("tasks of the loop").isOne();
			assertThat(this.connection.writes).isZero();
			this.connection.runLoop();
			assertThat(this.connection.writes).as("writes").isOne();
			return null;
		});
	}

	@Test
	void loneLineAllocatesLittle() {
		long bytes = allocatedPerRead(LINE, 1);

		assertThat(bytes).as("bytes allocated for a line alone")
			.isPositive()
			.isLessThanOrEqualTo(MOST_BYTES_OF_A_READ + MOST_BYTES_OF_A_MESSAGE);
	}

	@Test
	void linesThatComeTogetherShareWhatAReadAllocates() {
		long bytes = allocatedPerRead(LINE, SEVERAL);

		assertThat(bytes).as("bytes allocated for 16 lines of a read")
			.isPositive()
			.isLessThanOrEqualTo(MOST_BYTES_OF_A_READ + SEVERAL * MOST_BYTES_OF_A_MESSAGE);
	}

	@Test
	void longLinesAreCopiedNoMoreThanTheJvmHasTo() {
		boolean asItIs = Runtime.version().feature() >= 22;
		int most = asItIs ? LONG_LINE + LONG_TEXT : 2 * LONG_LINE;
		long bytes = allocatedPerRead("x".repeat(LONG_LINE - 1) + "\n", SEVERAL);

		assertThat(bytes).as("bytes allocated for 16 long lines of a read")
			.isPositive()
			.isLessThanOrEqualTo(MOST_BYTES_OF_A_READ + SEVERAL * (most + MOST_BYTES_OF_A_MESSAGE));
	}

	@Test
	void sessionWithoutLimitsHasNoGateAndOneWithThemHasALittle() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		SessionGate[] gates = new SessionGate[SESSIONS];
		gates[0] = new SessionGate();

		long before = threads.getCurrentThreadAllocatedBytes();
		for (int i = 0; i < SESSIONS; i++) {
			gates[i] = new SessionGate();
		}
		long bytes = threads.getCurrentThreadAllocatedBytes() - before;

		assertThat(this.session.input().room().gate()).isNull();
		assertThat(bytes / SESSIONS).as("bytes of a session with rates").isLessThanOrEqualTo(MOST_BYTES_OF_A_GATE);
	}

	@Test
	void rateAllocatesNothingForMessages() {
		open();
		exchange(LINE, SEVERAL, WARM_UP);
		long without = allocated();

		this.session.input().room().makeGate().rates(rates(System::nanoTime));
		exchange(LINE, SEVERAL, WARM_UP);

		assertThat(allocated()).as("bytes allocated for 16 lines of a read").isEqualTo(without);
	}

	/** A look at the clock costs more than all the rest of a rate. */
	@Test
	void rateHardlyLooksAtTheClockForMessages() {
		AtomicLong looks = new AtomicLong();
		open();
		this.session.input().room().makeGate().rates(rates(() -> {
			looks.incrementAndGet();
			return System.nanoTime();
		}));
		looks.set(0);

		exchange(LINE, SEVERAL, MESSAGES);
		exchange(LINE, 1, MESSAGES);

		assertThat(looks).as("looks at the clock for 4,000 reads").hasValueLessThan(MESSAGES / 100);
	}

	private long allocated() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		exchange(LINE, SEVERAL, MESSAGES);
		return (threads.getCurrentThreadAllocatedBytes() - before) / MESSAGES;
	}

	/** Rates that nobody can exceed here. */
	private static SessionRates rates(LongSupplier nanoTime) {
		Rates rules = Rates.DEFAULTS.messages(Rate.messages("900000000/s")).bytes(Rate.bytes("900GB/s"));
		return new SessionRates(rules, 1024, new ServerCounters(), new ScheduledThreadPoolExecutor(1), nanoTime);
	}

	/** There may be tens of thousands of them: a buffer for each would be gigabytes. */
	@Test
	void sessionAllocatesLittleUntilItRests() {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		open();
		rest(SESSIONS);

		long before = threads.getCurrentThreadAllocatedBytes();
		rest(SESSIONS);
		long bytes = (threads.getCurrentThreadAllocatedBytes() - before) / SESSIONS;

		assertThat(this.connection.written).isEqualTo(2L * SESSIONS * LINE.length());
		assertThat(bytes).as("bytes allocated for a session that has answered a line")
			.isPositive()
			.isLessThanOrEqualTo(MOST_BYTES_OF_A_SESSION);
	}

	/** Opens so many sessions, each of which answers a line. */
	private void rest(int sessions) {
		for (int i = 0; i < sessions; i++) {
			Session opened = session();
			opened.open();
			runLanes();
			opened.received(this.scratch.bytes(), LINE.length(), System.nanoTime());
			runLanes();
			this.connection.runLoop();
		}
	}

	/** Everything here happens on this thread. */
	private long allocatedPerRead(String line, int lines) {
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		open(line);
		exchange(line, lines, WARM_UP);

		long before = threads.getCurrentThreadAllocatedBytes();
		exchange(line, lines, MESSAGES);
		long allocated = threads.getCurrentThreadAllocatedBytes() - before;

		assertThat(this.connection.written).isEqualTo((long) (WARM_UP + MESSAGES) * lines * line.length());
		assertThat(MDC.getCopyOfContextMap()).isNullOrEmpty();
		return allocated / MESSAGES;
	}

	private void exchange(String line, int lines, int times) {
		for (int i = 0; i < times; i++) {
			receive(line, lines);
			runLanes();
			this.connection.runLoop();
		}
	}

	private void open() {
		open(LINE);
	}

	private void open(String text) {
		byte[] line = text.getBytes(StandardCharsets.US_ASCII);
		for (int i = 0; i < SEVERAL; i++) {
			System.arraycopy(line, 0, this.scratch.bytes(), i * line.length, line.length);
		}
		this.session.open();
		runLanes();
		this.handedOver = 0;
		this.connection.asked = 0;
	}

	private void receive(int lines) {
		receive(LINE, lines);
	}

	private void receive(String line, int lines) {
		this.session.received(this.scratch.bytes(), lines * line.length(), System.nanoTime());
	}

	private void runLanes() {
		for (Lane lane = this.ready.poll(); lane != null; lane = this.ready.poll()) {
			lane.run();
		}
	}

	private static void onLoop(Callable<?> test) throws Exception {
		FutureTask<?> task = new FutureTask<>(test);
		Thread loop = new Loop(task);
		loop.setDaemon(true);
		loop.start();
		Patience.await(task);
	}

	private static final class Loop extends Thread implements IoThread {

		Loop(Runnable task) {
			super(task, "loop");
		}

	}

	/** Takes everything at once, and allocates nothing. */
	private static final class CountingWire implements Connection {

		private final LoopScratch scratch = new LoopScratch();

		private final Queue<Runnable> tasks = new ArrayDeque<>();

		private boolean inLoop;

		private int asked;

		private int writes;

		private long written;

		void runLoop() {
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
		}

		@Override
		public void execute(Runnable task) {
			if (this.inLoop) {
				task.run();
			}
			else {
				executeLater(task);
			}
		}

		@Override
		public void executeLater(Runnable task) {
			this.asked++;
			this.tasks.add(task);
		}

		@Override
		public boolean isLoop() {
			return this.inLoop;
		}

		@Override
		public void write(OutputBytes bytes, WriteResult result) {
			bytes.measure(this.scratch);
			this.writes++;
			this.written += bytes.size();
			result.done(null, 0);
		}

		@Override
		public long unwritten() {
			return 0;
		}

		@Override
		public void reading(boolean on) {
			throw new AssertionError("There is always room to read");
		}

		@Override
		public void shutdownOutput() {
			throw new AssertionError("Nobody ends the output");
		}

		@Override
		public void close() {
			throw new AssertionError("Nobody closes");
		}

		@Override
		public void abort() {
			throw new AssertionError("Nobody aborts");
		}

	}

}
