package dev.socketserver.benchmarks;

import javax.net.ssl.KeyManagerFactory;

import io.netty.pkitesting.CertificateBuilder;

/**
 * What servers show for TLS.
 */
final class SelfSigned {

	/** The only version that is spoken. */
	static final String PROTOCOL = "TLSv1.3";

	private SelfSigned() {
	}

	/**
	 * Makes a key on the curve P-256, and a certificate that it signs itself. Nobody
	 * trusts it, and the load generator does not ask.
	 * @return holds them
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
