package dev.socketserver.autoconfigure.spec;

import java.nio.file.Files;
import java.security.Principal;
import java.util.Map;

import javax.net.ssl.SSLHandshakeException;

import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.SocketSession;
import dev.socketserver.annotation.OnMessage;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.settings.ChangingApplication;
import dev.socketserver.autoconfigure.settings.SocketSettingsAutoConfiguration;
import dev.socketserver.client.ClientState;
import dev.socketserver.client.ConnectFailure;
import dev.socketserver.client.SocketClient;
import dev.socketserver.client.SocketClients;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.settings.SocketSettings;
import dev.socketserver.settings.Verdict;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.MapPropertySource;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for clients and servers of one application that trust each other by SSL bundles,
 * with the example of {@code docs/clients.md}.
 */
@ExtendWith(OutputCaptureExtension.class)
class ClientTlsPropertiesTests {

	private static final String BUNDLES = "spring.ssl.bundle.pem.";

	@RegisterExtension
	private final CertificateFiles files = new CertificateFiles();

	private ApplicationContextRunner runner = new ApplicationContextRunner();

	@BeforeEach
	void certificates() throws Exception {
		this.files.write("server", CertificateFiles.sign("server", "localhost"));
		this.files.write("both", CertificateFiles.sign("both", "localhost"));
		this.runner = this.files.in(this.runner)
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, SocketServerAutoConfiguration.class))
			.withUserConfiguration(Handlers.class)
			.withPropertyValues("socket.servers.meters.port=0",
					BUNDLES + "server.keystore.certificate=${certificates}/server.crt",
					BUNDLES + "server.keystore.private-key=${certificates}/server.key",
					"socket.servers.meters.ssl.bundle=server", "socket.clients.plant.reconnect.period=20ms",
					"socket.clients.plant.reconnect.max-period=100ms", "socket.clients.plant.connect-timeout=60s",
					"socket.clients.plant.port=local.socket.meters.port");
		this.runner = CertificateFiles.example(this.runner, "tls-client.yml");
	}

	private static SocketClient client(ApplicationContext context) {
		return context.getBean(SocketClients.class).get("plant");
	}

	private static Object ask(ApplicationContext context) {
		return client(context).ask("who", Patience.limit()).join();
	}

	/** Whom the client talks to. */
	private static String server(ApplicationContext context) {
		Principal principal = client(context).session().orElseThrow().principal();
		return (principal != null) ? principal.getName() : "";
	}

	@Test
	void aBundleWithTrustAloneWillDo() {
		this.runner.run((context) -> {
			assertThat(ask(context)).isEqualTo("WHO");
			assertThat(client(context).statistics().handshakes()).containsOnlyKeys(TlsOutcome.SUCCESS);
		});
	}

	/**
	 * Else whom the JVM trusts would be trusted, where the application trusts but a few.
	 */
	@Test
	void trustThatTheApplicationBringsItselfCountsBesideAKeyStore() throws Exception {
		X509Bundle shown = CertificateFiles.sign("plant", "localhost");
		char[] password = "secret".toCharArray();
		SslBundle own = SslBundle.of(SslStoreBundle.of(shown.toKeyStore(password), "secret", null),
				SslBundleKey.of("secret"), SslOptions.NONE, "TLS",
				SslManagerBundle.of(shown.toKeyManagerFactory(), CertificateFiles.authority().toTrustManagerFactory()));

		this.runner.withBean(SslBundleRegistrar.class, () -> (registry) -> registry.registerBundle("own", own))
			.withPropertyValues("socket.clients.plant.ssl.bundle=own")
			.run((context) -> {
				SocketClient client = client(context);
				await().atMost(Patience.limit())
					.until(() -> client.state() == ClientState.CONNECTED || client.failure() != null);
				assertThat(client.failure()).isNull();
				assertThat(ask(context)).isEqualTo("WHO");
			});
	}

	@Test
	void anEmptyServerNameIsAsIfItWereNotThere() {
		this.runner.withPropertyValues("socket.clients.plant.ssl.server-name=")
			.run((context) -> assertThat(ask(context)).isEqualTo("WHO"));
	}

	@Test
	void theHostNameIsVerified() throws Exception {
		this.files.write("server", CertificateFiles.sign("server", "elsewhere.example.com"));

		this.runner.run((context) -> {
			SocketClient client = client(context);
			await().atMost(Patience.limit()).until(() -> client.failure() != null);
			assertThat(client.statistics().failed()).containsKey(ConnectFailure.TLS);
			assertThat(client.state()).isNotEqualTo(ClientState.CONNECTED);
			assertThat(client.failure()).hasStackTraceContaining("localhost")
				.hasStackTraceContaining(SSLHandshakeException.class.getSimpleName());
		});
		this.runner.withPropertyValues("socket.clients.plant.ssl.server-name=elsewhere.example.com")
			.run((context) -> assertThat(ask(context)).isEqualTo("WHO"));
	}

	@Test
	void aServerThatTheBundleDoesNotTrustIsNotConnectedTo() throws Exception {
		X509Bundle stranger = CertificateFiles.selfSigned("Stranger");
		this.files.trust(stranger);

		this.runner.run((context) -> {
			await().atMost(Patience.limit())
				.until(() -> client(context).statistics().failed().containsKey(ConnectFailure.TLS));
			assertThat(client(context).statistics().connected()).isZero();
		});
	}

	/** Both have a key, and trust each other by it. */
	@Test
	void aServerAndAClientMayShareABundleThatIsReloaded() {
		this.runner
			.withPropertyValues(BUNDLES + "both.keystore.certificate=${certificates}/both.crt",
					BUNDLES + "both.keystore.private-key=${certificates}/both.key",
					BUNDLES + "both.truststore.certificate=${certificates}/ca.crt",
					BUNDLES + "both.reload-on-update=true", "spring.ssl.bundle.watch.file.quiet-period=100ms",
					"socket.servers.meters.ssl.bundle=both", "socket.servers.meters.ssl.client-auth=need",
					"socket.clients.plant.ssl.bundle=both", "socket.servers.meters.handler=principal")
			.run((context) -> {
				assertThat(ask(context)).isEqualTo("CN=both");
				assertThat(server(context)).isEqualTo("CN=both");

				this.files.write("both", CertificateFiles.sign("renewed", "localhost"));

				// Between the two files, and between two connections, it may fail.
				await().atMost(Patience.limit()).ignoreExceptions().until(() -> {
					client(context).reconnect();
					return ask(context).equals("CN=renewed") && server(context).equals("CN=renewed");
				});
			});
	}

	@Test
	void aReloadIsLogged(CapturedOutput output) {
		this.runner.withPropertyValues("spring.ssl.bundle.watch.file.quiet-period=100ms").run((context) -> {
			assertThat(ask(context)).isEqualTo("WHO");
			assertThat(output).doesNotContain("SSL bundle 'plant'");

			X509Bundle other = CertificateFiles.selfSigned("Other");
			this.files.trust(other);

			await().atMost(Patience.limit())
				.untilAsserted(() -> assertThat(output).containsOnlyOnce(
						"Client 'plant' takes the new content of SSL bundle 'plant' for its next connections"));
		});
	}

	/** Neither for each look at what is pending, nor for what is not in force. */
	@Test
	void aReloadIsLoggedOnceOfAClientThatHasChanged(CapturedOutput output) {
		this.runner.withConfiguration(AutoConfigurations.of(SocketSettingsAutoConfiguration.class))
			.withPropertyValues("spring.ssl.bundle.watch.file.quiet-period=100ms")
			.run((context) -> {
				assertThat(ask(context)).isEqualTo("WHO");
				pending(context, Map.of("socket.clients.plant.reconnect.max-period", "2s"));
				assertThat(ChangingApplication.apply(context, Verdict.APPLIED).left()).isEmpty();
				pending(context, Map.of("socket.clients.plant.reconnect.max-period", "3s", "socket.clients.other.port",
						"1", "socket.clients.other.ssl.bundle", "plant"));
				assertThat(context.getBean(SocketSettings.class).plan().changes()).hasSize(2);

				this.files.trust(CertificateFiles.selfSigned("Other"));

				await().atMost(Patience.limit())
					.untilAsserted(() -> assertThat(output).containsOnlyOnce("takes the new content of SSL bundle"));
				assertThat(output).contains("Client 'plant' takes the new content of SSL bundle 'plant'");
			});
	}

	private static void pending(ConfigurableApplicationContext context, Map<String, Object> properties) {
		context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("operator", properties));
	}

	@Test
	void whatCannotBeUsedDoesNotReplaceWhatCan(CapturedOutput output) {
		this.runner.withPropertyValues(BUNDLES + "both.keystore.certificate=${certificates}/both.crt",
				BUNDLES + "both.keystore.private-key=${certificates}/both.key",
				BUNDLES + "both.truststore.certificate=${certificates}/ca.crt", BUNDLES + "both.reload-on-update=true",
				"spring.ssl.bundle.watch.file.quiet-period=100ms", "socket.clients.plant.ssl.bundle=both")
			.run((context) -> {
				assertThat(ask(context)).isEqualTo("WHO");

				Files.writeString(this.files.directory().resolve("both.key"),
						CertificateFiles.sign("other", "localhost").getPrivateKeyPEM());

				await().atMost(Patience.limit())
					.untilAsserted(() -> assertThat(output)
						.contains("Client 'plant' continues with the previous content of SSL bundle 'both', which "
								+ "cannot be used after its reload: the private key does not belong to the certificate"));
				await().atMost(Patience.limit()).ignoreExceptions().until(() -> {
					client(context).reconnect();
					return ask(context).equals("WHO");
				});
			});
	}

	@Test
	void aServerNeedsAKey() {
		this.runner.withPropertyValues("socket.servers.meters.ssl.bundle=plant")
			.run((context) -> assertThat(failure(context)).hasMessage(
					"Property socket.servers.meters.ssl.bundle is 'plant': it has no private key with a certificate. "
							+ "Set spring.ssl.bundle.pem.plant.keystore.certificate and "
							+ "spring.ssl.bundle.pem.plant.keystore.private-key, or name another SSL bundle."));
	}

	@Test
	void aServerNeedsAKeyForEachOfItsNames() {
		this.runner.withPropertyValues("socket.servers.meters.ssl.bundle=server",
				"socket.servers.meters.ssl.sni[0].host=other.example", "socket.servers.meters.ssl.sni[0].bundle=plant")
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("Property socket.servers.meters.ssl.sni[0].bundle is 'plant': it has no private "
						+ "key with a certificate"));
	}

	@Test
	void aBundleThatDoesNotExistIsNamedWithASuggestion() {
		this.runner.withPropertyValues("socket.clients.plant.ssl.bundle=plan")
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("Property socket.clients.plant.ssl.bundle is 'plan': there is no SSL bundle of "
						+ "that name (nearest: 'plant'"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "https://plant", "plant:7443", "[::1]:7443", "a b", "two_words.example.com", "a..b", "." })
	void aNameThatTlsCannotAskForFailsTheStart(String name) {
		this.runner.withPropertyValues("socket.clients.plant.ssl.server-name=" + name)
			.run((context) -> assertThat(failure(context)).hasMessageContaining(
					"Property socket.clients.plant.ssl.server-name is '" + name + "': it must be a host name"));
	}

	@Test
	void aHostThatTlsCannotAskForNeedsAnotherName() {
		String name = "two_words.example.com";
		this.runner.withPropertyValues("socket.clients.plant.host=" + name)
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("Property socket.clients.plant.host is '" + name + "': it is no name that TLS")
				.hasMessageContaining("ssl.server-name"));
		this.runner
			.withPropertyValues("socket.clients.plant.host=" + name,
					"socket.clients.plant.ssl.server-name=plant.example.com")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void anEmptyNameIsNoEncryption(CapturedOutput output) {
		this.runner
			.withPropertyValues("socket.clients.plant.ssl.bundle=", "socket.clients.plant.ssl.server-name=x",
					"socket.servers.meters.ssl.bundle=")
			.run((context) -> {
				assertThat(client(context).spec().tls()).isNull();
				assertThat(ask(context)).isEqualTo("WHO");
			});
		assertThat(output)
			.contains("Property socket.clients.plant.ssl.server-name has no effect: there is no ssl.bundle");
	}

	@Configuration(proxyBeanMethods = false)
	@Import(MetersHandler.class)
	static class Handlers {

		@Bean
		Principals principal() {
			return new Principals();
		}

	}

	/** Tells a peer who it is. */
	static class Principals {

		@OnMessage
		String who(String line, SocketSession session) {
			return String.valueOf(session.principal());
		}

	}

}
