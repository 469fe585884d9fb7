package dev.socketserver.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * An entry that may name its handler.
 */
interface NamesHandler {

	@Nullable String getHandler();

}
