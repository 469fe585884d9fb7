package dev.socketserver.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import dev.socketserver.RejectReason;
import dev.socketserver.ServerStatistics;
import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.address.Addresses;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.annotation.SocketHandler;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.fixtures.Ports;
import dev.socketserver.fixtures.network.Proxy;
import dev.socketserver.test.LocalSocketPort;
import dev.socketserver.test.SocketServerTest;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
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
// More checks than one address may have sessions wait for a JVM that was stopped.
@SocketServerTest(properties = { "spring.config.location=classpath:proxies.yml",
		"socket.servers.orders.limits.sessions-per-address=1000" })
@ExtendWith(OutputCaptureExtension.class)
class ProxiesTests {

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
		try (Proxy proxy = Proxy.haproxy(this.directory, this.port, option)) {
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
		try (Proxy proxy = Proxy.haproxy(this.directory, this.port, option)) {
			Awaitility.await().atMost(Patience.limit()).until(() -> numbers.accepted() > before + 10);
			assertThat(proxy.isAlive()).isTrue();
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
		try (Proxy proxy = Proxy.start(this.directory, free, "nginx", "-p", this.directory.toString(), "-c",
				configuration.toString())) {
			assertThatClientsAreKnown(proxy);
		}
		assertThat(ours(output)).doesNotContain("ERROR");
	}

	@Test
	void whoComesWithoutAProxyIsRefused() throws Exception {
		long before = statistics().rejected().getOrDefault(RejectReason.PROXY_REJECTED, 0L);

		try (Socket client = Proxy.connect("127.0.0.7", this.port)) {
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
			try (Socket client = proxy.connect(address)) {
				client.getOutputStream().write("who\n".getBytes(StandardCharsets.US_ASCII));
				BufferedReader reader = new BufferedReader(
						new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
				assertThat(reader.readLine())
					.isEqualTo(address + ":" + client.getLocalPort() + " at 127.0.0.1:" + proxy.port());
			}
		}
		long before = statistics().rejected().getOrDefault(RejectReason.DENIED, 0L);
		try (Socket client = proxy.connect("127.0.0.66")) {
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
