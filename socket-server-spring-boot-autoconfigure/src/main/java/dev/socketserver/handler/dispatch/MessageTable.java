package dev.socketserver.handler.dispatch;

import java.util.List;

import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * Which method is called for a message. Made when the application starts; safe for use by
 * several threads.
 */
interface MessageTable {

	/**
	 * Chooses the method for a frame, and converts the frame for it.
	 * @param frame the bytes
	 * @param message is given the method and the key, before the frame is converted for
	 * the method
	 * @return the payload, {@code null} if no method is for the frame
	 * @throws Exception if the frame cannot be converted, or code of the application
	 * fails
	 */
	@Nullable Object choose(byte[] frame, ChosenMessage message) throws Exception;

	/** Returns what reads replies to requests, of which nobody knows the method. */
	PayloadConverter<?> replies();

	/** Returns what operators see of it. */
	List<Mapping> mappings();

}
