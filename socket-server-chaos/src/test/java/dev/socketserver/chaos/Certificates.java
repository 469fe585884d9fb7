package dev.socketserver.chaos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;

/**
 * The certificate of the application, which is replaced while it runs.
 */
final class Certificates {

	private static final SSLSocketFactory TRUSTING = trusting();

	private final Path directory;

	Certificates(Path directory) {
		this.directory = directory;
	}

	/**
	 * Replaces the certificate.
	 * @return the serial number of the new one
	 */
	synchronized String renew() {
		try {
			X509Bundle bundle = new CertificateBuilder().subject("CN=localhost")
				.algorithm(CertificateBuilder.Algorithm.ecp256)
				.setIsCertificateAuthority(true)
				.buildSelfSigned();
			Files.createDirectories(this.directory);
			// The key first: while the two do not match, the old pair is kept.
			put("server.key", bundle.getPrivateKeyPEM());
			put("server.crt", bundle.getCertificatePathPEM());
			return bundle.getCertificate().getSerialNumber().toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void put(String name, String text) throws IOException {
		Path written = Files.writeString(this.directory.resolve(name + ".new"), text);
		Files.move(written, this.directory.resolve(name), StandardCopyOption.ATOMIC_MOVE,
				StandardCopyOption.REPLACE_EXISTING);
	}

	static String serial(Certificate certificate) {
		return ((X509Certificate) certificate).getSerialNumber().toString();
	}

	static SSLSocketFactory trustingEverybody() {
		return TRUSTING;
	}

	private static SSLSocketFactory trusting() {
		try {
			SSLContext context = SSLContext.getInstance("TLS");
			context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
			return context.getSocketFactory();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
