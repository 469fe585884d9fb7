package dev.socketserver.autoconfigure;

import org.jspecify.annotations.Nullable;

/**
 * What the properties of a server and those of a client both have at least.
 */
interface EntryProperties {

	@Nullable Boolean getEnabled();

	@Nullable String getHandler();

}
