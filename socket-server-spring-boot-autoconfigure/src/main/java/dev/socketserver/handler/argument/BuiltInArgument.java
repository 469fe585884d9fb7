package dev.socketserver.handler.argument;

import dev.socketserver.SocketSession;
import dev.socketserver.handler.SocketMessage;
import org.jspecify.annotations.Nullable;

/** Arguments that are known by the type of their parameter. */
enum BuiltInArgument implements Argument {

	/** What the call is about; of a message the payload. */
	SUBJECT(Role.SUBJECT),

	/** The message that failed, beside the exception. */
	FAILED(Role.FAILED),

	/** The message with what is known about it. */
	MESSAGE(Role.MESSAGE),

	/** When the frame was complete. */
	RECEIVED_AT(Role.MESSAGE),

	SESSION(Role.OTHER),

	ARGS(Role.OTHER),

	PRINCIPAL(Role.OTHER);

	private final Role role;

	BuiltInArgument(Role role) {
		this.role = role;
	}

	@Override
	public @Nullable Object value(@Nullable Object subject, @Nullable Object failed, SocketSession session) {
		return switch (this) {
			case SUBJECT -> Argument.payload(subject);
			case FAILED -> Argument.payload(failed);
			case MESSAGE -> subject;
			case RECEIVED_AT -> (subject instanceof SocketMessage message) ? message.receivedAt() : null;
			case SESSION -> session;
			case ARGS -> session.args();
			case PRINCIPAL -> session.principal();
		};
	}

	@Override
	public Role role() {
		return this.role;
	}

}
