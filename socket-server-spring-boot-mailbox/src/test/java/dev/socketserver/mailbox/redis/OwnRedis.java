package dev.socketserver.mailbox.redis;

import dev.socketserver.fixtures.RedisServer;
import dev.socketserver.mailbox.store.LetterStore;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * A Redis of one class of tests, with connections to it, and a store.
 */
final class OwnRedis implements BeforeAllCallback, AfterAllCallback {

	private RedisServer server;

	private LettuceConnectionFactory connections;

	@Override
	public void beforeAll(ExtensionContext tests) {
		this.server = RedisServer.open();
		this.connections = new LettuceConnectionFactory("127.0.0.1", this.server.port());
		this.connections.afterPropertiesSet();
		this.connections.start();
	}

	LettuceConnectionFactory connections() {
		return this.connections;
	}

	RedisConnection connect() {
		return this.connections.getConnection();
	}

	/** Makes a store in it, of connections of a factory. */
	static LetterStore store(RedisConnectionFactory connections) {
		return new RedisLetterStore(connections, "default", () -> {
		});
	}

	void command(String command) {
		this.server.command(command);
	}

	@Override
	public void afterAll(ExtensionContext tests) {
		if (this.server != null) {
			this.connections.destroy();
			this.server.close();
		}
	}

}
