package dev.socketserver.bridge;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.socketserver.SocketServers;
import dev.socketserver.SocketSession;
import dev.socketserver.bridge.MessageHeaders;
import dev.socketserver.cluster.Delivery;
import dev.socketserver.cluster.SocketCluster;
import dev.socketserver.engine.log.SafeLogger;
import org.jspecify.annotations.Nullable;

import org.springframework.messaging.Message;
import org.springframework.messaging.MessageDeliveryException;
import org.springframework.messaging.MessageHandler;

/**
 * Sends the payloads of Spring messages to sessions: to that whose id is in the header
 * {@code socket_session}, if this node has it, else to the newest session with the
 * identity in {@code socket_identity}, written as {@code type:id}, of any node of the
 * cluster. It does not wait until a payload has left, and logs what does not. There is a
 * bean of this type where Spring Messaging is on the class path. Safe for use by several
 * threads.
 */
public final class SocketMessageHandler implements MessageHandler {

	private static final SafeLogger logger = SafeLogger.of(SocketMessageHandler.class);

	private final SocketServers servers;

	private final @Nullable SocketCluster cluster;

	/**
	 * Creates a handler.
	 * @param servers the servers whose sessions are sent to
	 * @param cluster knows sessions by their identities; {@code null} if there is none
	 */
	public SocketMessageHandler(SocketServers servers, @Nullable SocketCluster cluster) {
		this.servers = servers;
		this.cluster = cluster;
	}

	/**
	 * Sends the payload of a message.
	 * @param message the message, with one of the headers at least
	 * @throws MessageDeliveryException if there is no such header, or no such session
	 */
	@Override
	public void handleMessage(Message<?> message) {
		String id = header(message, MessageHeaders.SESSION);
		Optional<SocketSession> session = (id != null) ? this.servers.session(id) : Optional.empty();
		String identity = header(message, MessageHeaders.IDENTITY);
		if (session.isPresent()) {
			session.get().send(message.getPayload(), (failure) -> {
				if (failure != null) {
					notSent("session " + id, failure.toString());
				}
			});
		}
		else if (identity != null && identity.indexOf(':') > 0) {
			send(message, identity, identity.indexOf(':'));
		}
		else {
			throw new MessageDeliveryException(message,
					(id != null)
							? "There is no session " + id + " on this node, and no header " + MessageHeaders.IDENTITY
									+ " such as meter:4711"
							: "The message has neither a header " + MessageHeaders.SESSION + " nor a header "
									+ MessageHeaders.IDENTITY + " such as meter:4711");
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored") // a failure is logged
	private void send(Message<?> message, String identity, int colon) {
		if (this.cluster == null) {
			throw new MessageDeliveryException(message, "There is no SocketCluster, which knows identities");
		}
		CompletableFuture<Delivery> sent = this.cluster.send(identity.substring(0, colon),
				identity.substring(colon + 1), message.getPayload());
		if (sent.isDone() && !sent.isCompletedExceptionally() && sent.join() == Delivery.NO_SESSION) {
			throw new MessageDeliveryException(message, "No session has the identity " + identity);
		}
		sent.whenComplete((delivery, failure) -> {
			if (failure != null || delivery != Delivery.WRITTEN) {
				notSent("identity " + identity, String.valueOf((failure != null) ? failure : delivery));
			}
		});
	}

	private static void notSent(String target, String why) {
		logger.warn("A message was not sent to {}: {}", target, why);
	}

	private static @Nullable String header(Message<?> message, String name) {
		Object value = message.getHeaders().get(name);
		return (value instanceof byte[] bytes) ? new String(bytes, StandardCharsets.UTF_8)
				: (value != null) ? value.toString() : null;
	}

}
