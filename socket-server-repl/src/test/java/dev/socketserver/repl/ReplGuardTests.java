package dev.socketserver.repl;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

import dev.socketserver.ServerSpec;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServers;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.network.UnixPeer;
import dev.socketserver.operator.ServerOperations;
import dev.socketserver.repl.ConsoleApplication.Orders;
import dev.socketserver.spec.ProxyMode;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Consoles after what is to keep others out: certificates of peers, a PROXY header, a
 * password, and all of them. Whoever lacks one has nothing evaluated.
 */
@ExtendWith(OutputCaptureExtension.class)
class ReplGuardTests {

	private static final String PASSWORD = "open sesame";

	/** Somebody on another machine, who has come through a proxy on this one. */
	private static final byte[] REMOTE = remote(7);

	/** Evaluated, this would show. */
	private static final String ATTACK = "@orders.place()\n";

	private static X509Bundle authority;

	private static X509Bundle other;

	@TempDir
	private static Path directory;

	@BeforeAll
	static void certificates() throws Exception {
		authority = authority("Authority");
		other = authority("Other");
		X509Bundle server = sign(authority, "console");
		Files.writeString(directory.resolve("ca.crt"), authority.getCertificatePEM());
		Files.writeString(directory.resolve("server.key"), server.getPrivateKeyPEM());
		Files.writeString(directory.resolve("server.crt"), server.getCertificatePathPEM());
	}

	private static X509Bundle authority(String name) throws Exception {
		return new CertificateBuilder().subject("CN=" + name).setIsCertificateAuthority(true).buildSelfSigned();
	}

	private static X509Bundle sign(X509Bundle issuer, String name) throws Exception {
		return new CertificateBuilder().subject("CN=" + name).buildIssuedBy(issuer);
	}

	private static ConfigurableApplicationContext start(Guard guard, String... more) {
		List<String> arguments = new ArrayList<>(List.of(more));
		// Secrets are in no log, however much is logged.
		arguments.addAll(List.of("--socket.repl.prompt=> ", "--logging.level.dev.socketserver=TRACE"));
		if (guard.secured) {
			String bundle = "--spring.ssl.bundle.pem.console.";
			arguments.addAll(List.of(bundle + "keystore.certificate=" + directory.resolve("server.crt"),
					bundle + "keystore.private-key=" + directory.resolve("server.key"),
					bundle + "truststore.certificate=" + directory.resolve("ca.crt"),
					"--socket.servers.console.ssl.bundle=console", "--socket.servers.console.ssl.client-auth=need"));
		}
		if (guard.proxied) {
			arguments.addAll(List.of("--socket.servers.console.proxy-protocol.mode=required",
					"--socket.servers.console.proxy-protocol.trusted=127.0.0.1", "--socket.repl.allow-remote=true"));
		}
		if (guard.password) {
			arguments.add("--socket.repl.password=" + PASSWORD);
		}
		return ConsoleApplication.run(arguments.toArray(String[]::new));
	}

	/** Who has all that the guard asks for. */
	private static ConsolePeer connect(ConfigurableApplicationContext context, Guard guard) throws Exception {
		AtomicReference<ConsolePeer> peer = new AtomicReference<>();
		// The header of a proxy has to come within five seconds.
		Patience.undisturbed(Duration.ofSeconds(1), () -> peer.set(letIn(context, guard)));
		return peer.get();
	}

	private static ConsolePeer letIn(ConfigurableApplicationContext context, Guard guard) throws Exception {
		ConsolePeer peer = peer(context, guard, sign(authority, "operator"));
		if (guard.password) {
			peer.until("Password: ");
			peer.type(PASSWORD + "\n");
		}
		peer.until("> ");
		return peer;
	}

	private static ConsolePeer peer(ConfigurableApplicationContext context, Guard guard, @Nullable X509Bundle shown,
			String... protocols) throws Exception {
		return peer(context, guard, 7, shown, protocols);
	}

	/** Each number is another address, of which none waits for the guesses of others. */
	private static ConsolePeer peer(ConfigurableApplicationContext context, Guard guard, int number,
			@Nullable X509Bundle shown, String... protocols) throws Exception {
		Socket socket = socket(context);
		if (guard.proxied) {
			socket.getOutputStream().write(remote(number));
		}
		return ConsolePeer.over(socket, guard.secured ? secured(socket, shown, protocols) : socket);
	}

	private static byte[] remote(int number) {
		return ("PROXY TCP4 192.0.2." + number + " 198.51.100.9 54321 443\r\n").getBytes(ISO_8859_1);
	}

	private static Socket socket(ConfigurableApplicationContext context) throws IOException {
		return new Socket(InetAddress.getByName("127.0.0.1"),
				context.getEnvironment().getRequiredProperty("local.socket.console.port", Integer.class));
	}

	private static SSLSocket secured(Socket socket, @Nullable X509Bundle shown, String... protocols) throws Exception {
		SSLContext tls = SSLContext.getInstance("TLS");
		tls.init((shown != null) ? shown.toKeyManagerFactory().getKeyManagers() : new KeyManager[0],
				new TrustManager[] { authority.toTrustManager() }, null);
		SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(socket, "localhost", 0, true);
		if (protocols.length > 0) {
			secured.setEnabledProtocols(protocols);
		}
		secured.startHandshake();
		return secured;
	}

	private static Orders orders(ConfigurableApplicationContext context) {
		return context.getBean("orders", Orders.class);
	}

	private static void awaitNoSession(ConfigurableApplicationContext context) {
		SocketServer server = context.getBean(SocketServers.class).get("console");
		await().atMost(Patience.limit())
			.until(() -> server.statistics().active() == 0 && server.statistics().pending() == 0);
	}

	@Test
	void certificatesWillDoInsteadOfAPasswordOnOtherMachines() throws Exception {
		try (ConfigurableApplicationContext context = start(Guard.CERTIFICATE, "--socket.servers.console.address=any",
				"--socket.repl.allow-remote=true"); ConsolePeer peer = connect(context, Guard.CERTIFICATE)) {
			assertThat(peer.ask("#session.principal().name", "> ")).contains("CN=operator");
		}
	}

	@ParameterizedTest
	@EnumSource
	void whoMayComeInIsServedAsEverywhere(Guard guard, CapturedOutput log) throws Exception {
		try (ConfigurableApplicationContext context = start(guard); ConsolePeer peer = connect(context, guard)) {
			assertThat(peer.byteByByte().ask("1 + 1", "> ")).isEqualTo("2");
			assertThat(peer.ask("#session.remoteAddress().address.hostAddress", "> "))
				.isEqualTo(guard.proxied ? "192.0.2.7" : "127.0.0.1");
			assertThat(peer.ask("#session.principal()?.name", "> ")).isEqualTo(guard.secured ? "CN=operator" : "null");
			peer.send((byte) 255, (byte) 251, (byte) 31);
			assertThat(peer.bytes(3)).isEqualTo(new byte[] { (byte) 255, (byte) 254, 31 });
			peer.type("@orders.waits()\n");
			Patience.await(orders(context).waiting);
			peer.send((byte) 3);
			peer.until("Interrupted\n> ");
			assertThat(peer.ask("'" + "x".repeat(3_000) + "'.repeat(20)", "> ")).hasSize(60_000);
			assertThat(log).contains(guard.proxied ? "from 192.0.2.7:54321: 1 + 1" : ": 1 + 1")
				.doesNotContain("sesame");
		}
	}

	@ParameterizedTest
	@EnumSource
	void evaluationEndsWhenItsPeerIsLost(Guard guard) throws Exception {
		try (ConfigurableApplicationContext context = start(guard)) {
			ConsolePeer peer = connect(context, guard);
			peer.type("@orders.waits()\n" + ATTACK);
			Patience.await(orders(context).waiting);
			peer.reset();
			Patience.await(orders(context).interrupted);
			awaitNoSession(context);
			assertThat(orders(context).count()).as("what is typed ahead is dropped").isZero();
		}
	}

	/** More than the systems take for it: the thread that evaluates waits for room. */
	@ParameterizedTest
	@EnumSource
	void outputThatNobodyReadsKeepsNothing(Guard guard) throws Exception {
		try (ConfigurableApplicationContext context = start(guard, "--socket.servers.console.timeouts.write=1s",
				"--socket.servers.console.options.send-buffer=16KB")) {
			ConsolePeer peer = connect(context, guard);
			peer.type(("T(System).out.print('y'.repeat(1000000))\n").repeat(100));
			awaitNoSession(context);
			peer.close();
			try (ConsolePeer next = connect(context, guard)) {
				assertThat(next.ask("1", "> ")).isEqualTo("1");
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void nothingIsEvaluatedWithoutTheRightCertificate(String version, CapturedOutput log) throws Exception {
		try (ConfigurableApplicationContext context = start(Guard.ALL)) {
			for (X509Bundle shown : Arrays.asList(null, sign(other, "operator"))) {
				// With TLS 1.3 a client may write before it is refused.
				try (ConsolePeer peer = peer(context, Guard.ALL, shown, version)) {
					peer.type(PASSWORD + "\n" + ATTACK);
					peer.rest();
				}
				catch (IOException ex) {
					// Refused.
				}
			}
			assertNothingOf(context, log);
		}
	}

	@Test
	void nothingIsEvaluatedInFrontOfAHandshakeOrOfAHeader(CapturedOutput log) throws Exception {
		byte[] attack = (PASSWORD + "\n" + ATTACK).getBytes(UTF_8);
		try (ConfigurableApplicationContext context = start(Guard.ALL)) {
			for (byte[] first : List.of(new byte[0], REMOTE, concat(REMOTE, REMOTE))) {
				try (Socket socket = socket(context)) {
					socket.setSoTimeout(Patience.millis());
					socket.getOutputStream().write(concat(first, attack));
					socket.getInputStream().readAllBytes();
				}
				catch (IOException ex) {
					// Reset.
				}
			}
			assertNothingOf(context, log);
		}
		try (ConfigurableApplicationContext context = start(Guard.HEADER_AND_PASSWORD)) {
			try (ConsolePeer peer = peer(context, Guard.NONE, null)) {
				peer.send(attack).rest();
			}
			catch (IOException ex) {
				// Reset.
			}
			assertNothingOf(context, log);
		}
	}

	@Test
	void aSecondHeaderIsNamed(CapturedOutput log) throws Exception {
		try (ConfigurableApplicationContext context = start(Guard.HEADER_AND_PASSWORD)) {
			// The first has to come within five seconds.
			Patience.undisturbed(Duration.ofSeconds(1), () -> {
				try (ConsolePeer peer = peer(context, Guard.HEADER_AND_PASSWORD, null)) {
					peer.until("Password: ");
					peer.send(REMOTE);
					assertThat(peer.rest()).isEmpty();
				}
			});
			assertNothingOf(context, log);
			SocketServer server = context.getBean(SocketServers.class).get("console");
			await().untilAsserted(() -> assertThat(ServerOperations.of(server).endedSessions())
				.anySatisfy((ended) -> assertThat(ended.info().closed().detail())
					.isEqualTo("it looks like a PROXY header, where proxy-protocol expects none")));
		}
	}

	private static byte[] concat(byte[] first, byte[] second) {
		byte[] all = Arrays.copyOf(first, first.length + second.length);
		System.arraycopy(second, 0, all, first.length, second.length);
		return all;
	}

	/** Whatever is typed ahead of it, in whatever pieces. */
	@ParameterizedTest
	@EnumSource(names = { "HEADER_AND_PASSWORD", "ALL" })
	void nothingIsEvaluatedBeforeThePassword(Guard guard, CapturedOutput log) throws Exception {
		List<String> inputs = List.of(ATTACK.repeat(3), "\n\n\n", "\u0003" + ATTACK, ATTACK + "\u0004",
				":attach console-1\n" + ATTACK, "@ord\t\n", "x".repeat(100_000) + "\n" + ATTACK, PASSWORD + " \n",
				PASSWORD.substring(1) + "\n", "POST / HTTP/1.1\r\n" + PASSWORD + "\r\n" + ATTACK);
		try (ConfigurableApplicationContext context = start(guard)) {
			List<ConsolePeer> peers = new ArrayList<>();
			for (String input : inputs) {
				ConsolePeer peer = peer(context, guard, 1 + peers.size(), sign(authority, "operator"));
				peers.add(peer);
				try {
					peer.type(input);
					peer.endOutput();
				}
				catch (IOException ex) {
					// It was refused at once.
				}
			}
			for (ConsolePeer peer : peers) {
				peer.close();
			}
			assertNothingOf(context, log);
		}
	}

	private static void assertNothingOf(ConfigurableApplicationContext context, CapturedOutput log) {
		awaitNoSession(context);
		assertThat(orders(context).count()).isZero();
		assertThat(log).doesNotContain("sesame").doesNotContain("@orders");
	}

	/** A proxy on this machine does not make those on others peers of this machine. */
	@ParameterizedTest
	@ValueSource(strings = { "192.0.2.7 127.0.0.1", "127.0.0.1 192.0.2.7" })
	void whoComesThroughAProxyIsNoPeerOnTheSameMachine(String addresses, CapturedOutput log) throws Exception {
		try (ConfigurableApplicationContext context = start(Guard.CERTIFICATE,
				"--socket.servers.console.proxy-protocol.mode=optional",
				"--socket.servers.console.proxy-protocol.trusted=127.0.0.1")) {
			Socket socket = socket(context);
			socket.getOutputStream().write(("PROXY TCP4 " + addresses + " 54321 443\r\n").getBytes(ISO_8859_1));
			try (ConsolePeer peer = ConsolePeer.over(socket, secured(socket, sign(authority, "operator")))) {
				peer.type(ATTACK);
				assertThat(peer.rest()).startsWith("Refused: ");
			}
			assertNothingOf(context, log);
			try (ConsolePeer peer = connect(context, Guard.CERTIFICATE)) {
				assertThat(peer.ask("1", "> ")).isEqualTo("1");
			}
		}
	}

	/** The user of the load balancer is no certificate of whoever comes through it. */
	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void whoComesThroughAProxyByAUnixSocketNeedsMoreThanItsUser(boolean allowed, CapturedOutput log) throws Exception {
		Path path = directory.resolve("open-" + allowed + ".sock");
		try (ConfigurableApplicationContext context = start(Guard.NONE, "--socket.repl.allow-remote=" + allowed)) {
			SocketServer server = context.getBean(SocketServers.class)
				.register(ServerSpec.builder("open")
					.handler(context.getBean(Repl.class).handler(UTF_8))
					.domainSocket((unix) -> unix.path(path.toString()))
					.proxyProtocol((proxy) -> proxy.mode(ProxyMode.OPTIONAL))
					.build());
			server.start();
			try (UnixPeer peer = UnixPeer.connect(path)) {
				peer.send(concat(REMOTE, ATTACK.getBytes(UTF_8))).endOutput();
				assertThat(peer.rest()).startsWith("Refused: ");
			}
			assertNothingOf(context, log);
			try (UnixPeer peer = UnixPeer.connect(path)) {
				peer.send("1 + 1\n").endOutput();
				assertThat(peer.rest()).isEqualTo("> 2\n> ");
			}
		}
	}

	@Test
	void aPasswordWillDoForWhoComesThroughAProxyByAUnixSocket() throws Exception {
		Path path = directory.resolve("console.sock");
		try (ConfigurableApplicationContext context = start(Guard.NONE, "--socket.servers.console.port=",
				"--socket.servers.console.domain-socket.path=" + path,
				"--socket.servers.console.proxy-protocol.mode=required", "--socket.repl.allow-remote=true",
				"--socket.repl.password=" + PASSWORD); UnixPeer peer = UnixPeer.connect(path)) {
			peer.send(REMOTE).send(PASSWORD + "\n1 + 1\n").endOutput();
			assertThat(peer.rest()).endsWith("> 2\n> ");
			awaitNoSession(context);
		}
	}

	/** What a console is behind. */
	enum Guard {

		NONE(false, false, false), CERTIFICATE(true, false, false), HEADER_AND_PASSWORD(false, true, true),
		HEADER_AND_CERTIFICATE(true, true, false), ALL(true, true, true);

		final boolean secured;

		final boolean proxied;

		final boolean password;

		Guard(boolean secured, boolean proxied, boolean password) {
			this.secured = secured;
			this.proxied = proxied;
			this.password = password;
		}

	}

}
