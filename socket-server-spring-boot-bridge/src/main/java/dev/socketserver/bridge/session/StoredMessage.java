package dev.socketserver.bridge.session;

import dev.socketserver.bridge.Stored;
import org.jspecify.annotations.Nullable;

/**
 * A message of which it is known whether it is stored.
 *
 * @param handled what the handler is called with
 * @param stored how it was stored; {@code null} if it was not
 * @param failure why it could not be; {@code null} if it was, or was not to be
 */
record StoredMessage(Object handled, @Nullable Stored stored, @Nullable Throwable failure) {

}
