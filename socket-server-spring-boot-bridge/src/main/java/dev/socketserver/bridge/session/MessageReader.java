package dev.socketserver.bridge.session;

import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.socketserver.SocketSession;
import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.MessageRejectedException;
import dev.socketserver.payload.ReceivedFrame;
import dev.socketserver.spi.IdText;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a frame the message that is stored. Immutable.
 */
final class MessageReader {

	private static final int MAX_ID = 255;

	private final BridgeSettings settings;

	MessageReader(BridgeSettings settings) {
		this.settings = settings;
	}

	/** Whether a message is to be stored. */
	boolean isStored(Object payload) {
		Predicate<Object> when = this.settings.when();
		return when == null || when.test(payload);
	}

	/**
	 * Makes a message.
	 * @param frame the frame
	 * @param payload what was made of it
	 * @param session the session
	 * @return the message
	 * @throws MessageRejectedException if the id is too long, or may seem to be another
	 */
	InboundMessage read(ReceivedFrame frame, Object payload, SocketSession session) {
		String id = id(payload);
		String identity = identity(session);
		String key = switch (this.settings.key()) {
			case SESSION -> session.id();
			case IDENTITY -> Objects.requireNonNullElse(identity, session.id());
			case ID -> Objects.requireNonNullElse(id, session.id());
		};
		Principal principal = session.principal();
		InetSocketAddress remote = session.remoteAddress();
		return new InboundMessage(session.server(), session.id(), remote, identity,
				(principal != null) ? principal.getName() : null, id, key, frame.receivedAt(), frame.bytes());
	}

	private @Nullable String id(Object payload) {
		Function<Object, @Nullable Object> function = this.settings.id();
		Object value = (function != null) ? function.apply(payload) : null;
		if (value == null) {
			return null;
		}
		if (value.getClass().isArray()) {
			// Its text is another each time, and may be that of another array.
			throw new IllegalStateException(
					"The function of bridge.id returns an array; return a text or a number for the id");
		}
		String id = value.toString();
		if (id.isEmpty()) {
			// Messages without an id would seem to be one and the same.
			return null;
		}
		if (id.length() > MAX_ID) {
			throw new MessageRejectedException(
					"The id of the message has " + id.length() + " characters, more than " + MAX_ID);
		}
		String problem = IdText.problem(id);
		if (problem != null) {
			// Another id may seem to be the same, and its message would be lost.
			throw new MessageRejectedException("The id of the message has " + problem);
		}
		return id;
	}

	/** Returns the first identity of a session, as it is written. */
	private static @Nullable String identity(SocketSession session) {
		for (Map.Entry<String, List<String>> type : session.info().bound().entrySet()) {
			for (String id : type.getValue()) {
				return type.getKey() + ":" + id;
			}
		}
		return null;
	}

}
