package dev.socketserver.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * An entry of a server or client, which may name its handler.
 */
interface NamesHandler {

	@Nullable String getHandler();

}
