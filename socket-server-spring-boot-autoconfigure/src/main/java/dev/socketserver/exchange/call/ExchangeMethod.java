package dev.socketserver.exchange.call;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

import dev.socketserver.exchange.SocketExchangeException;
import dev.socketserver.exchange.targets.Outcomes;
import dev.socketserver.exchange.targets.Target;
import dev.socketserver.payload.Payloads;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

/**
 * A method of an interface, which was checked: what it sends, whether it asks, and how it
 * returns the outcome. Immutable.
 *
 * @param method the method
 * @param template the text, or {@code null} if a parameter is the payload
 * @param payload the index of that parameter, or -1
 * @param time the index of the parameter that is the timeout, or -1
 * @param timeout how long to wait for a reply without such a parameter; {@code null} for
 * a letter, whose time is that of the mailbox
 * @param reply the type of the reply, or {@code null} if there is none to wait for
 * @param unused whether the reply is dropped
 * @param contents reads what is in the reply, or {@code null} if its class says all
 * @param form how the outcome is returned
 */
record ExchangeMethod(Method method, @Nullable TextTemplate template, int payload, int time, @Nullable Duration timeout,
		@Nullable Class<?> reply, boolean unused, @Nullable ReplyContents contents, ReturnForm form) {

	/**
	 * Calls the method.
	 * @param target where it sends to
	 * @param arguments its arguments
	 * @return what the method returns
	 * @throws Throwable what the request or the send fails with
	 */
	@Nullable Object call(Target target, @Nullable Object[] arguments) throws Throwable {
		// The thread is asked first: the target may have to look for its session.
		if (this.form.waits() && (this.reply != null || target.waitsToSend())) {
			CallingThread.checkWait(this);
		}
		return this.form.outcome(() -> begin(target, arguments), this, arguments);
	}

	private CompletableFuture<?> begin(Target target, @Nullable Object[] arguments) {
		Duration time = (this.time >= 0) ? (Duration) argument(arguments, this.time) : this.timeout;
		Object sent = (this.template != null) ? this.template.expand(arguments, target, this::refused)
				: argument(arguments, this.payload);
		if (this.reply == null) {
			return target.send(sent, time);
		}
		Duration timeout = Objects.requireNonNull(time);
		if (this.contents != null && !this.contents.isKnown(target.specs())) {
			return Outcomes.with(target.ask(sent, byte[].class, timeout), this.contents::read);
		}
		return target.ask(sent, this.reply, timeout);
	}

	private Object argument(@Nullable Object[] arguments, int index) {
		Object argument = arguments[index];
		if (argument == null) {
			throw refused(index, "null");
		}
		return argument;
	}

	private IllegalArgumentException refused(int index, String why) {
		return new IllegalArgumentException(
				"Parameter '%s' of %s is %s".formatted(MethodReader.name(this.method, index), title(), why));
	}

	/**
	 * Checks that the reply can be converted.
	 * @param payloads the converters
	 * @param title whose they are
	 * @throws IllegalArgumentException if none can
	 */
	void checkReply(Payloads payloads, String title) {
		if (this.reply == null || this.unused) {
			return;
		}
		try {
			payloads.reading(this.reply);
		}
		catch (IllegalArgumentException ex) {
			throw new IllegalArgumentException(
					"%s returns %s, and %s has no converter for it: declare a PayloadConverter bean, or, for JSON, add "
						.formatted(title(), ClassUtils.getQualifiedName(this.reply), title) + "Jackson",
					ex);
		}
	}

	/** What to call the method in messages. */
	String title() {
		return MethodReader.title(this.method);
	}

	/**
	 * Waits for an outcome.
	 * @param outcome the outcome
	 * @return its value
	 * @throws Throwable its failure: as it is if the method may throw it, else within a
	 * {@link SocketExchangeException}
	 */
	@Nullable Object await(CompletableFuture<?> outcome) throws Throwable {
		try {
			return outcome.get();
		}
		catch (ExecutionException ex) {
			Throwable cause = Objects.requireNonNullElse(ex.getCause(), ex);
			throw declared(cause);
		}
		catch (InterruptedException ex) {
			outcome.cancel(false);
			Thread.currentThread().interrupt();
			throw declared(ex);
		}
	}

	private Throwable declared(Throwable failure) {
		boolean thrown = failure instanceof RuntimeException || failure instanceof Error
				|| Stream.of(this.method.getExceptionTypes()).anyMatch((type) -> type.isInstance(failure));
		return thrown ? failure : new SocketExchangeException(title() + " failed: " + failure.getMessage(), failure);
	}

}
