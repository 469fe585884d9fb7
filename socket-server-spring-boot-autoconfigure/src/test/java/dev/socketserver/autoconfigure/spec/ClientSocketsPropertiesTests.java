package dev.socketserver.autoconfigure.spec;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

import dev.socketserver.SocketServers;
import dev.socketserver.actuate.SocketClientsEndpoint;
import dev.socketserver.actuate.SocketClientsEndpoint.SocketClientDescriptor;
import dev.socketserver.address.Addresses;
import dev.socketserver.autoconfigure.SocketClientConnectionDetails;
import dev.socketserver.autoconfigure.actuate.SocketClientsEndpointAutoConfiguration;
import dev.socketserver.autoconfigure.properties.ClientProperties;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.spec.listen.Protocol;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.io.ClassPathResource;

import static dev.socketserver.autoconfigure.properties.FailedStart.assertNames;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients whose properties have a Unix socket, or say UDP, beside servers of both kinds.
 */
class ClientSocketsPropertiesTests {

	@TempDir
	Path directory;

	private Path path() {
		return this.directory.resolve("upper.sock");
	}

	private static ApplicationContextRunner runner(String... properties) {
		return UpperApplication.with(SocketClientsEndpointAutoConfiguration.class)
			.withPropertyValues("socket.clients.it.reconnect.period=20ms", "socket.clients.it.framing=line")
			.withPropertyValues(properties);
	}

	private static SocketClient client(ApplicationContext context) {
		return context.getBean(SocketClients.class).get("it");
	}

	private static String ask(ApplicationContext context, String text) throws Exception {
		return (String) Patience.await(client(context).ask(text, Patience.limit()));
	}

	private static SocketClientDescriptor shown(ApplicationContext context) {
		SocketClientDescriptor shown = context.getBean(SocketClientsEndpoint.class).socketClient("it");
		assertThat(shown).isNotNull();
		return shown;
	}

	@ParameterizedTest
	@CsvSource({ "auto", "nio", "fastest" })
	void connectsToAUnixSocketAndIsShown(String transport) {
		runner("socket.servers.upper.domain-socket.path=" + path(), "socket.servers.upper.transport=" + transport,
				"socket.clients.it.domain-socket.path=" + path(), "socket.clients.it.transport=" + transport)
			.run((context) -> {
				assertThat(ask(context, "hello")).isEqualTo("HELLO");
				assertThat(client(context).spec().protocol()).isEqualTo(Protocol.UNIX);
				SocketClientDescriptor shown = shown(context);
				assertThat(shown.protocol()).isEqualTo("unix");
				assertThat(shown.host()).isEqualTo("unix:" + path());
				assertThat(shown.port()).isNull();
				assertThat(shown.remoteAddress()).isEqualTo("unix:" + path());
				assertThat(shown.addresses()).singleElement()
					.satisfies((address) -> assertThat(address.address()).isEqualTo("unix:" + path()));
			});
	}

	@ParameterizedTest
	@CsvSource({ "auto", "nio", "fastest" })
	void sendsDatagramsAndIsShown(String transport) {
		runner("socket.servers.upper.port=0", "socket.servers.upper.protocol=udp", "socket.servers.upper.framing=line",
				"socket.servers.upper.transport=" + transport, "socket.clients.it.port=local.socket.upper.port",
				"socket.clients.it.protocol=udp", "socket.clients.it.transport=" + transport)
			.run((context) -> {
				assertThat(ask(context, "hello")).isEqualTo("HELLO");
				assertThat(client(context).spec().protocol()).isEqualTo(Protocol.UDP);
				String server = Addresses.format(context.getBean(SocketServers.class).get("upper").localAddress());
				SocketClientDescriptor shown = shown(context);
				assertThat(shown.protocol()).isEqualTo("udp");
				assertThat(shown.remoteAddress()).isEqualTo(server);
				assertThat(shown.addresses()).singleElement()
					.satisfies((address) -> assertThat(address.address()).isEqualTo(server));
			});
	}

	@Test
	void withoutAProtocolItIsTcp() {
		runner("socket.servers.upper.port=0", "socket.clients.it.port=local.socket.upper.port").run((context) -> {
			assertThat(ask(context, "hello")).isEqualTo("HELLO");
			assertThat(shown(context).protocol()).isEqualTo("tcp");
		});
	}

	@Test
	void aBeanThatSaysWhereWinsOverThePath() {
		runner("socket.servers.upper.port=0", "socket.clients.it.domain-socket.path=" + path())
			.withBean(SocketClientConnectionDetails.class, () -> new SocketClientConnectionDetails() {

				@Override
				public List<Address> addresses(String client) {
					return List.of(new Address("127.0.0.1", 9));
				}

			})
			.run((context) -> assertThat(client(context).spec().addresses()).singleElement()
				.hasToString("127.0.0.1:9"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "host=localhost | a Unix socket has a path", "port=7000 | a Unix socket has a path",
					"addresses=one:1,two:2 | a Unix socket has a path", "fail-back=5s | one path",
					"attempt-delay=1s | one path", "local-address=127.0.0.1 | one path",
					"proxy.type=socks5 | no proxy leads", "proxy.host=localhost | no proxy leads",
					"options.tcp-no-delay=true | option of TCP", "options.keep-alive=true | option of TCP",
					"transport=io_uring | use epoll, kqueue or nio", "protocol=udp | UDP has ports" })
	void whatHasNoMeaningForAUnixSocketFailsTheStart(String property, String reason) {
		String failing = property.equals("protocol=udp") ? "domain-socket.path" : property;
		assertNames(runner("socket.clients.it.domain-socket.path=/run/upper.sock", "socket.clients.it." + property),
				"socket.clients.it." + failing, reason);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', value = { "relative.sock | it must be an absolute path, or @ and a name",
			"~/upper.sock | it must be an absolute path, or @ and a name",
			"unix:/run/upper.sock | it must be an absolute path, or @ and a name",
			"@ | it must be an absolute path, or @ and a name", "/run/ | it must be the path of a file",
			"/run/0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789xxxx"
					+ " | has 109 bytes, and may have 107" })
	void aPathThatCannotBeFailsTheStart(String path, String reason) {
		assertNames(runner("socket.clients.it.domain-socket.path=" + path), "socket.clients.it.domain-socket.path",
				reason);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "ssl.mode=on-request | it needs a stream", "ssl.bundle=it | it needs a stream",
					"timeouts.first-frame=5s | it needs a stream", "timeouts.frame=5s | it needs a stream",
					"proxy.type=http | UDP has none", "options.keep-alive=true | UDP has none",
					"options.tcp-no-delay=true | UDP has none", "attempt-delay=1s | which address is up",
					"fail-back=5s | which address is up", "inbound.overflow=block | are dropped",
					"inbound.overflow=close | are dropped", "transport=io_uring | epoll" })
	void whatHasNoMeaningForUdpFailsTheStart(String property, String reason) {
		assertNames(runner("socket.clients.it.port=7000", "socket.clients.it.protocol=udp",
				"socket.clients.it." + property), "socket.clients.it." + property, reason);
	}

	@Test
	void documentationIsRight() throws Exception {
		assertThat(documented("unix-client", "orders").getDomainSocket().path()).isEqualTo("/run/shop/orders.sock");
		ClientProperties datagrams = documented("udp-client", "resolver");
		assertThat(datagrams.getProtocol()).hasToString("UDP");
		assertThat(datagrams.getCorrelator()).isEqualTo("queryId");
	}

	private static ClientProperties documented(String file, String client) throws IOException {
		MutablePropertySources properties = new MutablePropertySources();
		new YamlPropertySourceLoader().load(file, new ClassPathResource(file + ".yml")).forEach(properties::addLast);
		return new Binder(ConfigurationPropertySources.from(properties))
			.bind("socket.clients." + client, ClientProperties.class)
			.get();
	}

}
