package dev.socketserver.autoconfigure.properties;

import org.jspecify.annotations.Nullable;

/**
 * An entry of a server or client, which may name its handler.
 */
public interface NamesHandler {

	@Nullable String getHandler();

}
