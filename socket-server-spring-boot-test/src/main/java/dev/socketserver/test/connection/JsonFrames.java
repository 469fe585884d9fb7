package dev.socketserver.test.connection;

import java.util.function.Consumer;
import java.util.function.Supplier;

import tools.jackson.databind.json.JsonMapper;

/**
 * Sends and receives objects as JSON, each in one frame. Needs Jackson.
 */
public final class JsonFrames {

	private static final JsonMapper MAPPER = JsonMapper.builder().build();

	private final Consumer<byte[]> sender;

	private final Supplier<byte[]> receiver;

	/**
	 * Creates the object.
	 * @param sender sends a frame
	 * @param receiver waits for one
	 */
	public JsonFrames(Consumer<byte[]> sender, Supplier<byte[]> receiver) {
		this.sender = sender;
		this.receiver = receiver;
	}

	/**
	 * Sends an object.
	 * @param payload the object
	 * @return this
	 */
	public JsonFrames send(Object payload) {
		this.sender.accept(MAPPER.writeValueAsBytes(payload));
		return this;
	}

	/**
	 * Waits for a frame.
	 * @param type the type to read
	 * @param <T> the type
	 * @return what was read
	 * @throws AssertionError if no frame arrives, or the JSON is not of that type
	 */
	public <T> T receive(Class<T> type) {
		byte[] frame = this.receiver.get();
		try {
			return MAPPER.readValue(frame, type);
		}
		catch (RuntimeException ex) {
			throw new AssertionError("Expected JSON of a " + type.getSimpleName() + ", but received "
					+ Escaped.of(frame) + ": " + ex.getMessage(), ex);
		}
	}

	/**
	 * Sends an object, and waits for the reply.
	 * @param payload the object
	 * @param reply the type of the reply
	 * @param <T> that type
	 * @return the reply
	 */
	public <T> T ask(Object payload, Class<T> reply) {
		return send(payload).receive(reply);
	}

}
