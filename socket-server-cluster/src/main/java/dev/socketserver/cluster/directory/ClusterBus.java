package dev.socketserver.cluster.directory;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Carries messages from node to node, at most once, and those of one node to another in
 * order as long as no connection is made anew. All methods return at once, from any
 * thread.
 */
public interface ClusterBus {

	/**
	 * Listens to what is sent to a node, in place of any earlier call. The connection on
	 * which the earlier one listened is given up.
	 * @param node the node
	 * @param receiver gets the messages, on a thread of the bus, which must not be
	 * blocked
	 * @param lost runs on such a thread when it is known that nothing is received any
	 * more; a connection may also fail without that
	 * @return completes when messages are received
	 */
	CompletableFuture<@Nullable Void> listen(NodeId node, Consumer<byte[]> receiver, Runnable lost);

	/**
	 * Sends a message.
	 * @param node to whom
	 * @param message the message
	 * @param urgent whether it may overtake those that are not
	 * @return whether somebody listens there; a message whose future is completed before
	 * it has left does not leave any more
	 */
	CompletableFuture<Boolean> publish(NodeId node, byte[] message, boolean urgent);

	/** Stops listening. */
	void close();

}
