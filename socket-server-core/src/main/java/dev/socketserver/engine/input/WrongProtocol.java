package dev.socketserver.engine.input;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.socketserver.framing.FrameInput;
import org.jspecify.annotations.Nullable;

/**
 * Recognises from its first bytes which protocol a peer speaks that has connected to the
 * wrong port, so that the log can say so.
 */
public enum WrongProtocol {

	/** A ClientHello. */
	TLS("it looks like a TLS ClientHello on a plain port"),

	/** A PROXY header. */
	PROXY("it looks like a PROXY header, but proxy-protocol is off"),

	/** A PROXY header after the place where one may be. */
	FURTHER_PROXY("it looks like a PROXY header, where proxy-protocol expects none"),

	/** The first line of a request. */
	HTTP("it looks like an HTTP request");

	/** Section 2.1 of the PROXY protocol's specification. */
	private static final byte[][] PROXY_V1 = { ascii("PROXY TCP4 "), ascii("PROXY TCP6 "), ascii("PROXY UNKNOWN") };

	/** Section 2.2 of the PROXY protocol's specification. */
	private static final byte[] PROXY_V2 = { 0x0D, 0x0A, 0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A };

	private static final byte[][] HTTP_METHODS = { ascii("GET "), ascii("POST "), ascii("HEAD "), ascii("PUT "),
			ascii("DELETE "), ascii("OPTIONS "), ascii("CONNECT "), ascii("PATCH "), ascii("PRI * HTTP/2") };

	private final String phrase;

	WrongProtocol(String phrase) {
		this.phrase = phrase;
	}

	/**
	 * Checks for it.
	 * @return a phrase for the log
	 */
	public String phrase() {
		return this.phrase;
	}

	private static byte[] ascii(String text) {
		return text.getBytes(StandardCharsets.US_ASCII);
	}

	/**
	 * Recognises the protocol of a session's first bytes.
	 * @param bytes holds them
	 * @param start the index of the first
	 * @param end the index after the last that is there
	 * @param proxied whether a PROXY header could have preceded them
	 * @return the protocol, or {@code null} if they say nothing
	 */
	public static @Nullable WrongProtocol of(byte[] bytes, int start, int end, boolean proxied) {
		if (clientHello(bytes, start, end)) {
			return TLS;
		}
		if (startsWith(bytes, start, end, PROXY_V2) || startsWithOne(bytes, start, end, PROXY_V1)) {
			return proxied ? FURTHER_PROXY : PROXY;
		}
		return startsWithOne(bytes, start, end, HTTP_METHODS) ? HTTP : null;
	}

	/**
	 * Recognises the protocol of a session's first frame where text is expected, if it
	 * cannot be meant as text for the application.
	 * @param input holds the frame and what was received after it
	 * @param proxied whether a PROXY header could have preceded it
	 * @return the protocol, or {@code null}
	 */
	static @Nullable WrongProtocol unlessText(FrameInput input, boolean proxied) {
		WrongProtocol found = of(input.array(), input.frameStart(), input.limit(), proxied);
		return (found != HTTP) ? found : null;
	}

	/**
	 * Whether bytes are the first line of an HTTP request.
	 * @param bytes the bytes
	 * @return {@code true} if they begin as one does
	 */
	public static boolean isHttp(byte[] bytes) {
		return of(bytes, 0, bytes.length, false) == HTTP;
	}

	/** A handshake record of TLS 1.x (RFC 8446, section 5.1) with a ClientHello. */
	private static boolean clientHello(byte[] bytes, int start, int end) {
		return end - start > 5 && bytes[start] == 0x16 && bytes[start + 1] == 0x03 && bytes[start + 2] >= 0
				&& bytes[start + 2] <= 0x04 && bytes[start + 5] == 0x01;
	}

	private static boolean startsWithOne(byte[] bytes, int start, int end, byte[][] prefixes) {
		for (byte[] prefix : prefixes) {
			if (startsWith(bytes, start, end, prefix)) {
				return true;
			}
		}
		return false;
	}

	private static boolean startsWith(byte[] bytes, int start, int end, byte[] prefix) {
		return end - start >= prefix.length
				&& Arrays.equals(bytes, start, start + prefix.length, prefix, 0, prefix.length);
	}

}
