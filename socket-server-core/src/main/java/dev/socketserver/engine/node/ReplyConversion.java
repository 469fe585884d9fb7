package dev.socketserver.engine.node;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionException;

import dev.socketserver.cluster.spi.ManagedCluster.ReplyReader;
import org.jspecify.annotations.Nullable;

/**
 * Makes of a reply what the caller wants.
 */
final class ReplyConversion {

	private final @Nullable ReplyReader reader;

	ReplyConversion() {
		this(null);
	}

	ReplyConversion(@Nullable ReplyReader reader) {
		this.reader = reader;
	}

	<T> T read(String server, byte[] bytes, Class<T> type) {
		try {
			if (type.isAssignableFrom(byte[].class)) {
				return type.cast(bytes);
			}
			if (this.reader != null) {
				return this.reader.read(server, bytes, type);
			}
			if (type.isAssignableFrom(String.class)) {
				return type.cast(new String(bytes, StandardCharsets.UTF_8));
			}
		}
		catch (Exception ex) {
			throw new CompletionException(
					new IllegalArgumentException("The reply cannot be read as " + type.getName(), ex));
		}
		throw new IllegalArgumentException("Nothing reads replies as " + type.getName());
	}

}
