package dev.socketserver.handler.dispatch;

import java.util.List;

import dev.socketserver.payload.PayloadConverter;
import dev.socketserver.payload.PayloadException;

/**
 * Which method is called for a message. Made when the application starts; safe for use by
 * several threads.
 */
interface MessageTable {

	/**
	 * Chooses the method for a frame.
	 * @param frame the frame, as {@link #input} reads it, or its bytes
	 * @return the method
	 * @throws Exception if the frame has to be converted for that, and cannot be, or code
	 * of the application fails
	 */
	KeyedMethod choose(Object frame) throws Exception;

	/**
	 * Converts a frame for its method.
	 * @param frame the frame
	 * @param chosen the method
	 * @return the payload
	 * @throws PayloadException if the frame cannot be converted
	 */
	Object read(Object frame, KeyedMethod chosen) throws PayloadException;

	/**
	 * Returns what reads frames before their method is known.
	 * @return the converter, which reads replies to requests, too
	 */
	PayloadConverter<?> input();

	/** Returns what operators see of it. */
	List<Mapping> mappings();

}
