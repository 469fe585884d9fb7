package dev.socketserver.autoconfigure.spec;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;

import dev.socketserver.SessionStatistics.TlsOutcome;
import dev.socketserver.SocketServer;
import dev.socketserver.SocketServerListener.Alarm;
import dev.socketserver.SocketServers;
import dev.socketserver.actuate.SocketServersEndpoint;
import dev.socketserver.actuate.SocketSessionsEndpoint;
import dev.socketserver.autoconfigure.SocketServerAutoConfiguration;
import dev.socketserver.autoconfigure.properties.InvalidSocketPropertyException;
import dev.socketserver.event.SocketServerAlarmEvent;
import dev.socketserver.fixtures.Patience;
import dev.socketserver.metrics.SocketServerMetrics;
import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.ClientAuth;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.pkitesting.X509Bundle;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslBundleRegistrar;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.ssl.SslMetricsAutoConfiguration;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.EventListener;

import static dev.socketserver.autoconfigure.properties.FailedStart.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for the keys of TLS, with the examples of {@code docs/tls.md}.
 */
@ExtendWith(OutputCaptureExtension.class)
class TlsPropertiesTests {

	private static final char[] PASSWORD = "secret".toCharArray();

	@RegisterExtension
	private final CertificateFiles files = new CertificateFiles();

	private ApplicationContextRunner runner = new ApplicationContextRunner();

	@BeforeEach
	void certificates() throws Exception {
		this.files.write("server", CertificateFiles.sign("server"));
		this.files.write("first", CertificateFiles.sign("first"));
		this.files.write("others", CertificateFiles.sign("others"));
		this.runner = this.files.in(this.runner)
			.withConfiguration(AutoConfigurations.of(SslAutoConfiguration.class, SocketServerAutoConfiguration.class))
			.withUserConfiguration(Handlers.class)
			.withPropertyValues("socket.servers.meters.port=0");
	}

	private ApplicationContextRunner example(String name) {
		return CertificateFiles.example(this.runner, name);
	}

	private static SocketServer server(ApplicationContext context) {
		return context.getBean(SocketServers.class).get("meters");
	}

	private static SSLSocket connect(ApplicationContext context, @Nullable X509Bundle client, @Nullable String host)
			throws Exception {
		SSLContext ssl = SSLContext.getInstance("TLS");
		ssl.init((client != null) ? client.toKeyManagerFactory().getKeyManagers() : new KeyManager[0],
				new TrustManager[] { CertificateFiles.authority().toTrustManager() }, null);
		Socket tcp = new Socket();
		tcp.setSoTimeout(Patience.millis());
		tcp.connect(server(context).localAddress());
		SSLSocket socket = (SSLSocket) ssl.getSocketFactory().createSocket(tcp, "127.0.0.1", 0, true);
		if (host != null) {
			SSLParameters parameters = socket.getSSLParameters();
			parameters.setServerNames(List.of(new SNIHostName(host)));
			socket.setSSLParameters(parameters);
		}
		return socket;
	}

	private static String ask(SSLSocket socket, String line) throws IOException {
		socket.getOutputStream().write((line + "\n").getBytes());
		return new BufferedReader(new InputStreamReader(socket.getInputStream())).readLine();
	}

	private static String subject(ApplicationContext context, @Nullable String host) throws Exception {
		try (SSLSocket socket = connect(context, null, host)) {
			assertThat(ask(socket, "x")).isEqualTo("X");
			return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
		}
	}

	@Test
	void oneCertificate() {
		example("tls-one-way.yml").run((context) -> {
			assertThat(subject(context, null)).isEqualTo("CN=server");
			assertThat(new SocketServersEndpoint(context.getBean(SocketServers.class), List.of(), Show.ALWAYS)
				.socketServer("meters")
				.ssl()).isEqualTo("meters");
			Tls tls = server(context).spec().tls();
			assertThat(tls.clientAuth()).isEqualTo(ClientAuth.NONE);
			assertThat(tls.handshakeTimeout()).isEqualTo(Duration.ofSeconds(10));
			assertThat(server(context).statistics().handshakes()).isEqualTo(Map.of(TlsOutcome.SUCCESS, 1L));
			SimpleMeterRegistry registry = new SimpleMeterRegistry();
			SocketServerMetrics metrics = new SocketServerMetrics();
			metrics.bindTo(registry);
			metrics.registered(server(context));
			assertThat(registry.get("socket.server.tls.handshake")
				.tags("server", "meters", "outcome", "SUCCESS")
				.functionTimer()
				.count()).isEqualTo(1);
		});
	}

	@Test
	void certificatesOfPeers() {
		example("tls-mutual.yml").run((context) -> {
			try (SSLSocket socket = connect(context, CertificateFiles.sign("alice"), null)) {
				assertThat(ask(socket, "x")).isEqualTo("X");
				assertThat(new SocketSessionsEndpoint(context.getBean(SocketServers.class), List.of(), Show.NEVER,
						Show.NEVER, null)
					.socketSession("meters-1")
					.principal()).isEqualTo("CN=alice");
			}
		});
	}

	@Test
	void severalHosts() {
		example("tls-sni.yml").run((context) -> {
			assertThat(subject(context, "a.example.com")).isEqualTo("CN=first");
			assertThat(subject(context, "b.example.com")).isEqualTo("CN=others");
			assertThat(subject(context, "example.org")).isEqualTo("CN=server");
		});
	}

	@Test
	void reloadsAndKeepsWhatThereWasIfItCannot() {
		example("tls-one-way.yml").withPropertyValues("spring.ssl.bundle.watch.file.quiet-period=100ms")
			.run((context) -> {
				Alarms alarms = context.getBean(Alarms.class);
				assertThat(subject(context, null)).isEqualTo("CN=server");

				this.files.write("server", CertificateFiles.sign("renewed"));
				await().atMost(Patience.limit()).until(() -> subject(context, null).equals("CN=renewed"));
				// Of the moment between the two files, perhaps.
				alarms.all.clear();
				Files.writeString(this.files.directory().resolve("server.key"),
						CertificateFiles.sign("other").getPrivateKeyPEM());
				// Another may be of the moment in which the file was empty.
				await().atMost(Patience.limit())
					.untilAsserted(() -> assertThat(alarms.all).last().satisfies((event) -> {
						assertThat(event.kind()).isEqualTo(Alarm.Kind.TLS);
						assertThat(event.detail()).contains("the private key does not belong to the certificate");
					}));
				assertThat(subject(context, null)).isEqualTo("CN=renewed");
			});
	}

	/** Each host its own, also while the bundle of another one is broken. */
	@Test
	void hostsFollowTheReloadsOfTheirBundles() {
		String bundles = "spring.ssl.bundle.";
		example("tls-sni.yml")
			.withPropertyValues(bundles + "watch.file.quiet-period=100ms", bundles + "pem.first.reload-on-update=true",
					bundles + "pem.others.reload-on-update=true")
			.run((context) -> {
				Alarms alarms = context.getBean(Alarms.class);
				Files.writeString(this.files.directory().resolve("others.key"),
						CertificateFiles.sign("stranger").getPrivateKeyPEM());
				await().atMost(Patience.limit()).until(() -> !alarms.all.isEmpty());
				assertThat(alarms.all)
					.allSatisfy((event) -> assertThat(event.detail()).contains("SSL bundle 'others'"));

				this.files.write("first", CertificateFiles.sign("renewed"));
				await().atMost(Patience.limit()).until(() -> subject(context, "a.example.com").equals("CN=renewed"));

				assertThat(subject(context, "b.example.com")).isEqualTo("CN=others");
				assertThat(subject(context, null)).isEqualTo("CN=server");
			});
	}

	/** As Boot's meters do. */
	@Test
	void reportsOfAFileThatCannotBeReadWhereOthersThrowForIt() {
		example("tls-one-way.yml").withUserConfiguration(Reader.class)
			.withPropertyValues("spring.ssl.bundle.watch.file.quiet-period=100ms")
			.run((context) -> {
				Alarms alarms = context.getBean(Alarms.class);

				Files.delete(this.files.directory().resolve("server.key"));
				await().atMost(Patience.limit()).until(() -> !alarms.all.isEmpty());
				assertThat(alarms.all).singleElement().satisfies((event) -> {
					assertThat(event.kind()).isEqualTo(Alarm.Kind.TLS);
					assertThat(event.detail()).contains("server.key");
				});
				assertThat(subject(context, null)).isEqualTo("CN=server");

				this.files.write("server", CertificateFiles.sign("renewed"));
				await().atMost(Patience.limit()).until(() -> subject(context, null).equals("CN=renewed"));
			});
	}

	/** Boot warns of it where nobody follows a bundle. */
	@Test
	void leavesBundlesAloneThatNoServerNorClientHas(CapturedOutput log) {
		String other = "spring.ssl.bundle.pem.other.keystore.";
		example("tls-one-way.yml")
			.withPropertyValues(other + "certificate=file:" + this.files.directory().resolve("others.crt"),
					other + "private-key=file:" + this.files.directory().resolve("others.key"))
			.run((context) -> {
				DefaultSslBundleRegistry bundles = context.getBean(DefaultSslBundleRegistry.class);
				String warning = "' has been updated but may be in use by a technology";
				bundles.updateBundle("meters", bundles.getBundle("meters"));
				bundles.updateBundle("other", bundles.getBundle("other"));
				assertThat(log).contains("'other" + warning).doesNotContain("'meters" + warning);
			});
	}

	@Test
	void optionsOfTheBundleAreHonoured() {
		example("tls-one-way.yml")
			.withPropertyValues("spring.ssl.bundle.pem.meters.options.enabled-protocols=TLSv1.2",
					"spring.ssl.bundle.pem.meters.options.ciphers=TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256")
			.run((context) -> {
				try (SSLSocket socket = connect(context, null, null)) {
					ask(socket, "x");
					assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");
					assertThat(socket.getSession().getCipherSuite())
						.isEqualTo("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256");
				}
			});
	}

	@Test
	void unknownBundleIsNamedWithASuggestion() {
		example("tls-one-way.yml").withPropertyValues("socket.servers.meters.ssl.bundle=metres")
			.run((context) -> assertThat(failure(context)).isInstanceOf(InvalidSocketPropertyException.class)
				.hasMessageContaining("Property socket.servers.meters.ssl.bundle is 'metres': there is no SSL bundle "
						+ "of that name (nearest: 'meters')"));
		example("tls-sni.yml")
			.withPropertyValues("socket.servers.meters.ssl.sni[0].host=a",
					"socket.servers.meters.ssl.sni[0].bundle=frist")
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("Property socket.servers.meters.ssl.sni[0].bundle is 'frist'"));
	}

	@Test
	void bundleThatCannotBeUsedIsNamed() throws Exception {
		Files.writeString(this.files.directory().resolve("server.key"),
				CertificateFiles.sign("other").getPrivateKeyPEM());

		example("tls-one-way.yml").run((context) -> assertThat(failure(context)).hasMessageContaining(
				"Property socket.servers.meters.ssl.bundle is 'meters': the SSL bundle cannot be used: "
						+ "the private key does not belong to the certificate"));
	}

	/**
	 * Boot's meters read all bundles earlier, and would name neither bundle nor property.
	 */
	@ParameterizedTest
	@CsvSource({ "server.key, BEGIN ENCRYPTED", "server.key, BEGIN CERTIFICATE", "server.crt, BEGIN PRIVATE",
			"server.crt, nothing" })
	void bundleThatCannotBeUsedIsNamedBesideTheMetersOfBoot(String file, String content) throws Exception {
		X509Bundle server = CertificateFiles.sign("server");
		Files.writeString(this.files.directory().resolve(file), switch (content) {
			case "BEGIN ENCRYPTED" -> server.getPrivateKeyPEM().replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
			case "BEGIN CERTIFICATE" -> server.getCertificatePEM();
			case "BEGIN PRIVATE" -> server.getPrivateKeyPEM();
			default -> "";
		});
		ApplicationContextRunner measured = example("tls-one-way.yml").withConfiguration(
				AutoConfigurations.of(MetricsAutoConfiguration.class, SimpleMetricsExportAutoConfiguration.class,
						CompositeMeterRegistryAutoConfiguration.class, SslMetricsAutoConfiguration.class));
		measured.run((context) -> {
			assertThat(failure(context)).hasMessageContaining(
					"Property socket.servers.meters.ssl.bundle is 'meters': the SSL bundle cannot be used: ");
			assertThat(failure(context).remedy()).contains("spring.ssl.bundle.*.meters");
		});
		measured
			.withPropertyValues("socket.server-defaults.ssl.bundle=meters", "socket.servers.meters.enabled=false",
					"socket.clients.c.port=1", "socket.clients.c.ssl.bundle=meters")
			.run((context) -> assertThat(failure(context)).hasMessageContaining(
					"Property socket.clients.c.ssl.bundle is 'meters': the SSL bundle cannot be used: "));
	}

	/** With a bundle of stores. */
	private ApplicationContextRunner stored(KeyStore trusted) throws Exception {
		store("server.p12", CertificateFiles.sign("server").toKeyStore(PASSWORD));
		store("trusted.p12", trusted);
		String bundle = "spring.ssl.bundle.jks.stored.";
		return this.runner.withPropertyValues("socket.servers.meters.ssl.bundle=stored",
				bundle + "keystore.location=${certificates}/server.p12", bundle + "keystore.type=PKCS12",
				bundle + "keystore.password=secret", bundle + "truststore.location=${certificates}/trusted.p12",
				bundle + "truststore.type=PKCS12", bundle + "truststore.password=secret");
	}

	private void store(String name, KeyStore store) throws Exception {
		try (OutputStream out = Files.newOutputStream(this.files.directory().resolve(name))) {
			store.store(out, PASSWORD);
		}
	}

	private static KeyStore trusted(X509Certificate... certificates) throws Exception {
		KeyStore store = KeyStore.getInstance("PKCS12");
		store.load(null, PASSWORD);
		for (int i = 0; i < certificates.length; i++) {
			store.setCertificateEntry("trusted-" + i, certificates[i]);
		}
		return store;
	}

	@Test
	void whyAStoreCannotBeReadIsSaid() throws Exception {
		stored(trusted(CertificateFiles.authority().getCertificate()))
			.withPropertyValues("spring.ssl.bundle.jks.stored.keystore.password=guess")
			.run((context) -> assertThat(failure(context)).hasMessageContaining("keystore password was incorrect"));
	}

	/** Unlike other limits of time, that of a handshake cannot be switched off. */
	@Test
	void limitOfTheHandshakeIsNotNotifiedThatItMayBeZero() {
		example("tls-one-way.yml").withPropertyValues("socket.servers.meters.ssl.handshake-timeout=0")
			.run((context) -> assertThat(failure(context).description())
				.isEqualTo("Property socket.servers.meters.ssl.handshake-timeout is '0': it must be at least a "
						+ "millisecond and at most 100 years."));
	}

	/** Nobody would get in. */
	@Test
	void emptyTrustStoreFailsTheStart() throws Exception {
		stored(trusted()).withPropertyValues("socket.servers.meters.ssl.client-auth=need")
			.run((context) -> assertThat(failure(context)).hasMessageContaining(
					"Property socket.servers.meters.ssl.bundle is 'stored': the SSL bundle cannot be used: "
							+ "its trust store is empty"));
		stored(trusted(CertificateFiles.authority().getCertificate()))
			.withPropertyValues("socket.servers.meters.ssl.client-auth=need")
			.run((context) -> assertThat(context).hasNotFailed());
	}

	@Test
	void certificatesOfPeersNeedTrust() {
		for (String clientAuth : List.of("need", "want")) {
			example("tls-one-way.yml").withPropertyValues("socket.servers.meters.ssl.client-auth=" + clientAuth)
				.run((context) -> {
					assertThat(failure(context).description())
						.isEqualTo("Property socket.servers.meters.ssl.client-auth is '" + clientAuth
								+ "': the certificates of peers cannot be checked, as SSL bundle 'meters' has no trust "
								+ "store.");
					assertThat(failure(context).remedy())
						.isEqualTo("Set spring.ssl.bundle.pem.meters.truststore.certificate to the certificate of "
								+ "the authority of the peers, or set socket.servers.meters.ssl.client-auth to none if "
								+ "peers need no certificates.");
				});
		}
	}

	@Test
	void trustThatAStoreLacksIsToBeAddedThere() throws Exception {
		store("key.p12", CertificateFiles.sign("server").toKeyStore(PASSWORD));
		String bundle = "spring.ssl.bundle.jks.mine.";
		this.runner
			.withPropertyValues("socket.servers.meters.ssl.bundle=mine", "socket.server-defaults.ssl.client-auth=need",
					bundle + "keystore.location=${certificates}/key.p12", bundle + "keystore.type=PKCS12",
					bundle + "keystore.password=secret")
			.run((context) -> {
				assertThat(failure(context).description())
					.startsWith("Property socket.server-defaults.ssl.client-auth is 'need': ");
				assertThat(failure(context).remedy())
					.startsWith("Set spring.ssl.bundle.jks.mine.truststore.location to a store with the certificate")
					.endsWith("or set socket.servers.meters.ssl.client-auth to none if peers need no certificates.");
			});
	}

	@Test
	void keyThatAStoreLacksIsToBeAddedThere() throws Exception {
		store("trust.p12", trusted(CertificateFiles.authority().getCertificate()));
		String bundle = "spring.ssl.bundle.jks.mine.";
		this.runner
			.withPropertyValues("socket.servers.meters.ssl.bundle=mine",
					bundle + "keystore.location=${certificates}/trust.p12", bundle + "keystore.type=PKCS12",
					bundle + "keystore.password=secret")
			.run((context) -> assertThat(failure(context)).hasMessage(
					"Property socket.servers.meters.ssl.bundle is 'mine': it has no private key with a certificate. "
							+ "Set spring.ssl.bundle.jks.mine.keystore.location to a store that has one, or name "
							+ "another SSL bundle."));
	}

	@Test
	void trustThatABundleOfTheApplicationLacksIsToBeAddedToTheBundle() throws Exception {
		SslBundle own = SslBundle.of(SslStoreBundle.of(CertificateFiles.sign("server").toKeyStore(PASSWORD),
				String.valueOf(PASSWORD), null));
		this.runner
			.withBean("registrar", SslBundleRegistrar.class, () -> (registry) -> registry.registerBundle("own", own))
			.withPropertyValues("socket.servers.meters.ssl.bundle=own", "socket.servers.meters.ssl.client-auth=need")
			.run((context) -> assertThat(failure(context).remedy())
				.startsWith("Give the SSL bundle a trust store with the certificate of the authority of the peers"));
	}

	@Test
	void trustThatTheBundleOfAHostLacksIsToBeAddedToThatBundle() {
		example("tls-mutual.yml")
			.withPropertyValues("spring.ssl.bundle.pem.first.keystore.certificate=${certificates}/first.crt",
					"spring.ssl.bundle.pem.first.keystore.private-key=${certificates}/first.key",
					"socket.servers.meters.ssl.sni[0].host=a.example.com",
					"socket.servers.meters.ssl.sni[0].bundle=first")
			.run((context) -> assertThat(failure(context).remedy())
				.startsWith("Set spring.ssl.bundle.pem.first.truststore.certificate to the certificate"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "socket.server-defaults.ssl.bundle=", "socket.servers.meters.ssl.bundle=" })
	void certificatesOfPeersNeedABundle(String none) {
		this.runner.withPropertyValues("socket.servers.meters.ssl.client-auth=need", none)
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("Property socket.servers.meters.ssl.client-auth is 'need'"));
	}

	@Test
	void certificatesOfPeersThatAllServersAskForNeedABundleToo() {
		this.runner.withPropertyValues("socket.server-defaults.ssl.client-auth=need")
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("Property socket.server-defaults.ssl.client-auth is 'need'")
				.hasMessageContaining("server 'meters' would serve anybody in plain text")
				.hasMessageContaining("Set socket.servers.meters.ssl.bundle"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "ssl.bundle=", "ssl.client-auth=none" })
	void serverThatSaysSoIsPlainBesideOthersThatAskForCertificates(String plain) {
		this.runner.withPropertyValues("socket.server-defaults.ssl.client-auth=need", "socket.servers.meters." + plain)
			.run((context) -> assertThat(server(context).spec().tls()).isNull());
	}

	@ParameterizedTest
	@ValueSource(strings = { "socket.servers.meters", "socket.server-defaults" })
	void hostsNeedABundleForAllOthers(String where) {
		this.runner.withPropertyValues(where + ".ssl.sni[0].host=a.example.com", where + ".ssl.sni[0].bundle=first")
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("Property " + where + ".ssl.sni[0].host is 'a.example.com'")
				.hasMessageContaining("server 'meters' would serve it in plain text")
				.hasMessageContaining("Set socket.servers.meters.ssl.bundle to the SSL bundle for all other hosts, or "
						+ (where.endsWith("meters") ? "remove " + where + ".ssl.sni" : "to an empty name")));
	}

	@Test
	void serverThatSaysSoIsPlainBesideOthersWithHosts() {
		this.runner
			.withPropertyValues("socket.server-defaults.ssl.sni[0].host=a.example.com",
					"socket.server-defaults.ssl.sni[0].bundle=first", "socket.servers.meters.ssl.bundle=")
			.run((context) -> assertThat(server(context).spec().tls()).isNull());
	}

	@Test
	void withoutBundleTheRestHasNoEffect(CapturedOutput output) {
		this.runner
			.withPropertyValues("socket.servers.meters.ssl.client-auth=none",
					"socket.servers.meters.ssl.handshake-timeout=5s")
			.run((context) -> {
				assertThat(server(context).spec().tls()).isNull();
				assertThat(output).contains(
						"socket.servers.meters.ssl.client-auth has no effect: there is no ssl.bundle",
						"socket.servers.meters.ssl.handshake-timeout has no effect");
				assertThat(new SocketServersEndpoint(context.getBean(SocketServers.class), List.of(), Show.ALWAYS)
					.socketServer("meters")
					.ssl()).isNull();
			});
	}

	@Test
	void withABundleTheLimitOfPendingHandshakesHasAnEffect(CapturedOutput output) {
		example("tls-one-way.yml").withPropertyValues("socket.servers.meters.limits.pending=5")
			.run((context) -> assertThat(server(context).spec().limits().pending()).isEqualTo(5));
		assertThat(output).doesNotContain("has no effect");
	}

	@Test
	void emptyNameSwitchesAnInheritedBundleOff() {
		example("tls-one-way.yml")
			.withPropertyValues("socket.server-defaults.ssl.bundle=meters", "socket.servers.meters.ssl.bundle=")
			.run((context) -> assertThat(server(context).spec().tls()).isNull());
	}

	@Test
	void hostsAreChecked() {
		String sni = "socket.servers.meters.ssl.sni";
		example("tls-one-way.yml").withPropertyValues(sni + "[0].host=a_b*.example.com", sni + "[0].bundle=meters")
			.run((context) -> assertThat(failure(context)).hasMessageContaining(
					"Property " + sni + "[0].host is 'a_b*.example.com': it is not a host name in ASCII."));
		example("tls-one-way.yml").withPropertyValues(sni + "[0].host=a_b.example.com", sni + "[0].bundle=meters")
			.run((context) -> assertThat(failure(context)).hasMessageContaining("Property " + sni
					+ "[0].host is 'a_b.example.com': the JDK refuses peers that ask for a host name with an underscore."));
		example("tls-one-way.yml")
			.withPropertyValues(sni + "[0].host=a.example.com", sni + "[0].bundle=meters",
					sni + "[1].host=A.example.com", sni + "[1].bundle=meters")
			.run((context) -> assertThat(failure(context))
				.hasMessageContaining("Property " + sni + "[1].host is 'a.example.com'"));
		example("tls-one-way.yml").withPropertyValues(sni + "[0].hots=a.example.com", sni + "[0].bundle=meters")
			.run((context) -> assertThat(failure(context)).hasMessageContaining("ssl.sni[0].hots")
				.hasMessageContaining("nearest: 'socket.servers.meters.ssl.sni[].host'"));
	}

	/** Alarms that operators received. */
	static class Alarms {

		private final List<SocketServerAlarmEvent> all = new CopyOnWriteArrayList<>();

		@EventListener
		void received(SocketServerAlarmEvent event) {
			this.all.add(event);
		}

	}

	/**
	 * Reads what is in a bundle whenever that is replaced, from before there are servers.
	 */
	@Configuration(proxyBeanMethods = false)
	static class Reader {

		Reader(SslBundles bundles) {
			bundles.addBundleUpdateHandler("meters", (bundle) -> bundle.getStores().getKeyStore());
		}

	}

	@Configuration(proxyBeanMethods = false)
	@Import(MetersHandler.class)
	static class Handlers {

		@Bean
		Alarms alarms() {
			return new Alarms();
		}

	}

}
