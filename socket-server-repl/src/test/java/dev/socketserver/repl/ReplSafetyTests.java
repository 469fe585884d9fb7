package dev.socketserver.repl;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import dev.socketserver.ListenerSpec;
import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.address.AddressBan;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.fixtures.TestPeer;
import dev.socketserver.operation.SessionEvaluator;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.spec.listen.Tcp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

@ExtendWith(OutputCaptureExtension.class)
class ReplSafetyTests {

	@ParameterizedTest
	@ValueSource(strings = { "any", "*", "0.0.0.0", "::", "192.0.2.1" })
	void aConsoleListensOnLoopbackOnly(String address) {
		assertThatThrownBy(() -> ConsoleApplication.run("--socket.servers.console.address=" + address)).rootCause()
			.isInstanceOf(InvalidSocketPropertyException.class)
			.hasMessageStartingWith("Property socket.servers.console.address is '" + address + "'")
			.hasMessageContaining("runs whatever its peer types")
			.hasMessageContaining("socket.repl.allow-remote");
	}

	@Test
	void anInheritedAddressIsNamedWhereItIs() {
		assertThatThrownBy(() -> ConsoleApplication.run("--socket.server-defaults.address=any")).rootCause()
			.hasMessageStartingWith("Property socket.server-defaults.address is 'any'");
	}

	@Test
	void eachListenerIsOnLoopback() {
		String listener = "socket.servers.console.listeners.x.";
		assertThatThrownBy(() -> ConsoleApplication.run("--" + listener + "port=0", "--" + listener + "address=any"))
			.rootCause()
			.hasMessageStartingWith("Property " + listener + "address is 'any'")
			.hasMessageContaining("server 'console/x' is a console");
		assertThatThrownBy(() -> ConsoleApplication.run("--socket.servers.console.port=", "--" + listener + "port=0",
				"--socket.servers.console.address=any"))
			.rootCause()
			.hasMessageStartingWith("Property socket.servers.console.address is 'any'");
	}

	@Test
	void everyLoopbackAddressWillDo() {
		ConsoleApplication
			.run("--socket.servers.console.address=127.0.0.1", "--socket.servers.other.port=0",
					"--socket.servers.other.handler=repl", "--socket.servers.other.address=127.1.2.3",
					"--socket.servers.named.port=0", "--socket.servers.named.handler=repl",
					"--socket.servers.named.address=localhost")
			.close();
	}

	/** A socket that others have bound may be reached by anybody, whatever its name. */
	@ParameterizedTest
	@CsvSource({ "console, ''", "fd:3, ''", "console, 0" })
	void aConsoleInheritsNoSocketThatMayBeReachedFromElsewhere(String socket, String port) {
		assertThatThrownBy(() -> ConsoleApplication.run("--socket.servers.console.inherit=" + socket,
				"--socket.servers.console.port=" + port))
			.rootCause()
			.isInstanceOf(InvalidSocketPropertyException.class)
			.hasMessageStartingWith("Property socket.servers.console.inherit is '" + socket + "'")
			.hasMessageContaining("runs whatever its peer types, and the socket that it inherits may be one that can "
					+ "be reached from other machines")
			.hasMessageContaining("Set address to 127.0.0.1")
			.hasMessageContaining("socket.repl.allow-remote");
	}

	@Test
	void anInheritedConsoleForOtherMachinesNeedsAPassword() {
		assertThatThrownBy(() -> ConsoleApplication.run("--socket.servers.console.inherit=console",
				"--socket.repl.allow-remote=true"))
			.rootCause()
			.hasMessageStartingWith("Property socket.repl.allow-remote is 'true'")
			.hasMessageContaining("is a console at the socket that it inherits, and anybody could use it");
		assertThatThrownBy(() -> ConsoleApplication.run("--socket.servers.console.inherit=console",
				"--socket.servers.console.address=any"))
			.rootCause()
			.hasMessageStartingWith("Property socket.servers.console.address is 'any'");
	}

	/** Should it be passed another socket, the start says what was found. */
	@Test
	void aConsoleInheritsASocketThatMustBeBoundToLoopback(CapturedOutput log) {
		ConsoleApplication.run("--socket.servers.console.inherit=console", "--socket.servers.console.address=127.0.0.1")
			.close();
		assertThat(log).contains("'console' listens on 127.0.0.1:");
	}

	@Test
	void aConsoleNeedsAConnection() {
		assertThatThrownBy(() -> ConsoleApplication.run("--socket.servers.console.protocol=udp")).rootCause()
			.isInstanceOf(InvalidSocketPropertyException.class)
			.hasMessageStartingWith("Property socket.servers.console.handler is 'repl'")
			.hasMessageContaining("a console needs a connection, and UDP has none");
	}

	/** Whoever comes through a proxy on this machine may be on another. */
	@ParameterizedTest
	@CsvSource({ "proxy-protocol.trusted=127.0.0.1, 127.0.0.1", "domain-socket.path=/nowhere/x.sock, /nowhere/x.sock" })
	void aConsoleBehindAProxyNeedsAPasswordForOtherMachines(String argument, String place) {
		String console = "--socket.servers.console.";
		assertThatThrownBy(() -> ConsoleApplication.run(console + argument, console + "proxy-protocol.mode=optional",
				console + (place.startsWith("/") ? "port=" : "port=0"), "--socket.repl.allow-remote=true"))
			.rootCause()
			.isInstanceOf(InvalidSocketPropertyException.class)
			.hasMessageStartingWith("Property socket.repl.allow-remote is 'true'")
			.hasMessageContaining(
					"server 'console' is a console at " + place + " behind a proxy, and anybody could use it")
			.hasMessageContaining("Set socket.repl.password, or socket.servers.console.ssl.client-auth to need");
	}

	@Test
	void anEmptyPasswordIsNone() {
		assertThatThrownBy(() -> ConsoleApplication.run("--socket.servers.console.address=any",
				"--socket.repl.allow-remote=true", "--socket.repl.password="))
			.rootCause()
			.isInstanceOf(InvalidSocketPropertyException.class)
			.hasMessageStartingWith("Property socket.repl.allow-remote is 'true'")
			.hasMessageContaining("Set socket.repl.password, or socket.servers.console.ssl.client-auth");
	}

	/** What was to set it was perhaps not set itself. */
	@Test
	void anEmptyPasswordIsNotifiedOf(CapturedOutput log) {
		ConsoleApplication.run("--socket.repl.password=").close();
		assertThat(log).contains("Server 'console' is a console that asks for no password");
	}

	@Test
	void aConsoleWithoutAPasswordIsNothingToTellOf(CapturedOutput log) {
		ConsoleApplication.run().close();
		assertThat(log).contains("'console' listens").doesNotContain("password");
	}

	@Test
	void aPeerElsewhereNeedsThePassword(CapturedOutput log) throws Exception {
		InetAddress here = addressOfThisMachine();
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.servers.console.address=any",
				"--socket.repl.allow-remote=true", "--socket.repl.password=open sesame");
				ConsolePeer peer = ConsolePeer.connect(here, TestPeer.port(context, "console"))) {
			assertThat(log).contains("is a console that other machines can reach",
					"; the password and all that is typed cross the network as they are");
			peer.until("Password: ");
			assertThat(peer.type("@orders\n").until("Password: ")).isEqualTo("Wrong password\n");
			// Typed at once, and looked at a second later.
			peer.type("open sesame\n").until("console-1> ");
			assertThat(peer.ask("1 + 1", "console-1> ")).isEqualTo("2");
			assertThat(log).contains("wrong passwords so far: 1; the last by session console-1 from ")
				.contains("gave the password")
				.doesNotContain("sesame")
				.doesNotContain("@orders");
			assertThat(peer.ask(":env socket.repl", "console-1> ")).contains("socket.repl.password=******");
			assertThat(context.getBean(Repl.class).settings()).asString().doesNotContain("sesame");
			// Whoever knows the password does not wait for what was wrong before.
			assertThat(context.getBean(Repl.class).passwordCheck().turn(here)).isZero();
		}
	}

	@Test
	void threeWrongPasswordsCloseTheSession() throws Exception {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.repl.password=secret");
				ConsolePeer peer = ConsolePeer.connect(context, "console")) {
			peer.type("one\ntwo\nthree\nsecret\n");
			assertThat(peer.rest())
				.isEqualTo("Password: Wrong password\nPassword: Wrong password\nPassword: Wrong password\n");
		}
	}

	/** A console has a password, and no principal. */
	@Test
	void noLoginIsAskedOfAConsole(CapturedOutput log) throws Exception {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.repl.password=secret",
				"--socket.server-defaults.login.timeout=1ms");
				ConsolePeer peer = ConsolePeer.connect(context, "console")) {
			peer.until("Password: ");
			peer.type("secret\n").until("console-1> ");
			assertThat(peer.ask("1 + 1", "console-1> ")).isEqualTo("2");
			assertThat(server(context).spec().gate().login()).isNull();
			assertThat(log).doesNotContain("has no effect");
		}
	}

	/** All servers may be of UDP. A console is none of them. */
	@Test
	void anInheritedProtocolIsNotThatOfAConsole(CapturedOutput log) throws Exception {
		String defaults = "--socket.server-defaults.";
		try (ConfigurableApplicationContext context = ConsoleApplication.run(defaults + "protocol=udp",
				defaults + "udp.session-timeout=5m", defaults + "timeouts.idle=5m",
				"--socket.servers.console.listeners.more.port=0");
				ConsolePeer peer = ConsolePeer.connect(context, "console")) {
			peer.until("console-1> ");
			assertThat(peer.ask("1 + 1", "console-1> ")).isEqualTo("2");
			assertThat(server(context).spec().listeners()).extracting(ListenerSpec::listenOn)
				.hasSize(2)
				.hasOnlyElementsOfType(Tcp.class);
			assertThat(log).doesNotContain("has no effect");
		}
	}

	@Test
	void theProtocolOfAConsoleIsThatOfItsListeners() {
		String[] console = { "--socket.servers.console.port=", "--socket.servers.console.protocol=udp",
				"--socket.servers.console.listeners.one.port=0" };
		String protocol = "socket.servers.console.listeners.one.protocol";
		ConsoleApplication.run(with(console, "--" + protocol + "=tcp")).close();
		assertThatThrownBy(() -> ConsoleApplication.run(console))
			.hasStackTraceContaining("Property socket.servers.console.handler is 'repl'")
			.hasStackTraceContaining("a console needs a connection, and UDP has none");
		assertThatThrownBy(() -> ConsoleApplication.run(with(console, "--" + protocol + "=udp")))
			.hasStackTraceContaining("Property " + protocol + " is 'udp'")
			.hasStackTraceContaining("a console needs a connection, and UDP has none");
	}

	private static String[] with(String[] arguments, String one) {
		return Stream.concat(Stream.of(arguments), Stream.of(one)).toArray(String[]::new);
	}

	@Test
	void aLoginOfItsOwnIsPointlessForAConsole(CapturedOutput log) {
		String login = "socket.servers.console.login.";
		ConsoleApplication.run("--" + login + "timeout=1m", "--" + login + "attempts=2").close();
		assertThat(log)
			.contains("Property " + login + "timeout has no effect: a console has socket.repl.password instead")
			.contains("Property " + login + "attempts has no effect: a console has socket.repl.password instead");
		assertThatThrownBy(() -> ConsoleApplication.run("--" + login + "attempts=0"))
			.hasStackTraceContaining("Property " + login + "attempts is '0'");
	}

	@Test
	void aWrongPasswordIsAnOffence() throws Exception {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.repl.password=secret",
				"--socket.servers.console.ban.offences=2", "--socket.servers.console.ban.exempt=");
				ConsolePeer peer = ConsolePeer.connect(context, "console")) {
			peer.until("Password: ");
			peer.type("one\n").until("Wrong password");
			assertThat(bans(context)).isEmpty();
			peer.type("two\n").until("Wrong password");
			assertThat(bans(context)).singleElement().satisfies((ban) -> {
				assertThat(ban.address()).isEqualTo("127.0.0.1");
				assertThat(ban.reason()).isEqualTo("wrong password");
			});
			// Open sessions stay.
			peer.until("Password: ");
			peer.type("secret\n").until("console-1> ");
		}
	}

	private static SocketServer server(ConfigurableApplicationContext context) {
		return context.getBean(SocketServers.class).get("console");
	}

	private static List<AddressBan> bans(ConfigurableApplicationContext context) {
		return ServerOperations.of(server(context)).bans().list();
	}

	@Test
	void guessesOfOneAddressWaitForEachOther() throws Exception {
		PasswordCheck check = new PasswordCheck("secret", () -> 0);
		InetAddress address = InetAddress.getByName("192.0.2.1");

		assertThat(check.turn(address)).isEqualTo(Duration.ZERO);
		assertThat(check.turn(address)).isEqualTo(Duration.ofSeconds(1));
		assertThat(check.turn(address)).isEqualTo(Duration.ofSeconds(3));
		assertThat(check.turn(address)).isEqualTo(Duration.ofSeconds(7));
		assertThat(check.turn(InetAddress.getByName("192.0.2.2"))).isEqualTo(Duration.ZERO);
		check.turn(address);
		check.turn(address);
		check.turn(address);
		assertThat(check.turn(address)).as("so many that it would wait over a minute").isNull();
	}

	/** Whoever has one address of IPv6 has a whole network of them. */
	@Test
	void guessesOfOneNetworkOfIpv6WaitForEachOther() throws Exception {
		PasswordCheck check = new PasswordCheck("secret", () -> 0);

		assertThat(check.turn(InetAddress.getByName("2001:db8:0:1::1"))).isEqualTo(Duration.ZERO);
		assertThat(check.turn(InetAddress.getByName("2001:db8:0:1:ffff::2"))).isPositive();
		assertThat(check.turn(InetAddress.getByName("2001:db8:0:2::1"))).isEqualTo(Duration.ZERO);
	}

	/** Whoever has many addresses has no more guesses a second than others. */
	@Test
	void guessesOfManyAddressesShareOnePace() throws Exception {
		AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
		PasswordCheck check = new PasswordCheck("secret", clock::get);
		InetAddress operator = InetAddress.getByName("198.51.100.1");
		assertThat(check.turn(operator)).isZero();
		check.known(operator);

		Duration longest = Duration.ZERO;
		int turns = 0;
		for (int i = 0; i < 1590; i++) {
			Duration wait = check.turn(InetAddress.getByName("10.0." + i / 256 + "." + i % 256));
			turns += (wait != null) ? 1 : 0;
			longest = (wait != null) ? wait : longest;
		}
		assertThat(turns).isBetween(60, PasswordCheck.BURST + 61);
		assertThat(longest).isBetween(Duration.ofSeconds(58), Duration.ofSeconds(60));
		assertThat(check.turn(operator)).as("of an address that has given the password before").isZero();

		clock.addAndGet(Duration.ofMinutes(10).toNanos());
		assertThat(check.turn(InetAddress.getByName("10.9.9.9"))).as("later").isZero();
	}

	/** RFC 857: who says that it will echo keeps the client from doing so. */
	@Test
	void telnetDoesNotShowThePassword() throws Exception {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.repl.password=secret");
				ConsolePeer peer = ConsolePeer.connect(context, "console")) {
			peer.until("Password: ");
			// WILL NAWS is refused, after what the first negotiation brings about.
			peer.send(ConsolePeer.octets(255, 251, 31));
			assertThat(peer.bytes(6)).isEqualTo(ConsolePeer.octets(255, 251, 1, 255, 254, 31));
			peer.send(ConsolePeer.octets(255, 253, 1)).type("wrong\r\n");
			assertThat(peer.bytes(5)).as("WONT ECHO, and no answer to DO ECHO")
				.isEqualTo(ConsolePeer.octets(255, 252, 1, '\r', '\n'));
			assertThat(peer.until("Password: ").getBytes(StandardCharsets.ISO_8859_1))
				.startsWith("Wrong password\r\n".getBytes(StandardCharsets.ISO_8859_1));
			peer.send(ConsolePeer.octets(255, 254, 1, 255, 253, 1)).type("secret\r\n");
			assertThat(peer.until("console-1> ")).endsWith("\r\n");
			peer.send(ConsolePeer.octets(255, 253, 1));
			assertThat(peer.bytes(3)).as("afterwards it is refused").isEqualTo(ConsolePeer.octets(255, 252, 1));
		}
	}

	@Test
	void aScriptMayFollowThePassword() throws Exception {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.repl.password=secret");
				ConsolePeer peer = ConsolePeer.connect(context, "console")) {
			peer.type("secret\n" + "#n = (#n ?: 0) + 1\n".repeat(2000));
			peer.endOutput();
			assertThat(peer.rest()).endsWith("\nconsole-1> 2000\nconsole-1> ");
		}
	}

	/** Whatever was checked at the start: a name may come to mean another address. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void aSessionFromElsewhereIsRefusedWhereverItsServerListens(boolean allowed) throws Exception {
		InetAddress here = addressOfThisMachine();
		// Nobody has to give a password, nor a certificate.
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.repl.allow-remote=" + allowed)) {
			SocketServer server = context.getBean(SocketServers.class)
				.register(ServerSpec.builder("open")
					.handler(context.getBean(Repl.class).handler(StandardCharsets.UTF_8))
					.address(ServerSpec.ANY_HOST)
					.port(0)
					.build());
			server.start();
			InetSocketAddress address = server.localAddress();
			try (ConsolePeer peer = ConsolePeer.connect(here, address.getPort())) {
				assertThat(peer.type("1 + 1\n").rest()).startsWith("Refused: ").doesNotContain(">");
			}
			try (ConsolePeer peer = ConsolePeer.connect(InetAddress.getLoopbackAddress(), address.getPort())) {
				peer.until("open-2> ");
			}
		}
	}

	@ParameterizedTest
	@CsvSource({ "--socket.servers.console.charset=UTF-16, socket.servers.console.charset",
			"--socket.servers.console.framing=line, socket.servers.console.framing",
			"--socket.repl.language=cobol, socket.repl.language", "--socket.repl.promt=x, socket.repl.promt" })
	void wrongValuesFailTheStart(String argument, String property) {
		assertThatThrownBy(() -> ConsoleApplication.run(argument)).hasStackTraceContaining(property);
	}

	@Test
	void whatServersInheritDoesNotBreakAConsole() throws Exception {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.server-defaults.framing=line",
				"--socket.server-defaults.execution.mode=event-loop");
				ConsolePeer peer = ConsolePeer.connect(context, "console")) {
			peer.until("console-1> ");
			assertThat(peer.ask("T(Thread).currentThread().name", "console-1> ")).isEqualTo("console server console-1");
			SocketServer server = context.getBean(SocketServers.class).get("console");
			assertThat(server.spec().threads().serverDaemon()).isTrue();
			assertThat(server.spec().handler().name()).isEqualTo("repl");
		}
	}

	@Test
	void anApplicationThatAsksForNoConsoleHasNothingThatEvaluates() {
		try (ConfigurableApplicationContext context = ConsoleApplication.run("--socket.servers.console.handler=echo")) {
			assertThat(context.getBeanNamesForType(Repl.class)).isEmpty();
			assertThat(context.getBeanNamesForType(SessionEvaluator.class)).isEmpty();
		}
		try (ConfigurableApplicationContext context = ConsoleApplication.run()) {
			assertThat(context.getBeanNamesForType(Repl.class)).hasSize(1);
			assertThat(context.getBeanNamesForType(SessionEvaluator.class)).isEmpty();
		}
	}

	private static InetAddress addressOfThisMachine() throws SocketException {
		InetAddress found = NetworkInterface.networkInterfaces()
			.flatMap((networkInterface) -> Collections.list(networkInterface.getInetAddresses()).stream())
			.filter((address) -> address.getAddress().length == 4 && !address.isLoopbackAddress())
			.findFirst()
			.orElse(null);
		assumeTrue(found != null, "This machine is in no network");
		return found;
	}

}
