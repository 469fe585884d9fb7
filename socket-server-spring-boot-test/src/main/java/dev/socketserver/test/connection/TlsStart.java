package dev.socketserver.test.connection;

import java.io.IOException;
import java.security.cert.CertificateException;
import java.time.Duration;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;

/**
 * Begins TLS for a test client, and expects that it begins, or does not.
 */
public final class TlsStart {

	private final TestConnection connection;

	private final TestInput incoming;

	public TlsStart(TestConnection connection, TestInput incoming) {
		this.connection = connection;
		this.incoming = incoming;
	}

	/**
	 * Begins TLS.
	 * @throws AssertionError if the handshake fails
	 */
	public void begin(SSLContext context, SSLParameters parameters, Duration timeout) {
		try {
			handshake(context, parameters, timeout);
		}
		catch (IOException ex) {
			throw new AssertionError("Could not begin TLS with " + this.connection.peer() + ": " + ex.getMessage(), ex);
		}
	}

	/**
	 * Begins TLS, and expects that the peer refuses it, in the handshake or after it.
	 * @throws AssertionError if the peer accepts, or this client does not trust the peer
	 */
	public void expectRefused(SSLContext context, Duration timeout) {
		if (this.connection.isTls()) {
			throw new IllegalStateException("TLS with " + this.connection.peer() + " has begun already");
		}
		if (this.connection.end() != null) {
			throw this.incoming.missing(TestInput.TLS_REFUSAL, timeout);
		}
		try {
			handshake(context, new SSLParameters(), timeout);
		}
		catch (IOException ex) {
			if (ex.getCause() instanceof CertificateException) {
				throw new AssertionError("Expected " + TestInput.TLS_REFUSAL + " from " + this.connection.peer()
						+ ", but this client refuses it: " + ex.getMessage(), ex);
			}
			return;
		}
		this.incoming.expectTlsRefused(timeout);
	}

	private void handshake(SSLContext context, SSLParameters parameters, Duration timeout) throws IOException {
		this.incoming.checkNothingUnread();
		try (TimeLimit limit = new TimeLimit(this.connection, timeout, "this client gave up the TLS handshake")) {
			try {
				this.connection.startTls(context, parameters);
			}
			catch (IOException ex) {
				if (limit.exceeded()) {
					throw new AssertionError(
							"Could not begin TLS with " + this.connection.peer() + " within " + TimeLimit.text(timeout),
							ex);
				}
				this.connection.abort("TLS could not be begun");
				throw ex;
			}
		}
	}

}
