package dev.socketserver.handler.dispatch;

import dev.socketserver.handler.key.Discriminator;
import org.jspecify.annotations.Nullable;

/**
 * What the properties of a server or client say about several methods of its handler.
 *
 * @param discriminator finds the key of a frame; {@code null} if they name none
 * @param onUnmapped what to do with a message that no method is for
 */
public record DispatchSettings(@Nullable Discriminator discriminator, OnUnmapped onUnmapped) {

	/** The settings unless the properties say otherwise. */
	public static final DispatchSettings DEFAULT = new DispatchSettings(null, OnUnmapped.ERROR);

}
