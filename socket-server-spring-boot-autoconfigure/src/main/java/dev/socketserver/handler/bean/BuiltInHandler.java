package dev.socketserver.handler.bean;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Function;

import dev.socketserver.ConnectionHandler;
import dev.socketserver.ServerHandler;
import dev.socketserver.SocketSession;
import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * Handlers that need no bean: simple services that show whether a port can be reached.
 */
public enum BuiltInHandler {

	/**
	 * Sends back what it gets (RFC 862): bytes as they are received, or frame by frame.
	 */
	ECHO,

	/** Throws away what it gets (RFC 863). */
	DISCARD,

	/** Says what time it is, once, and closes (RFC 867). */
	DAYTIME;

	/**
	 * Returns the word that names the handler in properties.
	 * @return the word
	 */
	public String word() {
		return name().toLowerCase(Locale.ROOT);
	}

	/**
	 * Returns the handler of a word.
	 * @param word the word
	 * @return the handler, or {@code null} if there is none
	 */
	public static @Nullable BuiltInHandler of(String word) {
		return Arrays.stream(values()).filter((handler) -> handler.word().equals(word)).findFirst().orElse(null);
	}

	/**
	 * Creates the handler, in the form that the engine takes.
	 * @return the handler
	 */
	public ServerHandler serverHandler() {
		return switch (this) {
			case ECHO -> bytes((request) -> request);
			case DISCARD -> bytes((request) -> null);
			case DAYTIME -> ServerHandler.connection(word(), new Daytime());
		};
	}

	/**
	 * Creates a handler that takes bytes as they are received, or frames if the server
	 * has a framing.
	 */
	private ServerHandler bytes(Function<byte[], byte @Nullable []> function) {
		PayloadConverter<byte[]> input = PayloadConverter.bytes();
		ServerHandler.Messages framed = (ServerHandler.Messages) ServerHandler.function(word(), input, function);
		return new ServerHandler.Messages(word(), input, true, framed.sessions());
	}

	/** Sends the time as soon as a session opens, and closes the session. */
	private static final class Daytime implements ConnectionHandler<Boolean> {

		/** The first of the forms that RFC 867 proposes. */
		private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern("EEEE, MMMM d, yyyy HH:mm:ss-zzz",
				Locale.ENGLISH);

		@Override
		public Boolean opened(SocketSession session) {
			byte[] text = (FORM.format(ZonedDateTime.now()) + "\r\n").getBytes(StandardCharsets.US_ASCII);
			session.send(text, (failure) -> {
			});
			session.close();
			return true;
		}

		@Override
		public Boolean received(@Nullable Boolean state, ByteBuffer data, SocketSession session) {
			data.position(data.limit());
			return true;
		}

	}

}
