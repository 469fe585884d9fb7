package dev.socketserver.demo;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.RejectReason;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketServerTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * HAProxy and nginx in front of a server. A proxy that the machine does not have is left
 * out, and the report says so.
 */
@SocketServerTest(properties = "spring.config.location=classpath:proxies.yml")
@ExtendWith(OutputCaptureExtension.class)
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ProxiesTests {

	private static final String HAPROXY = """
			global
				maxconn 100
			defaults
				mode tcp
				timeout connect 10s
				timeout client 60s
				timeout server 60s
			listen orders
				bind 127.0.0.1:%s
				server one 127.0.0.1:%s %s
			""";

	private static final String NGINX = """
			load_module %s;
			daemon off;
			master_process off;
			pid %s/nginx.pid;
			error_log stderr;
			events { }
			stream {
				server {
					listen 127.0.0.1:%s;
					proxy_pass 127.0.0.1:%s;
					proxy_protocol on;
				}
			}
			""";

	@TempDir
	private Path directory;

	@Autowired
	private SocketServers servers;

	@LocalSocketPort("orders")
	private int port;

	@ParameterizedTest
	@ValueSource(strings = { "send-proxy", "send-proxy-v2" })
	void haproxyReportsWhomItSpeaksFor(String option, CapturedOutput output) throws Exception {
		try (Proxy proxy = haproxy(option)) {
			assertThatClientsAreKnown(proxy);
		}
		assertThat(ours(output)).doesNotContain("ERROR");
	}

	/**
	 * The header is sent with every check; the check then resets the connection. A check
	 * without a header ends before the kernel has a connection to accept.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "send-proxy check inter 20ms", "send-proxy-v2 check inter 20ms",
			"check-send-proxy check inter 20ms send-proxy-v2" })
	void checksOfHaproxyMakeNoNoise(String option, CapturedOutput output) throws Exception {
		ServerStatistics numbers = statistics();
		long before = numbers.accepted();
		long rejected = rejected(numbers);
		try (Proxy proxy = haproxy(option)) {
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> numbers.accepted() > before + 10);
			assertThat(proxy.process().isAlive()).isTrue();
		}
		Awaitility.await().until(() -> numbers.active() + numbers.pending() == 0);
		assertThat(rejected(numbers)).isEqualTo(rejected);
		assertThat(ours(output)).doesNotContain("WARN", "ERROR");
	}

	@Test
	void nginxReportsWhomItSpeaksFor(CapturedOutput output) throws Exception {
		Path module = Stream.of("/usr/lib/nginx/modules", "/usr/lib64/nginx/modules", "/usr/share/nginx/modules")
			.map((modules) -> Path.of(modules, "ngx_stream_module.so"))
			.filter(Files::exists)
			.findFirst()
			.orElse(null);
		assumeTrue(module != null, "nginx's stream module is not on this machine");
		int free = Ports.free();
		Path configuration = Files.writeString(this.directory.resolve("nginx.conf"),
				NGINX.formatted(module, this.directory, free, this.port));
		try (Proxy proxy = start(free, "nginx", "-p", this.directory.toString(), "-c", configuration.toString())) {
			assertThatClientsAreKnown(proxy);
		}
		assertThat(ours(output)).doesNotContain("ERROR");
	}

	@Test
	void whoComesWithoutAProxyIsRefused() throws Exception {
		long before = statistics().rejected().getOrDefault(RejectReason.PROXY_REJECTED, 0L);

		try (Socket client = connect(this.port, "127.0.0.7")) {
			assertThat(client.getInputStream().readAllBytes()).isEmpty();
		}
		catch (IOException ex) {
			// Reset.
		}
		Awaitility.await()
			.until(() -> statistics().rejected().getOrDefault(RejectReason.PROXY_REJECTED, 0L) == before + 1);
	}

	private void assertThatClientsAreKnown(Proxy proxy) throws IOException {
		for (String address : new String[] { "127.0.0.7", "127.0.0.8" }) {
			try (Socket client = connect(proxy.port(), address)) {
				client.getOutputStream().write("who\n".getBytes(StandardCharsets.US_ASCII));
				BufferedReader reader = new BufferedReader(
						new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
				assertThat(reader.readLine())
					.isEqualTo(address + ":" + client.getLocalPort() + " at 127.0.0.1:" + proxy.port());
			}
		}
		long before = statistics().rejected().getOrDefault(RejectReason.DENIED, 0L);
		try (Socket client = connect(proxy.port(), "127.0.0.66")) {
			assertThat(client.getInputStream().readAllBytes()).isEmpty();
		}
		catch (IOException ex) {
			// The proxy may pass the reset on.
		}
		assertThat(statistics().rejected()).containsEntry(RejectReason.DENIED, before + 1);
	}

	/**
	 * The output without lines about servers of other tests: their contexts are kept, and
	 * may now report what they have left out then.
	 */
	private static String ours(CapturedOutput output) {
		return output.toString()
			.lines()
			.filter((line) -> !line.matches(".* : '(?!orders')[a-z0-9-]+' .*"))
			.collect(Collectors.joining("\n"));
	}

	private ServerStatistics statistics() {
		return this.servers.server("orders").orElseThrow().statistics();
	}

	private static long rejected(ServerStatistics numbers) {
		return numbers.rejected().values().stream().mapToLong(Long::longValue).sum();
	}

	private Proxy haproxy(String option) throws IOException {
		int free = Ports.free();
		Path configuration = Files.writeString(this.directory.resolve("haproxy.cfg"),
				HAPROXY.formatted(free, this.port, option));
		return start(free, "haproxy", "-db", "-q", "-f", configuration.toString());
	}

	private Proxy start(int free, String... command) throws IOException {
		String path = Objects.requireNonNullElse(System.getenv("PATH"), "") + File.pathSeparator + "/usr/sbin";
		Path program = Stream.of(path.split(File.pathSeparator))
			.map((directory) -> Path.of(directory, command[0]))
			.filter(Files::isExecutable)
			.findFirst()
			.orElse(null);
		assumeTrue(program != null, () -> command[0] + " is not on this machine");
		command[0] = String.valueOf(program);
		Path printed = Files.createTempFile(this.directory, "proxy", ".out");
		Process process = new ProcessBuilder(command).redirectErrorStream(true)
			.redirectInput(new File("/dev/null"))
			.redirectOutput(printed.toFile())
			.start();
		Proxy proxy = new Proxy(process, free);
		try {
			Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> {
				assertThat(process.isAlive()).as(Files.readString(printed)).isTrue();
				return listens(free);
			});
		}
		catch (RuntimeException | Error ex) {
			proxy.close();
			throw ex;
		}
		return proxy;
	}

	private static boolean listens(int port) {
		try (Socket socket = connect(port, "127.0.0.1")) {
			return socket.isConnected();
		}
		catch (IOException ex) {
			return false;
		}
	}

	private static Socket connect(int port, String source) throws IOException {
		Socket socket = new Socket();
		try {
			socket.bind(new InetSocketAddress(source, 0));
			socket.setSoTimeout(30_000);
			socket.connect(new InetSocketAddress("127.0.0.1", port), 30_000);
			return socket;
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
	}

	/** One process, ended by itself. */
	record Proxy(Process process, int port) implements AutoCloseable {

		@Override
		public void close() {
			this.process.destroyForcibly().onExit().join();
		}

	}

	@SocketHandler("orders")
	static class Orders {

		@OnMessage
		String who(String line, SocketSession session) {
			return Addresses.format(session.remoteAddress()) + " at " + Addresses.format(session.localAddress());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(Orders.class)
	static class Application {

	}

}
