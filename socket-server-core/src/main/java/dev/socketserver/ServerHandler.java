package dev.socketserver;

import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.socketserver.payload.PayloadConverter;
import org.jspecify.annotations.Nullable;

/**
 * Describes the handler of a server, or of a client, for the engine: in which way the
 * engine calls it, and how to get an instance for a session.
 */
public sealed interface ServerHandler {

	/**
	 * Returns the name that logs and endpoints show.
	 * @return the name
	 */
	String name();

	/**
	 * Returns the converter that makes payloads of frames.
	 * @return the converter
	 */
	PayloadConverter<?> input();

	/**
	 * Returns whether the handler can take bytes as they are received, without frames.
	 * Then raw framing is its default.
	 * @return {@code false} for handlers that need whole frames
	 */
	boolean bytesAsTheyCome();

	/**
	 * Returns whether the handler may answer a
	 * {@link dev.socketserver.framing.FrameException}: then it is notified of each, in
	 * the order of the frames.
	 * @return {@code false} by default
	 */
	default boolean answersBadFrames() {
		return false;
	}

	/**
	 * A handler that is called for each frame, with calls for one session one after the
	 * other.
	 *
	 * @param name the name that logs and endpoints show
	 * @param input reads frames
	 * @param bytesAsTheyCome whether the handler can take bytes as they are received,
	 * without frames
	 * @param sessions returns the instance for a new session: always the same one, or one
	 * for each; on a server, called on the thread that then calls
	 * {@link SessionHandler#opened}
	 * @param answersBadFrames whether {@link SessionHandler#failed} is called with a
	 * {@link dev.socketserver.framing.FrameException}
	 */
	record Messages(String name, PayloadConverter<?> input, boolean bytesAsTheyCome,
			Function<SessionSpec, ? extends SessionHandler> sessions,
			boolean answersBadFrames) implements ServerHandler {

		public Messages {
			Objects.requireNonNull(name, "name");
			Objects.requireNonNull(input, "input");
			Objects.requireNonNull(sessions, "sessions");
		}

		/**
		 * Describes a handler that answers no bad frames.
		 * @param name the name that logs and endpoints show
		 * @param input reads frames
		 * @param bytesAsTheyCome whether it can take bytes as they are received
		 * @param sessions returns the instance for a new session
		 */
		public Messages(String name, PayloadConverter<?> input, boolean bytesAsTheyCome,
				Function<SessionSpec, ? extends SessionHandler> sessions) {
			this(name, input, bytesAsTheyCome, sessions, false);
		}

		/**
		 * Returns this handler, with other instances.
		 * @param others returns the instance for a new session
		 * @return the handler
		 */
		public Messages with(Function<SessionSpec, ? extends SessionHandler> others) {
			return new Messages(this.name, this.input, this.bytesAsTheyCome, others, this.answersBadFrames);
		}

		/**
		 * Returns this handler as one that answers bad frames.
		 * @return the handler
		 */
		public Messages answeringBadFrames() {
			return new Messages(this.name, this.input, this.bytesAsTheyCome, this.sessions, true);
		}

	}

	/**
	 * A handler that uses blocking streams, on a thread of its own for each session.
	 *
	 * @param name the name that logs and endpoints show
	 * @param sessions gives the instance for a new session; called on the thread that
	 * will run it
	 * @param failures is notified of what instances throw, or {@code null}
	 */
	record Streams(String name, Supplier<? extends StreamHandler> sessions,
			@Nullable FailureHandler failures) implements ServerHandler {

		public Streams {
			Objects.requireNonNull(name, "name");
			Objects.requireNonNull(sessions, "sessions");
		}

		/**
		 * Describes a handler without a {@link FailureHandler}.
		 * @param name the name that logs and endpoints show
		 * @param sessions gives the instance for a new session
		 */
		public Streams(String name, Supplier<? extends StreamHandler> sessions) {
			this(name, sessions, null);
		}

		@Override
		public PayloadConverter<byte[]> input() {
			return PayloadConverter.bytes();
		}

		@Override
		public boolean bytesAsTheyCome() {
			return true;
		}

	}

	/**
	 * A handler that receives and sends frames with blocking calls, on a thread of its
	 * own for each session.
	 *
	 * @param name the name that logs and endpoints show
	 * @param input makes the payloads that the handler receives
	 * @param sessions gives the instance for a new session; called on the thread that
	 * will run it
	 * @param failures is notified of what instances throw, or {@code null}
	 */
	record Conversations(String name, PayloadConverter<?> input, Supplier<? extends ConversationHandler<?, ?>> sessions,
			@Nullable FailureHandler failures) implements ServerHandler {

		public Conversations {
			Objects.requireNonNull(name, "name");
			Objects.requireNonNull(input, "input");
			Objects.requireNonNull(sessions, "sessions");
		}

		/**
		 * Describes a handler without a {@link FailureHandler}.
		 * @param name the name that logs and endpoints show
		 * @param input makes the payloads that the handler receives
		 * @param sessions gives the instance for a new session
		 */
		public Conversations(String name, PayloadConverter<?> input,
				Supplier<? extends ConversationHandler<?, ?>> sessions) {
			this(name, input, sessions, null);
		}

		@Override
		public boolean bytesAsTheyCome() {
			return false;
		}

		@Override
		public boolean answersBadFrames() {
			return this.failures != null && this.failures.answersBadFrames();
		}

	}

	/**
	 * Describes a function that makes a reply of each request.
	 * @param name the name that logs and endpoints show
	 * @param input makes requests of frames
	 * @param function returns the reply, or {@code null} for none, as
	 * {@link SessionHandler#received} does; safe for use by several threads, since
	 * sessions are served at the same time
	 * @param <I> the type of requests
	 * @return the handler
	 */
	static <I> ServerHandler function(String name, PayloadConverter<I> input,
			Function<? super I, ? extends @Nullable Object> function) {
		Objects.requireNonNull(function, "function");
		@SuppressWarnings("unchecked") // the converter gives what the function takes
		SessionHandler handler = new FunctionSessionHandler((Function<Object, @Nullable Object>) function);
		return new Messages(name, input, false, (spec) -> handler);
	}

	/**
	 * Describes a {@link ConnectionHandler} that serves all sessions.
	 * @param name the name that logs and endpoints show
	 * @param handler the handler, for all sessions
	 * @return the handler
	 */
	static ServerHandler connection(String name, ConnectionHandler<?> handler) {
		Objects.requireNonNull(handler, "handler");
		return connection(name, () -> handler);
	}

	/**
	 * Describes a {@link ConnectionHandler} of which each session has its own instance.
	 * @param name the name that logs and endpoints show
	 * @param handlers returns the instance for a new session
	 * @return the handler
	 */
	static ServerHandler connection(String name, Supplier<? extends ConnectionHandler<?>> handlers) {
		return connection(name, handlers, null);
	}

	/**
	 * Describes a {@link ConnectionHandler} of which each session has its own instance,
	 * and whose failures may be answered.
	 * @param name the name that logs and endpoints show
	 * @param handlers returns the instance for a new session
	 * @param failures is notified of what instances throw, or {@code null}
	 * @return the handler
	 */
	static ServerHandler connection(String name, Supplier<? extends ConnectionHandler<?>> handlers,
			@Nullable FailureHandler failures) {
		return new Messages(name, PayloadConverter.buffer(), true,
				(spec) -> new StatefulSessionHandler<>(handlers.get(), failures, spec),
				failures != null && failures.answersBadFrames());
	}

	/**
	 * Describes a {@link StreamHandler}.
	 * @param name the name that logs and endpoints show
	 * @param handler the handler, for all sessions
	 * @return the handler
	 */
	static ServerHandler stream(String name, StreamHandler handler) {
		Objects.requireNonNull(handler, "handler");
		return new Streams(name, () -> handler);
	}

	/**
	 * Describes a {@link ConversationHandler}.
	 * @param name the name that logs and endpoints show
	 * @param input reads frames
	 * @param handler the handler, for all sessions
	 * @param <I> the type of what the handler receives
	 * @return the handler
	 */
	static <I> ServerHandler conversation(String name, PayloadConverter<I> input, ConversationHandler<I, ?> handler) {
		Objects.requireNonNull(handler, "handler");
		return new Conversations(name, input, () -> handler);
	}

}
