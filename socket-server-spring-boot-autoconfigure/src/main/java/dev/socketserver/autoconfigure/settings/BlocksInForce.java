package dev.socketserver.autoconfigure.settings;

import java.util.function.Supplier;

import dev.socketserver.autoconfigure.block.ServerBlocks;
import dev.socketserver.autoconfigure.properties.ServerProperties;
import dev.socketserver.autoconfigure.properties.SocketProperties;

import org.springframework.beans.factory.BeanFactory;

/**
 * Has the blocks of modules take note of what a change puts in force: of a server that
 * starts again before it does, so that its first session finds them.
 */
final class BlocksInForce {

	private final BeanFactory beans;

	private final SocketProperties next;

	private final Supplier<SocketProperties> former;

	/**
	 * Creates the object.
	 * @param beans has what the modules make
	 * @param next what the change has made the servers of
	 * @param former supplies what they were made of before
	 */
	BlocksInForce(BeanFactory beans, SocketProperties next, Supplier<SocketProperties> former) {
		this.beans = beans;
		this.next = next;
		this.former = former;
	}

	/** The blocks of a server are those of the change. */
	void next(String server) {
		inForce(server, this.next);
	}

	/** The blocks of a server are those of before. */
	void former(String server) {
		inForce(server, this.former.get());
	}

	private void inForce(String server, SocketProperties properties) {
		ServerBlocks.inForce(server, properties.getServers().getOrDefault(server, new ServerProperties()), this.beans);
	}

	/** A server has none any more. */
	void gone(String server) {
		ServerBlocks.gone(server, this.beans);
	}

}
