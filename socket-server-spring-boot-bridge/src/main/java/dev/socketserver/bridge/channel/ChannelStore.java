package dev.socketserver.bridge.channel;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

import dev.socketserver.bridge.InboundMessage;
import dev.socketserver.bridge.MessageHeaders;
import dev.socketserver.bridge.MessageRejectedException;
import dev.socketserver.bridge.NotStoredException;
import dev.socketserver.bridge.session.BridgeStore;
import dev.socketserver.bridge.session.Replied;
import dev.socketserver.bridge.session.Turn;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.MessageBuilder;

/**
 * Sends messages to a channel, on the thread of the handler. A message is stored when the
 * channel has accepted it, or with replies when its flow has replied.
 */
public final class ChannelStore implements BridgeStore {

	private final MessageChannel channel;

	private final long millis;

	private final boolean replies;

	/**
	 * Creates a store.
	 * @param channel the channel
	 * @param timeout for how long to wait for room in the channel
	 * @param replies whether to wait for a reply of the flow
	 */
	public ChannelStore(MessageChannel channel, Duration timeout, boolean replies) {
		this.channel = channel;
		this.millis = timeout.toMillis();
		this.replies = replies;
	}

	@Override
	public CompletionStage<?> store(InboundMessage message, Turn turn) {
		CompletableFuture<@Nullable Object> result = new CompletableFuture<>();
		MessageBuilder<byte[]> sent = MessageBuilder.withPayload(message.payload())
			.copyHeaders(MessageHeaders.of(message));
		if (this.replies) {
			MessageChannel answers = (reply, timeout) -> answered(reply, result);
			sent.setReplyChannel(answers).setErrorChannel(answers);
		}
		try {
			if (!this.channel.send(sent.build(), this.millis)) {
				result.completeExceptionally(new NotStoredException("The channel has not accepted the message", null));
			}
			else if (!this.replies) {
				result.complete(null);
			}
		}
		catch (Exception ex) {
			result.completeExceptionally(failure(ex));
		}
		return result;
	}

	private static boolean answered(Message<?> reply, CompletableFuture<@Nullable Object> result) {
		Object payload = reply.getPayload();
		if (payload instanceof Throwable thrown) {
			result.completeExceptionally(failure(thrown));
		}
		else {
			result.complete(new Replied(payload));
		}
		return true;
	}

	/** Finds the exception of a flow that rejects a message for good. */
	private static Throwable failure(Throwable thrown) {
		for (@Nullable
		Throwable cause = thrown; cause != null; cause = cause.getCause()) {
			if (cause instanceof MessageRejectedException) {
				return cause;
			}
		}
		return thrown;
	}

}
