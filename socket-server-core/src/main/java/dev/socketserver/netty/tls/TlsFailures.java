package dev.socketserver.netty.tls;

import java.security.cert.CertificateException;

import dev.socketserver.engine.log.LogText;
import io.netty.handler.ssl.NotSslRecordException;

/**
 * What is reported of a TLS failure.
 */
public final class TlsFailures {

	/** Causes may go round in a circle. */
	private static final int MOST_CAUSES = 10;

	private TlsFailures() {
	}

	/**
	 * What a TLS implementation says, without line ends and the like, since part of it
	 * may be the peer's; and nothing at all where it would be the peer's bytes.
	 */
	public static String message(Throwable cause) {
		if (cause instanceof NotSslRecordException) {
			return "no TLS record";
		}
		String message = cause.getMessage();
		String text = LogText.of((message != null) ? message : cause.getClass().getSimpleName());
		return isAboutCertificate(cause) ? "the peer's certificate was not accepted: " + text : text;
	}

	/** Of which what trust managers say often says nothing. */
	private static boolean isAboutCertificate(Throwable failure) {
		Throwable cause = failure;
		for (int depth = 0; cause != null && depth < MOST_CAUSES; depth++) {
			if (cause instanceof CertificateException) {
				return true;
			}
			cause = cause.getCause();
		}
		return false;
	}

}
