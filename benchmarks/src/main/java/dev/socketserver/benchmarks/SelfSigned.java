package dev.socketserver.benchmarks;

import javax.net.ssl.KeyManagerFactory;

import io.netty.pkitesting.CertificateBuilder;

/**
 * The key and certificate of servers that speak TLS.
 */
final class SelfSigned {

	/** The only version that is spoken. */
	static final String PROTOCOL = "TLSv1.3";

	private SelfSigned() {
	}

	/**
	 * Creates a key on the curve P-256, and a self-signed certificate for it, which the
	 * load generator does not check.
	 * @return the factory that holds both
	 */
	static KeyManagerFactory keys() {
		try {
			return new CertificateBuilder().subject("CN=localhost")
				.ecp256()
				.setIsCertificateAuthority(true)
				.buildSelfSigned()
				.toKeyManagerFactory();
		}
		catch (Exception ex) {
			throw new IllegalStateException("There is no certificate", ex);
		}
	}

}
