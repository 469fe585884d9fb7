package dev.socketserver.netty;

/** A PROXY header is wrong, or missing. */
final class ProxyHeaderException extends RefusedException {

	private static final long serialVersionUID = 1L;

	ProxyHeaderException(String message) {
		super(message);
	}

}
