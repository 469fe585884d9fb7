package dev.socketserver.handler.payload;

import java.lang.reflect.Method;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

/**
 * Converts protobuf messages. Loaded only if protobuf is on the class path.
 *
 * @param type the class of the messages
 * @param parser reads them; absent if messages are only written
 */
record ProtobufConverter(Class<MessageLite> type,
		@Nullable Parser<? extends MessageLite> parser) implements PayloadConverter<MessageLite> {

	/**
	 * Creates the converter that writes messages of all types.
	 * @return the converter
	 */
	static PayloadConverter<?> writing() {
		return new ProtobufConverter(MessageLite.class, null);
	}

	/**
	 * Whether a class is a class of messages.
	 * @param type the class
	 * @return {@code true} if its objects are written by {@link #writing()}
	 */
	static boolean writes(Class<?> type) {
		return MessageLite.class.isAssignableFrom(type);
	}

	/**
	 * Creates the converter that reads messages of a class.
	 * @param type the class
	 * @return the converter, or {@code null} if it is no generated class of messages
	 */
	static @Nullable PayloadConverter<?> of(Class<?> type) {
		// A method that every generated class has. Initializing the class needs nothing
		// but protobuf.
		Method method = writes(type) ? ReflectionUtils.findMethod(type, "getDefaultInstance") : null;
		Object instance = (method != null) ? ReflectionUtils.invokeMethod(method, null) : null;
		if (!(instance instanceof MessageLite message)) {
			return null;
		}
		@SuppressWarnings("unchecked") // checked by writes
		Class<MessageLite> messages = (Class<MessageLite>) type;
		return new ProtobufConverter(messages, message.getParserForType());
	}

	@Override
	public @Nullable PayloadConverter<?> reading(Class<?> type) {
		return of(type);
	}

	@Override
	public MessageLite read(byte[] source, int offset, int length) throws InvalidProtocolBufferException {
		if (this.parser == null) {
			throw new IllegalStateException("This converter only writes");
		}
		return this.parser.parseFrom(source, offset, length);
	}

	@Override
	public byte[] write(MessageLite payload) {
		return payload.toByteArray();
	}

}
