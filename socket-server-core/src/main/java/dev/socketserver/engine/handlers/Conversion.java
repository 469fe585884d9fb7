package dev.socketserver.engine.handlers;

import java.util.Objects;

import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;

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
		byte[] bytes = (byte[]) frame;
		try {
			return Objects.requireNonNull(converter.read(bytes, 0, bytes.length), "The converter read null");
		}
		catch (Exception ex) {
			throw new PayloadException(converter.type(), ex);
		}
	}

}
