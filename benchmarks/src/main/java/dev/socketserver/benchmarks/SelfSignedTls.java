package dev.socketserver.benchmarks;

import java.util.List;

import dev.socketserver.spec.listen.Tls;
import dev.socketserver.tls.TlsBundle;
import dev.socketserver.tls.TlsMaterial;

/**
 * TLS of this project's servers with the {@link SelfSigned} certificate, which other
 * servers have as well.
 */
public final class SelfSignedTls {

	private SelfSignedTls() {
	}

	/** Returns TLS 1.3 that asks for no certificate. */
	public static Tls create() {
		return Tls.of(new TlsBundle("self-signed", new TlsMaterial("TLS", List.of(SelfSigned.keys().getKeyManagers()),
				List.of(), List.of(SelfSigned.PROTOCOL), List.of())));
	}

}
