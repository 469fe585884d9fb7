package dev.socketserver.bridge.session;

import dev.socketserver.bridge.Stored;
import org.jspecify.annotations.Nullable;

/**
 * A message of which it is known whether it is stored.
 *
 * @param handled what the handler is called with
 * @param stored how it was stored; {@code null} if it was not
 * @param reply what is sent in place of a call of the handler; {@code null} for the call
 * @param failure why it could not be; {@code null} if it was, or was not to be
 */
record StoredMessage(Object handled, @Nullable Stored stored, @Nullable Object reply, @Nullable Throwable failure) {

	/** A message that is not to be stored. */
	StoredMessage(Object handled) {
		this(handled, null, null, null);
	}

}
