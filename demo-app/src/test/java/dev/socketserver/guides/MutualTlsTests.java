package dev.socketserver.guides;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketTestClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Mutual TLS with the certificates that the commands of {@code docs/guides/mutual-tls.md}
 * make.
 */
@EnabledIf("hasOpenSsl")
@DirtiesContext
@SpringBootTest(webEnvironment = WebEnvironment.NONE, properties = "spring.config.name=guides-tls")
class MutualTlsTests {

	private static final String PEM = "spring.ssl.bundle.pem.";

	@TempDir
	private static Path directory;

	@DynamicPropertySource
	static void certificates(DynamicPropertyRegistry registry) throws Exception {
		run("bash", "-ec", commands());
		add(registry, "devices", "localhost");
		add(registry, "device", "device");
	}

	@Test
	void aDeviceIsKnownByItsCertificate(
			@SocketConnection(value = "mutual", sslBundle = "device") SocketTestClient device) {
		assertThat(device.ask("hello")).isEqualTo("CN=device says hello");
	}

	@Test
	void aStrangerIsRefused(@SocketConnection("mutual") SocketTestClient stranger) {
		stranger.expectTlsRefused();
	}

	static boolean hasOpenSsl() {
		try {
			return new ProcessBuilder("openssl", "version").start().waitFor() == 0;
		}
		catch (IOException | InterruptedException ex) {
			return false;
		}
	}

	/** The first block of commands of the page. */
	private static String commands() throws IOException {
		String page = Files.readString(Path.of("../docs/guides/mutual-tls.md"));
		int start = page.indexOf("```sh\n") + "```sh\n".length();
		return page.substring(start, page.indexOf("```", start));
	}

	private static void run(String... command) throws IOException, InterruptedException {
		Process process = new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
	}

	private static void add(DynamicPropertyRegistry registry, String bundle, String certificate) {
		registry.add(PEM + bundle + ".keystore.certificate", () -> directory + "/" + certificate + ".crt");
		registry.add(PEM + bundle + ".keystore.private-key", () -> directory + "/" + certificate + ".key");
		registry.add(PEM + bundle + ".truststore.certificate", () -> directory + "/ca.crt");
	}

	@Configuration(proxyBeanMethods = false)
	@EnableAutoConfiguration
	@Import(MutualTls.class)
	static class Application {

	}

}
