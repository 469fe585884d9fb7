package dev.socketserver.engine.requests;

import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;
import dev.socketserver.payload.Payloads;
import dev.socketserver.payload.ReceivedFrame;

/**
 * Reads a reply as the type that its caller wants, whatever the handler takes.
 *
 * @param type the type
 * @param converter reads it
 * @param payloads makes bytes of what was decoded for the handler already
 */
public record ReplyReading(Class<?> type, PayloadConverter<?> converter, Payloads payloads) {

	/**
	 * Finds what reads the replies of a session or client.
	 * @param type the type that the caller wants
	 * @param payloads those of the session or client
	 * @return what reads them
	 * @throws IllegalArgumentException if there is no converter for the type
	 */
	public static ReplyReading as(Class<?> type, Payloads payloads) {
		return new ReplyReading(type, payloads.reading(type), payloads);
	}

	/**
	 * Reads a reply.
	 * @param received the bytes of the frame, or what the handler would have got
	 * @return the reply, of the type
	 * @throws PayloadException if the converter throws
	 */
	Object of(Object received) throws PayloadException {
		if (received instanceof byte[] || received instanceof ReceivedFrame) {
			return Payloads.read(this.converter, received);
		}
		return this.type.isInstance(received) ? received : Payloads.read(this.converter, this.payloads.bytes(received));
	}

}
