package dev.socketserver.engine.handlers;

import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.payload.Payloads;
import dev.socketserver.payload.ReceivedFrame;

/**
 * Converts frames with converters of the application, where its handler runs.
 */
public final class Conversion {

	private Conversion() {
	}

	/**
	 * Converts a frame.
	 * @param converter the converter
	 * @param frame the bytes
	 * @return the payload
	 * @throws PayloadException if the converter throws, or returns {@code null}
	 */
	public static Object of(PayloadConverter<?> converter, Object frame) throws PayloadException {
		return Payloads.read(converter, ReceivedFrame.bytes(frame));
	}

}
