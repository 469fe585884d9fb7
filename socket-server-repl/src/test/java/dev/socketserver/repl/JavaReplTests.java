package dev.socketserver.repl;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import javax.tools.ToolProvider;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.repl.ConsoleApplication.Orders;
import dev.socketserver.repl.evaluate.JavaLanguage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.loader.FakeBootLoader;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.io.DefaultResourceLoader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@Tag("virtual-threads")
class JavaReplTests {

	private static ConfigurableApplicationContext run(String... more) {
		return ConsoleApplication
			.run(Stream.concat(Stream.of("--socket.repl.language=java", "--socket.repl.prompt=> "), Stream.of(more))
				.toArray(String[]::new));
	}

	@Test
	void evaluatesJavaInTheApplication() throws Exception {
		try (ConfigurableApplicationContext context = run(); ConsolePeer peer = ConsolePeer.prompted(context)) {
			peer.holds("> ", """
					> 1 + 1
					2
					> int x = 41; x + 1
					41
					42
					> _1 + _2
					83
					> orders.place()
					1
					> orders.fail()
					java.lang.IllegalStateException: sold out
					> _e.getMessage()
					sold out
					> ctx.getBean("orders") == orders
					true
					> session.id()
					console-1
					> List.of(1, 2)
					[1, 2]
					> _1.get(0) + 1
					2
					""");
			assertThat(context.getBean(Orders.class).count()).isEqualTo(1);
			assertThat(peer.type("System.out.println(\"hi\")\n").until("> ")).isEqualTo("hi\n");
			assertThat(peer.type("int twice(int n) {\n").until("... ")).isEmpty();
			assertThat(peer.type("return n + n; }\n").until("> ")).isEmpty();
			peer.holds("> ", """
					> twice(x)
					82
					> int f() { return g(); }
					declared, and to be used when there is method g()
					> f()
					f is to be used when there is method g()
					""");
			assertThat(peer.ask("nonsense", "> ")).contains("cannot find symbol");
			assertThat(peer.ask("orders.cou\t", "> ")).contains("count()");
			assertThat(peer.ask("ord\t", "> ")).contains("orders");
			assertThat(peer.ask(":state", "> ")).contains("x = 41");
			Orders orders = context.getBean(Orders.class);
			peer.type("orders.waits()\n");
			Patience.await(orders.waiting);
			assertThat(peer.send((byte) 3).until("Interrupted\n> ")).contains("java.lang.InterruptedException");
		}
	}

	/** Making it may fail, as that of a request does where there is none. */
	@Test
	void aBeanIsNotMadeWhereItsNameIsNoVariable() throws Exception {
		AtomicInteger asked = new AtomicInteger();
		try (ConfigurableApplicationContext context = run();
				ConsolePeer peer = ConsolePeer.connect(context, "console")) {
			((GenericApplicationContext) context).registerBean("cart", Orders.class, () -> {
				asked.incrementAndGet();
				throw new IllegalStateException("no request");
			});
			peer.until("> ");
			assertThat(peer.ask("\"cart\".length()", "> ")).isEqualTo("4");
			assertThat(peer.ask("1 + 1 // of the cart", "> ")).isEqualTo("2");
			assertThat(peer.ask("'\"' + \"a \\\" cart\" /* cart */", "> ")).isEqualTo("\"a \" cart");
			assertThat(peer.type("\"\"\"\n").until("... ")).isEmpty();
			assertThat(peer.ask("a \\\"\"\" cart \"\" \\\"\"\"\" + '\"' + \" cart\"", "> "))
				.isEqualTo("a \"\"\" cart \"\" \"\" cart");
			for (String unclosed : List.of("\"cart", "1 + '\\'cart", "1 + /* cart", "\"\"\" cart")) {
				peer.ask(unclosed + "\t", "> ");
			}
			assertThat(peer.ask("\"a\".cart()", "> ")).contains("cannot find symbol");
			assertThat(peer.ask("Function<Integer, Integer> f = orders::cart", "> "))
				.contains("invalid method reference");
			assertThat(asked).hasValue(0);
			assertThat(peer.ask("cart.count()", "> ")).contains("creating bean with name 'cart'");
		}
	}

	@Test
	void aBeanThatCannotBeMadeIsMissedWhereItIsNeeded() throws Exception {
		try (ConfigurableApplicationContext context = run();
				ConsolePeer peer = ConsolePeer.connect(context, "console")) {
			((GenericApplicationContext) context).registerBean("cart", Orders.class, () -> {
				throw new IllegalStateException("no request");
			});
			peer.until("> ");
			assertThat(peer.ask("Stream.of(1).map(cart -> cart + 1).toList()", "> ")).isEqualTo("[2]");
			assertThat(peer.ask("int cart(int n) { return n + 2; }; cart(1)", "> ")).endsWith("3");
			assertThat(peer.ask("true ?cart: 1", "> ")).contains("creating bean with name 'cart'");
			peer.ask("cart.\t", "> ");
			assertThat(peer.ask("int cart = 7", "> ")).isEqualTo("7");
			assertThat(peer.ask("cart + 1", "> ")).isEqualTo("8");
		}
	}

	/**
	 * One waits for nothing, one catches interrupts, as polling loops do that mean well.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "for (int i = 0; ; ) { orders.begins(); i++; }",
			"while (true) { try { orders.begins(); Thread.sleep(10); } catch (Exception ex) { } }" })
	void aLoopIsInterrupted(String loop) throws Exception {
		try (ConfigurableApplicationContext context = run(); ConsolePeer peer = ConsolePeer.prompted(context)) {
			Orders orders = context.getBean(Orders.class);
			peer.type(loop + "\n");
			Patience.await(orders.waiting);
			peer.send((byte) 3).until("Interrupted\n> ");
			assertThat(peer.ask("2", "> ")).isEqualTo("2");
		}
	}

	/** Also one whose peer is lost while something is evaluated, which is interrupted. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aSessionThatHasEndedHoldsNoFilesOpen(boolean lost) throws Exception {
		UnixOperatingSystemMXBean system = system();
		try (ConfigurableApplicationContext context = run()) {
			long open;
			try (ConsolePeer peer = ConsolePeer.connect(context, "console")) {
				peer.until("> ");
				assertThat(peer.ask("ctx.isActive()", "> ")).isEqualTo("true");
				open = system.getOpenFileDescriptorCount();
				if (lost) {
					peer.type("orders.waits()\n");
					Patience.await(context.getBean(Orders.class).waiting);
					peer.reset();
				}
			}
			// The compiler reads jars. Those of an earlier session may be open as well.
			await().atMost(Patience.limit()).until(() -> system.getOpenFileDescriptorCount() < open - 20);
		}
	}

	@Test
	void looksAtASessionWithoutACompiler() throws Exception {
		UnixOperatingSystemMXBean system = system();
		try (ConfigurableApplicationContext context = run("--socket.servers.upper.port=0");
				ConsolePeer peer = ConsolePeer.connect(context, "console");
				TestPeer other = TestPeer.connect(context, "upper")) {
			peer.until("> ");
			assertThat(other.ask("a")).isEqualTo("A");
			SocketSession session = context.getBean(SocketServers.class).session("upper-1").orElseThrow();
			long before = system.getOpenFileDescriptorCount();

			assertThat(context.getBean(Repl.class).state(session)).isEmpty();
			assertThat(peer.type(":state\n").until("> ")).isEmpty();
			assertThat(peer.type(":state upper-1\n").until("> ")).isEmpty();
			peer.ask(":attach upper-1", "upper-1 > ");

			assertThat(system.getOpenFileDescriptorCount()).isLessThan(before + 20);
			assertThat(peer.ask("session.id()", "upper-1 > ")).isEqualTo("upper-1");
			assertThat(peer.ask(":state", "upper-1 > ")).contains("_1 = upper-1");
		}
	}

	/** It would close the files that the compiler reads from, for good. */
	@Test
	void anInterruptDoesNotReachTheCompiler() throws Exception {
		try (ConfigurableApplicationContext context = run(); ConsolePeer peer = ConsolePeer.prompted(context)) {
			assertThat(peer.ask("Thread.currentThread().interrupt(); ctx.isActive()", "> ")).isEqualTo("true");
			assertThat(peer.ask("org.springframework.util.StringUtils.capitalize(\"abc\")", "> ")).isEqualTo("Abc");
		}
	}

	/** As in a servlet container. */
	@Test
	void classesThatAreNotOnTheClassPathOfTheJvmAreThere(@TempDir Path directory) throws Exception {
		Path source = Files.writeString(directory.resolve("Cart.java"),
				"package shop; public class Cart { public static int total() { return 42; } }");
		assertThat(ToolProvider.getSystemJavaCompiler()
			.run(null, null, null, "-d", directory.toString(), source.toString())).isZero();
		try (URLClassLoader loader = new URLClassLoader(new URL[] { directory.toUri().toURL() },
				getClass().getClassLoader());
				ConfigurableApplicationContext context = new SpringApplicationBuilder(ConsoleApplication.class)
					.web(WebApplicationType.NONE)
					.resourceLoader(new DefaultResourceLoader(loader))
					.run("--socket.servers.console.port=0", "--socket.servers.console.handler=repl",
							"--socket.repl.language=java", "--socket.repl.prompt=> ");
				ConsolePeer peer = ConsolePeer.connect(context, "console")) {
			peer.until("> ");
			assertThat(peer.ask("shop.Cart.total()", "> ")).isEqualTo("42");
		}
	}

	private static UnixOperatingSystemMXBean system() {
		OperatingSystemMXBean system = ManagementFactory.getOperatingSystemMXBean();
		assumeTrue(system instanceof UnixOperatingSystemMXBean, "This system does not tell");
		return (UnixOperatingSystemMXBean) system;
	}

	@ParameterizedTest
	@ValueSource(strings = { "--socket.servers.console.handler=repl", "--socket.repl.eval-over-actuator=on" })
	void theStartFailsWhereItCannotRun(String asks) {
		assertThatThrownBy(
				() -> new SpringApplicationBuilder(ConsoleApplication.class).web(WebApplicationType.NONE)
					.resourceLoader(new DefaultResourceLoader(new FakeBootLoader(getClass().getClassLoader())))
					.run(asks, "--socket.servers.console.port=0",
							asks.contains("handler") ? "--socket.enabled=true"
									: "--socket.servers.console.handler=echo",
							"--socket.repl.language=java"))
			.rootCause()
			.isInstanceOf(InvalidSocketPropertyException.class)
			.hasMessageStartingWith(
					"Property socket.repl.language is 'java': the application runs from an executable jar")
			.hasMessageContaining("-Djarmode=tools");
	}

	@Test
	void saysWhyItCannotRunInAnExecutableJar() {
		assertThat(JavaLanguage.problem(getClass().getClassLoader())).isNull();
		JavaLanguage.Problem problem = JavaLanguage.problem(new FakeBootLoader(getClass().getClassLoader()));
		assertThat(problem).isNotNull();
		assertThat(problem.reason()).contains("executable jar");
		assertThat(problem.remedy()).contains("-Djarmode=tools");
	}

}
