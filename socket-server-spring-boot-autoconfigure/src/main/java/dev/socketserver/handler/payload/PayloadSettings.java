package dev.socketserver.handler.payload;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/**
 * What the properties of a server or client say about its payloads.
 *
 * @param payload what a frame becomes for the handler
 * @param charset the charset of text
 */
public record PayloadSettings(Payload payload, Charset charset) {

	/** The settings unless the properties say otherwise. */
	public static final PayloadSettings DEFAULT = new PayloadSettings(Payload.AUTO, StandardCharsets.UTF_8);

}
