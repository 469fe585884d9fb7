package dev.socketserver.handler.dispatch;

import java.util.Objects;

import dev.socketserver.handler.SocketMessage;
import dev.socketserver.handler.argument.Argument;
import dev.socketserver.handler.intercept.CarriesPayload;
import dev.socketserver.handler.intercept.ConvertsFrames;
import org.jspecify.annotations.Nullable;

/**
 * A message with the method that was chosen for it. Each session has one, which is used
 * for all its messages, one after the other, on its lane; but messages that are converted
 * before they are handled have one each.
 */
public final class ChosenMessage implements CarriesPayload, ConvertsFrames.Converted {

	static final int NONE = -1;

	private int method = NONE;

	private @Nullable String key;

	private @Nullable Object subject;

	/**
	 * Returns which method is called.
	 * @return the index of the method, {@code -1} for none
	 */
	public int method() {
		return this.method;
	}

	@Nullable String key() {
		return this.key;
	}

	/**
	 * Returns what the method is given.
	 * @return the payload, or the {@link SocketMessage} that has it
	 */
	public Object subject() {
		return Objects.requireNonNull(this.subject, "subject");
	}

	@Override
	public @Nullable Object payload() {
		return Argument.payload(this.subject);
	}

	void found(int method, @Nullable String key) {
		this.method = method;
		this.key = key;
	}

	void about(Object subject) {
		this.subject = subject;
	}

	/** The message has been handled: its method remains known, for logs. */
	void handled() {
		this.key = null;
		this.subject = null;
	}

}
