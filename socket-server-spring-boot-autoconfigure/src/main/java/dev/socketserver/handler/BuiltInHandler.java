package dev.socketserver.handler;

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
 * Handlers that need no bean: small services of old that show whether a port is reached.
 */
public enum BuiltInHandler {

	/** Sends back what it gets (RFC 862): bytes as they come, or frame by frame. */
	ECHO {

		@Override
		public ServerHandler serverHandler() {
			return bytes((request) -> request);
		}

	},

	/** Throws away what it gets (RFC 863). */
	DISCARD {

		@Override
		public ServerHandler serverHandler() {
			return bytes((request) -> null);
		}

	},

	/** Says what time it is, once, and closes (RFC 867). */
	DAYTIME {

		@Override
		public ServerHandler serverHandler() {
			return ServerHandler.connection(word(), new Daytime());
		}

	};

	/**
	 * Returns how it is named in properties.
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
	 * Describes the handler for the engine.
	 * @return the description
	 */
	public abstract ServerHandler serverHandler();

	/** Takes bytes as they come, or frames where the server has a framing. */
	final ServerHandler bytes(Function<byte[], byte @Nullable []> function) {
		PayloadConverter<byte[]> input = PayloadConverter.bytes();
		ServerHandler.Messages framed = (ServerHandler.Messages) ServerHandler.function(word(), input, function);
		return new ServerHandler.Messages(word(), input, true, framed.sessions());
	}

	/** Speaks first, and does not wait for anything. */
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
