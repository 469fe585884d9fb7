package dev.socketserver.repl;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.repl.ConsoleApplication.Orders;
import dev.socketserver.repl.terminal.ClientOutput;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(OutputCaptureExtension.class)
class ReplOutputTests {

	private static final int SESSIONS = 16;

	private static final int ROUNDS = 40;

	/** What no log line has in it. */
	private static final String MARK = "~~";

	@Test
	void eachOfSixteenSessionsGetsItsOwnOutputWhileTheApplicationPrints(CapturedOutput log) throws Exception {
		PrintStream before = System.out;
		AtomicBoolean done = new AtomicBoolean();
		ExecutorService executor = Executors.newCachedThreadPool();
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.repl.prompt=> ")) {
			Future<Integer> application = executor.submit(() -> {
				int lines = 0;
				while (!done.get()) {
					System.out.println(MARK + "application " + lines++ + MARK);
					Thread.yield();
				}
				return lines;
			});
			List<Future<?>> sessions = new ArrayList<>();
			for (int i = 0; i < SESSIONS; i++) {
				int number = i;
				sessions.add(executor.submit(() -> {
					converse(context, number);
					return null;
				}));
			}
			for (Future<?> session : sessions) {
				Patience.await(session);
			}
			done.set(true);
			int lines = Patience.await(application);
			List<String> printed = log.getAll().lines().filter((line) -> line.contains(MARK)).toList();
			assertThat(printed.stream().filter((line) -> !line.contains("repl.audit"))).hasSize(lines)
				.allMatch((line) -> line.matches(MARK + "application \\d+" + MARK));
		}
		finally {
			done.set(true);
			executor.shutdownNow();
		}
		assertThat(System.out).as("put back").isSameAs(before);
	}

	@Test
	void stackTracesOfTheApplicationDoNotWaitForAPeerThatDoesNotRead() throws Exception {
		try (ConfigurableApplicationContext context = ConsoleApplication.run(); Socket socket = new Socket()) {
			SocketServer console = context.getBean(SocketServers.class).get("console");
			socket.setReceiveBufferSize(4096);
			socket.connect(console.localAddress());
			String typed = "@upper.apply(null)\n"
					+ "T(java.util.stream.IntStream).range(0, 1000).toArray().![#_e.printStackTrace()]\n".repeat(20);
			socket.getOutputStream().write(typed.getBytes(StandardCharsets.UTF_8));
			await().until(() -> waitsForRoom("console server console-1"));

			Thread application = new Thread(() -> new Exception("of the application").printStackTrace());
			application.start();

			application.join(Patience.millis());
			assertThat(application.isAlive()).isFalse();
		}
	}

	@Test
	void stackTracesThatAreTooMuchAreSeenWhileTheEvaluationGoesOn() throws Exception {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.repl.prompt=> ");
				ConsolePeer peer = ConsolePeer.prompted(context)) {
			peer.type("@upper.apply(null)\n").until("> ");
			peer.type("{T(java.util.stream.IntStream).range(0, 1000).toArray().![#_e.printStackTrace()], "
					+ "T(System).out.println('behind'), @orders.waits()}\n");
			assertThat(new String(peer.bytes(900_000), StandardCharsets.UTF_8)).contains("NullPointerException");
			Patience.await(context.getBean(Orders.class).waiting);
			assertThat(peer.send((byte) 3).until("Interrupted\n> ")).contains("(no more output")
				.doesNotContain("behind");
		}
	}

	@Test
	void anInterruptLosesNothingOfAStackTrace() {
		ByteArrayOutputStream sent = new ByteArrayOutputStream();
		PrintStream printed = new ClientOutput(new OutputStream() {

			private boolean interrupted;

			@Override
			public void write(int value) throws IOException {
				if (sent.size() == 5 && !this.interrupted) {
					this.interrupted = true;
					throw new InterruptedIOException();
				}
				sent.write(value);
			}

		}, StandardCharsets.UTF_8).printed();
		synchronized (System.err) {
			printed.print("one\ntwo\nthree\n");
			assertThat(sent.size()).isZero();
		}
		printed.flush();
		assertThat(sent.size()).isEqualTo(5);
		printed.flush();
		assertThat(sent).hasToString("one\ntwo\nthree\n");
	}

	private static boolean waitsForRoom(String name) {
		return Thread.getAllStackTraces()
			.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().getName().equals(name))
			.flatMap((entry) -> Stream.of(entry.getValue()))
			.anyMatch((frame) -> frame.getMethodName().equals("awaitRoom"));
	}

	private static void converse(ConfigurableApplicationContext context, int number) throws IOException {
		try (ConsolePeer peer = ConsolePeer.prompted(context)) {
			for (int round = 0; round < ROUNDS; round++) {
				String text = MARK + number + " " + round + MARK;
				String expression = "T(System).out.println('" + text + "'); T(System).err.print('" + text + "!'); "
						+ round;
				assertThat(peer.ask(expression, "> ")).isEqualTo(text + "\nnull\n" + text + "!\nnull\n" + round);
			}
		}
	}

	@Test
	void errorOutputGoesToTheLogWhereItIsAskedTo(CapturedOutput log) throws Exception {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.repl.prompt=> ",
				"--socket.repl.bind-err=false"); ConsolePeer peer = ConsolePeer.prompted(context)) {
			assertThat(peer.type("@orders.fail()\n").until("> ")).as("just the next prompt").isEmpty();
			assertThat(peer.ask("T(System).err.println('oh')", "> ")).isEqualTo("null");
			assertThat(peer.ask("#_e.message", "> ")).isEqualTo("sold out");
			assertThat(log).contains("Session console-1: an evaluation failed")
				.contains("java.lang.IllegalStateException: sold out")
				.contains("Session console-1 printed: oh");
		}
	}

	@Test
	void threadsThatAnEvaluationStartsPrintWhereTheApplicationDoes(CapturedOutput log) throws Exception {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.repl.prompt=> ");
				ConsolePeer peer = ConsolePeer.connect(context, "console")) {
			context.getBeanFactory()
				.registerSingleton("starter", (Runnable) () -> start(() -> System.out.println("from another thread")));
			peer.until("> ");
			assertThat(peer.ask("@starter.run()", "> ")).isEqualTo("null");
			assertThat(log).contains("from another thread");
		}
	}

	@Test
	void whatAnEvaluationLogsGoesToTheLog(CapturedOutput log) throws Exception {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.repl.prompt=> ");
				ConsolePeer peer = ConsolePeer.connect(context, "console")) {
			Logger logger = LoggerFactory.getLogger(ReplOutputTests.class);
			context.getBeanFactory().registerSingleton("logging", (Runnable) () -> {
				logger.warn("logged by an evaluation");
				System.out.write(new byte[] { 'b', '\n' }, 0, 2);
			});
			peer.until("> ");
			assertThat(peer.ask("@logging.run()", "> ")).isEqualTo("b\nnull");
			assertThat(log).contains("logged by an evaluation");
		}
	}

	/** Those of an executable jar are known to its own class loader only. */
	@Test
	void codeOfAnEvaluationFindsTheClassesOfTheApplication() throws Exception {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.repl.prompt=> ",
				"--socket.servers.console.start.auto=false"); URLClassLoader other = new URLClassLoader(new URL[0])) {
			AtomicReference<ClassLoader> seen = new AtomicReference<>();
			context.getBeanFactory()
				.registerSingleton("look", (Runnable) () -> seen.set(Thread.currentThread().getContextClassLoader()));
			Thread thread = Thread.currentThread();
			ClassLoader before = thread.getContextClassLoader();
			thread.setContextClassLoader(other);
			try {
				context.getBean(SocketServers.class).get("console").start();
			}
			finally {
				thread.setContextClassLoader(before);
			}
			try (ConsolePeer peer = ConsolePeer.connect(context, "console")) {
				peer.until("> ");
				assertThat(peer.ask("@look.run()", "> ")).isEqualTo("null");
				assertThat(seen.getAndSet(null)).isSameAs(context.getClassLoader());
				// An operator's may come on any thread, with the class loader of a
				// container for instance.
				SocketSession session = context.getBean(SocketServers.class).session("console-1").orElseThrow();
				thread.setContextClassLoader(other);
				try {
					context.getBean(Repl.class).evaluate(session, "@look.run()");
				}
				finally {
					thread.setContextClassLoader(before);
				}
				assertThat(seen.get()).isSameAs(context.getClassLoader());
			}
		}
	}

	private static void start(Runnable action) {
		Thread thread = new Thread(action);
		thread.start();
		try {
			thread.join();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

}
