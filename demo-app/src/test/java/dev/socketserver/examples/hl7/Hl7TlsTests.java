package dev.socketserver.examples.hl7;

import java.nio.file.Files;
import java.nio.file.Path;

import dev.socketserver.test.SocketConnection;
import dev.socketserver.test.SocketServerTest;
import dev.socketserver.test.SocketTestClient;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ActiveProfiles;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The receiver with the profile that {@code docs/examples.md} shows for TLS. It watches
 * its certificates, and must not be left to complain, in the output of other tests, that
 * they are gone.
 */
@DirtiesContext
@SocketServerTest(properties = "spring.config.name=hl7")
@ActiveProfiles("tls")
class Hl7TlsTests {

	private static final String MESSAGE = "MSH|^~\\&|ADT|NORTH|LAB|SOUTH|20260105101500||ADT^A01|0815|P|2.5\rPID|1\r";

	@TempDir
	private static Path directory;

	@DynamicPropertySource
	static void certificates(DynamicPropertyRegistry registry) throws Exception {
		X509Bundle authority = new CertificateBuilder().subject("CN=authority")
			.setIsCertificateAuthority(true)
			.buildSelfSigned();
		X509Bundle server = new CertificateBuilder().subject("CN=receiver").buildIssuedBy(authority);
		Files.writeString(directory.resolve("server.crt"), server.getCertificatePathPEM());
		Files.writeString(directory.resolve("server.key"), server.getPrivateKeyPEM());
		Files.writeString(directory.resolve("ca.crt"), authority.getCertificatePEM());
		registry.add("hl7.directory", () -> directory + "/messages");
		registry.add("hl7.certificates", () -> directory.toString());
		X509Bundle sender = new CertificateBuilder().subject("CN=sender").buildIssuedBy(authority);
		registry.add("spring.ssl.bundle.pem.sender.keystore.certificate", sender::getCertificatePathPEM);
		registry.add("spring.ssl.bundle.pem.sender.keystore.private-key", sender::getPrivateKeyPEM);
		registry.add("spring.ssl.bundle.pem.sender.truststore.certificate", authority::getCertificatePEM);
	}

	@Test
	void aSenderWithACertificateIsAnswered(
			@SocketConnection(value = "hl7", sslBundle = "sender") SocketTestClient sender) {
		assertThat(sender.ask(MESSAGE)).endsWith("\rMSA|AA|0815\r");
	}

	@Test
	void aSenderWithoutACertificateIsRefused(@SocketConnection("hl7") SocketTestClient sender) {
		sender.expectTlsRefused();
	}

}
